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
  const crops = digits.map(({ box }) => cropOf(page, box, quarters, how.glyph_crops).data), judged = [];
  for (let first = 0; first < crops.length; first += how.glyphs.BATCH)
    judged.push(...(await judge(Uint8Array.from(crops.slice(first, first + how.glyphs.BATCH).flatMap((crop) => [...crop])))));
  const both = digits.map(({ shares, score, box, separator }, index) => {
    const sum = shares.reduce((total, share) => total + share, 0), chances = shares.map((share) => (share * score) / sum);
    const combined = combine(chances, judged[index].slice(0, chances.length), how.opinions.glyphs, how.opinion);
    return { shares: combined, score: Math.max(...combined), box, separator };
  });
  return { quarters, ...apart(both, marks, how.merging) };
}
