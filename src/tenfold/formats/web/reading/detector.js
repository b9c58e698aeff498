// The digits of a grey page: one network finds them, another judges each with its surroundings. As
// tenfold.reading.detector.detector, whose numbers come with the model (how).

import { cropOf } from "./crops.js";
import { find as propose } from "./finder.js";
import { apart } from "./merging.js";
import { combine } from "./opinion.js";

// run as `find` of finder.js takes it; judge(crops) gives the probabilities of each, crops as bytes in a row.
// Returns digits {shares, score, box}, shares summing to the chance of one; separators {score, box}; quarters: that the
// page was turned.
export async function find(page, run, judge, how) {
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
  for (let first = 0; first < crops.length; first += how.glyphs.BATCH) {
    const some = crops.slice(first, first + how.glyphs.BATCH);
    const told = await judge(Uint8Array.from(some.flatMap((crop) => [...crop])));
    told.forEach((shares, place) => { judged[asked[first + place]] = shares.slice(0, shares.length - 1); });
  }
  const both = digits.map(({ box, separator }, index) => {
    const combined = combine(chances[index], judged[index], how.opinions.glyphs, how.opinion);
    return { shares: combined, score: Math.max(...combined), box, separator };
  });
  return { quarters, ...apart(both, marks, how.merging) };
}
