// What stands in a row with digits of its size is likelier to be one: as tenfold.reading.company, whose numbers come with
// the model (how).

const middle = (box, first) => (box[first] + box[first + 2]) / 2;
const height = (box) => Math.max(box[3] - box[1], 1e-6);

// found: {shares, score, upright}, score the chance of a digit, upright its box on the page turned upright. Returns the same,
// raised where others stand around.
export function inCompany(found, how) {
  const sure = found.filter(({ score }) => score >= how.SURE);
  return found.map((one) => {
    const others = sure.filter((other) => other !== one && areNear(one.upright, other.upright, how)).length;
    if (others < how.OTHERS) return one;
    const raise = how.LIKELIER / (1 + (how.LIKELIER - 1) * one.score);
    return { ...one, shares: one.shares.map((share) => share * raise), score: one.score * raise };
  });
}

function areNear(one, other, how) {
  const higher = Math.max(height(one), height(other));
  return Math.abs(middle(one, 0) - middle(other, 0)) < how.NEAR * higher
    && Math.abs(middle(one, 1) - middle(other, 1)) < how.LEVEL * higher
    && higher < how.ALIKE * Math.min(height(one), height(other));
}
