// Digits that were found at several sizes of a page, each once: as tenfold.reading.detector.merging.

const area = ([left, top, right, bottom]) => (right - left) * (bottom - top);

// The area that two boxes share.
function shared(one, other) {
  const across = Math.min(one[2], other[2]) - Math.max(one[0], other[0]);
  const down = Math.min(one[3], other[3]) - Math.max(one[1], other[1]);
  return Math.max(across, 0) * Math.max(down, 0);
}

// The likeliest first, without what is the same thing, its part, or made of several.
export function merge(found, how) {
  const kept = [];
  for (const one of [...found].sort((a, b) => b.score - a.score)) {
    const known = kept.some((other) => {
      const common = shared(one.box, other.box), [size, otherSize] = [area(one.box), area(other.box)];
      return common / Math.max(size + otherSize - common, 1e-6) > how.SAME ||
        common / Math.max(Math.min(size, otherSize), 1e-6) > how.WITHIN;
    });
    if (!known) kept.push(one);
  }
  return kept;
}
