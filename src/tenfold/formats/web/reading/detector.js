// The digits of a grey page: one network finds them, a second judges each with its surroundings, a third the digits of
// a line together. As tenfold.reading.detector.detector, whose numbers come with the model (how).

import { cropOf } from "./crops.js";
import { find as propose } from "./finder.js";
import { apart } from "./merging.js";
import { combine } from "./opinion.js";
import { turned, turnedBox } from "./picture.js";
import { along, holds, lineStrips } from "./strips.js";

// run as `find` of finder.js takes it; judge(crops) gives the probabilities of each, crops as bytes in a row; judgeLine(strip)
// those of each cell along a picture.
// Returns digits {shares, score, box}, shares summing to the chance of one; separators {score, box}; quarters: that the
// page was turned.
export async function find(page, run, judge, judgeLine, how) {
  const { found, quarters } = await propose(page, run, how);
  const digits = found.filter(({ separator }) => !separator), marks = found.filter(({ separator }) => separator);
  const chances = digits.map(({ shares, score }) => {
    const sum = shares.reduce((total, share) => total + share, 0);
    return shares.map((share) => (share * score) / sum);
  });
  const unsure = (place) => Math.abs(Math.max(...chances[place]) - 0.5);
  const asked = [...digits.keys()].sort((one, other) => unsure(one) - unsure(other)).slice(0, how.detector.MOST_JUDGED);
  asked.sort((one, other) => one - other);
  const crops = asked.map((place) => cropOf(page, digits[place].box, quarters, how.glyph_crops).data);
  const judged = [...chances];
  for (let first = 0; first < crops.length; first += how.judges.BATCH) {
    const some = crops.slice(first, first + how.judges.BATCH);
    const told = await judge(Uint8Array.from(some.flatMap((crop) => [...crop])));
    told.forEach((shares, place) => { judged[asked[first + place]] = shares.slice(0, shares.length - 1); });
  }
  const both = digits.map((digit, place) => weighed(digit, chances[place], judged[place], how.opinions.glyphs, how));
  const lined = await inLines(page, both, quarters, judgeLine, how);
  const all = both.map((digit, place) =>
    lined[place] ? weighed(digit, digit.shares, lined[place], how.opinions.lines, how) : digit);
  return { quarters, ...apart(all, marks, how.merging) };
}

function weighed({ box, separator }, first, second, weights, how) {
  const shares = combine(first, second, weights, how.opinion);
  return { shares, score: Math.max(...shares), box, separator };
}

// What the line network says of each digit that it sees together with its neighbours; nothing of the others.
async function inLines(page, digits, quarters, judgeLine, how) {
  const { LIKELY, LONGEST } = how.detector, said = [], upright = (box) => turnedBox(box, page, quarters);
  const likely = apart(digits, [], how.merging).digits.filter(({ score }) => score >= LIKELY);
  if (!likely.length) return said;
  const boxes = digits.map(({ box }) => upright(box));
  let strips = lineStrips(turned(page, quarters), likely.map(({ box }) => upright(box)), how)
    .map((strip) => ({ strip, held: boxes.map((box) => holds(strip, box, how.line_strips)) }));
  if (strips.reduce((sum, { strip }) => sum + strip.picture.width, 0) > LONGEST) {
    const unsure = ({ held }) => digits.reduce((least, { score }, place) =>
      (held[place] ? Math.min(least, Math.abs(score - 0.5)) : least), 1);
    let sum = 0;
    strips = strips.sort((one, other) => unsure(one) - unsure(other))
      .filter(({ strip }) => (sum += strip.picture.width) <= LONGEST);
  }
  for (const { strip, held } of strips) {
    const places = [...digits.keys()].filter((place) => held[place] && !said[place]);
    if (!places.length) continue;
    const cells = await judgeLine(strip.picture);
    for (const place of places) said[place] = seenAlong(strip, boxes[place], cells, how);
  }
  return said;
}

// The chances where the middle of a box lies along a strip: of its cells the surest.
function seenAlong(strip, box, cells, { detector: { MIDDLE, LEAST_MIDDLE }, line_strips: { CELL } }) {
  const [middle, width] = along(strip, box), reach = Math.max(MIDDLE * width, LEAST_MIDDLE);
  const near = cells.filter((_, at) => Math.abs((at + 0.5) * CELL - middle) <= reach);
  const sure = (shares) => shares.reduce((sum, share) => Math.fround(sum + share), 0);
  return near.reduce((best, shares) => (sure(shares) > sure(best) ? shares : best));
}
