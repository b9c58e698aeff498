// The network's heat maps as digits with their boxes: as tenfold.reading.detector.peaks, whose numbers come with the
// model (how). answers: {data, width, height}, data the channels one after another.

import { clip } from "./measures.js";

const chance = (logit) => Math.fround(1 / (1 + Math.exp(-logit)));

// How hot each cell is in the hottest of some channels.
function heatOf({ data, width, height }, first, last) {
  const cells = width * height, heat = new Float32Array(cells).fill(-Infinity);
  for (let channel = first; channel < last; channel++)
    for (let cell = 0; cell < cells; cell++) heat[cell] = Math.max(heat[cell], data[channel * cells + cell]);
  return heat.map(chance);
}

// Cells hotter than their eight neighbours, the hottest first.
function peaks(heat, { width, height }, how) {
  const found = [];
  for (let cell = 0; cell < heat.length; cell++) {
    if (!(heat[cell] > how.LEAST)) continue;
    const x = cell % width, y = Math.floor(cell / width);
    let highest = true;
    for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row++)
      for (let column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column++)
        highest &&= heat[row * width + column] <= heat[cell];
    if (highest) found.push(cell);
  }
  return found.sort((one, other) => heat[other] - heat[one]).slice(0, how.MOST);
}

function boxOf({ data, width, height }, cell, how) {
  const [x, y, wide, high] = [0, 1, 2, 3].map((place) => data[(how.HEATS + place) * width * height + cell]);
  const middleX = ((cell % width) + 0.5 + x) * how.STRIDE, middleY = (Math.floor(cell / width) + 0.5 + y) * how.STRIDE;
  const [halfWidth, halfHeight] = [wide, high].map((logarithm) => Math.exp(clip(logarithm, 0, how.LONGEST_LOG)) / 2);
  return [middleX - halfWidth, middleY - halfHeight, middleX + halfWidth, middleY + halfHeight];
}

// Digits and separators {shares, score, box, separator}: how likely each of the ten digits is by itself; how likely it is
// what it is likeliest; whether that is a separator.
export function findPeaks(answers, how) {
  const cells = answers.width * answers.height;
  return [[0, how.DIGITS], [how.DIGITS, how.MARKS]].flatMap(([first, last]) =>
    peaks(heatOf(answers, first, last), answers, how).map((cell) => {
      const all = Array.from({ length: how.MARKS }, (_, sign) => chance(answers.data[sign * cells + cell]));
      const shares = all.slice(0, how.DIGITS), score = Math.max(...all);
      return { shares, score, box: boxOf(answers, cell, how), separator: Math.max(...shares) < score };
    }));
}

// How much speaks for the page lying upright, and for each number of quarter turns.
export function turnHeats(answers, how) {
  const heats = [1, 2, 3].map((turn) => heatOf(answers, how.TURNS + turn, how.TURNS + turn + 1));
  return [heatOf(answers, 0, how.DIGITS), ...heats].map((heat) =>
    peaks(heat, answers, how).reduce((sum, cell) => sum + (heat[cell] > how.STRONG ? heat[cell] : 0), 0));
}

// The box around what is too small to be told apart; null where nothing is.
export function smallRegion(answers, least, how) {
  const { width, height } = answers, heat = heatOf(answers, how.SMALL, how.SMALL + 1);
  let [left, top, right, bottom] = [width, height, 0, 0];
  heat.forEach((hot, cell) => {
    if (!(hot > least)) return;
    const x = cell % width, y = Math.floor(cell / width);
    [left, top, right, bottom] = [Math.min(left, x), Math.min(top, y), Math.max(right, x + 1), Math.max(bottom, y + 1)];
  });
  return right ? [left, top, right, bottom].map((edge) => edge * how.STRIDE) : null;
}
