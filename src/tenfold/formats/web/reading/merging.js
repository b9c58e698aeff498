// Digits that were found at several sizes of a page, each once: as tenfold.reading.detector.merging.

const area = ([left, top, right, bottom]) => (right - left) * (bottom - top);

// The area that two boxes share.
function shared(one, other) {
  const across = Math.min(one[2], other[2]) - Math.max(one[0], other[0]);
  const down = Math.min(one[3], other[3]) - Math.max(one[1], other[1]);
  return Math.max(across, 0) * Math.max(down, 0);
}

// Whether two boxes share more than so much of what both cover.
function areOne(one, other, share) {
  const common = shared(one, other);
  return common > share * Math.max(area(one) + area(other) - common, 1e-6);
}

// The likeliest first, without what is the same thing at another size; digits and separators apart.
export const distinct = (found, how) => [false, true].flatMap((kind) =>
  likeliest(found.filter(({ separator }) => separator === kind), (one, other) => areOne(one, other, how.SAME)));

// The likeliest first, without its parts, and without what is made of several; separators that are no digit's stroke.
export function apart(digits, separators, how) {
  const within = (one, other) => shared(one, other) > how.WITHIN * Math.max(Math.min(area(one), area(other)), 1e-6);
  const kept = likeliest(digits, within);
  const isStroke = (mark) => kept.some((digit) => mark.score <= 2 * digit.score
    && shared(mark.box, digit.box) > how.COVERED * Math.max(area(mark.box), 1e-6));
  return { digits: kept, separators: likeliest(separators, within).filter((mark) => !isStroke(mark)) };
}

// How likely a separator stands in a digit's place, where that is likelier; else 0.
export const markInstead = (digit, separators, how) => separators
  .filter((mark) => mark.score > digit.score && areOne(digit.box, mark.box, how.ALIKE))
  .reduce((most, { score }) => Math.max(most, score), 0);

function likeliest(found, clash) {
  const kept = [];
  for (const one of [...found].sort((a, b) => b.score - a.score))
    if (!kept.some((other) => clash(one.box, other.box))) kept.push(one);
  return kept;
}
