// A page's reading, as the server answers it: the detector finds its digits, the classifier judges each once more, lines
// put them in order; what stands side by side is read across. As tenfold.reading.page_reader, whose numbers come with
// the model.

import { inCompany } from "./company.js";
import { find } from "./detector.js";
import { frame } from "./frame.js";
import { inkOf } from "./ink.js";
import { findLines } from "./lines.js";
import { largest, quantile, round } from "./measures.js";
import { markInstead } from "./merging.js";
import { combine } from "./opinion.js";
import { turned, turnedBox } from "./picture.js";

const NONE = "not a digit";

// page: a grey picture, scale: the picture's own pixels a pixel of it. detect, judge, judgeLine: run the networks, as
// `find` takes them; classify(views) gives the probabilities of each, views as bytes in a row. Returns {reading, views, probabilities},
// the last two of each of the reading's pieces.
export async function readPage(page, scale, { detect, judge, judgeLine, classify }, { card, reading: how }) {
  const { digits: found, separators, quarters } = await find(page, detect, judge, judgeLine, how);
  const views = found.map(({ box }) => frame(turned(inkOf(page, box, how.glyph_views), quarters), how.frame));
  const probabilities = views.length ? await classify(Uint8Array.from(views.flatMap((view) => [...view]))) : [];
  const weights = card.classes.includes(NONE) ? how.opinions.views : how.opinions.on_digits;
  const judged = found.map(({ shares, box }, index) => {
    const classified = Array.from("0123456789", (digit) => probabilities[index][card.classes.indexOf(digit)]);
    const combined = combine(shares, classified, weights, how.opinion);
    const score = combined.reduce((sum, share) => sum + share, 0);
    const upright = turnedBox(box, page, quarters);
    return { box, upright, shares: combined, score, view: views[index], probabilities: probabilities[index] };
  });
  const seen = inCompany(judged, how.company).map((one, index) => {
    const rest = 1 - markInstead(found[index], separators, how.merging); // to a classifier, a slash alone is a 1
    return { ...one, shares: one.shares.map((share) => share * rest), score: one.score * rest };
  });
  const { ACCEPTED, MENTIONED } = how.page_reader, accepted = seen.filter(({ score }) => score >= ACCEPTED);
  const lines = findLines(accepted.map(({ upright }) => upright), how.lines)
    .map((line) => line.map((place) => accepted[place]));
  const left = seen.filter(({ score }) => score >= MENTIONED && score < ACCEPTED), pieces = [...lines.flat(), ...left];
  const size = { scale, wide: round(page.width * scale), high: round(page.height * scale) };
  const digits = lines.flatMap((line, number) => line.map((one) => digitOf(one, number, size, how.answers)));
  const rejected = left.map((one) => ({ box: edges(one, size), reason: NONE, confidence: Math.max(...one.shares) }));
  const texts = lines.map((line) => line.map(({ shares }) => largest(shares)).join(""));
  return {
    reading: {
      text: texts.join("\n"), lines: texts, digits, rejected, turned: 90 * quarters,
      confidence: digits.length ? [...digits.map(({ confidence }) => confidence), ...left.map(({ score }) => 1 - score)]
        .reduce((all, one) => all * one, 1) : 0,
      blank: !pieces.length && isFlat(page, how.page_reader),
    },
    views: pieces.map((one) => one.view),
    probabilities: pieces.map((one) => one.probabilities),
  };
}

function digitOf(one, line, size, how) {
  const order = [...one.shares.keys()].sort((digit, other) => one.shares[other] - one.shares[digit]);
  const alternatives = order.slice(0, how.ALTERNATIVES).map((digit) => [digit, one.shares[digit]]);
  return { digit: order[0], confidence: one.shares[order[0]], box: edges(one, size), line, alternatives };
}

// What of a box lies on the page, in the picture's own pixels: x, y, width, height.
function edges({ box }, { scale, wide, high }) {
  const [left, top, right, bottom] = box.map((edge) => round(edge * scale));
  const x = Math.min(Math.max(0, left), wide - 1), y = Math.min(Math.max(0, top), high - 1);
  return [x, y, Math.max(1, Math.min(right, wide) - x), Math.max(1, Math.min(bottom, high) - y)];
}

// Whether there is nothing on a page at all.
function isFlat({ data, width, height }, { FLAT, NOISE, LOOKED_AT }) {
  const across = Math.max(1, Math.floor(width / LOOKED_AT)), down = Math.max(1, Math.floor(height / LOOKED_AT)), levels = [];
  for (let y = 0; y < height; y += down) for (let x = 0; x < width; x += across) levels.push(data[y * width + x]);
  const some = Float32Array.from(levels);
  return quantile(some, 1 - NOISE) - quantile(some, NOISE) < FLAT;
}
