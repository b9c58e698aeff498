// Lines of writing, in reading order, from the boxes of digits: as tenfold.reading.lines, whose numbers come with the
// model (how).

import { clip, mean, median } from "./measures.js";

const middles = ([left, top, right, bottom]) => [(left + right) / 2, (top + bottom) / 2];

// Places of the boxes of each line, lines from top to bottom, boxes from left to right.
export function findLines(boxes, how) {
  const slope = slopeOf(boxes, how), half = boxes.map((box) => (box[3] - box[1]) / 2);
  const level = boxes.map((box) => middles(box)[1] - slope * middles(box)[0]);
  const order = [...boxes.keys()].sort((one, other) => middles(boxes[one])[0] - middles(boxes[other])[0]);
  const lineOf = [...boxes.keys()];
  const beside = (one, other) => {
    const top = Math.max(level[one] - half[one], level[other] - half[other]);
    const bottom = Math.min(level[one] + half[one], level[other] + half[other]);
    return bottom - top >= 2 * how.BESIDE * Math.min(half[one], half[other]);
  };
  order.forEach((one, place) => {
    // The nearest on either side: a small digit may stand beside none but the last but one.
    for (const others of [order.slice(place + 1), order.slice(0, place).reverse()]) {
      const nearest = others.find((other) => beside(one, other));
      if (nearest === undefined) continue;
      const joined = lineOf[nearest];
      lineOf.forEach((line, other) => { if (line === joined) lineOf[other] = lineOf[one]; });
    }
  });
  const numbers = [...new Set(lineOf)].sort((one, other) => one - other);
  const lines = numbers.map((line) => order.filter((one) => lineOf[one] === line));
  const height = (line) => mean(line.map((one) => level[one]));
  return lines.sort((one, other) => height(one) - height(other));
}

// Tangent of the page's lines, downwards to the right: the median over digits and their right neighbours.
export function slopeOf(boxes, how) {
  const slopes = boxes.flatMap((box) => {
    const height = box[3] - box[1], [x, y] = middles(box);
    const near = boxes.filter((other) => {
      const across = middles(other)[0] - x, down = Math.abs(middles(other)[1] - y);
      return across > how.FORWARD * height && across < how.NEIGHBOUR * height &&
        down < Math.min(how.STEEPEST * across + how.LEVEL * height, how.ASIDE * height) &&
        Math.abs(Math.log((other[3] - other[1]) / height)) < how.ALIKE;
    });
    if (!near.length) return [];
    const [right, below] = middles(near.reduce((one, other) => (middles(other)[0] < middles(one)[0] ? other : one)));
    return [(below - y) / (right - x)];
  });
  // One pair may as well be a small and a large digit on a level line.
  return slopes.length < 2 ? 0 : clip(median(slopes), -how.STEEPEST, how.STEEPEST);
}
