// From the ink of one digit to the 28×28 view that a model was trained on: as tenfold.inference.frame, whose numbers come
// with the model (how).

import { clip, round } from "./measures.js";

// ink: bytes {data, width, height}. Returns SIDE × SIDE bytes, all 0 where there is no ink.
export function frame(ink, how) {
  const cut = inked(ink), view = new Uint8Array(how.SIDE * how.SIDE);
  if (!cut) return view;
  const { data, width, height } = cut, mass = sum(data), scale = how.BOX / Math.max(width, height);
  const pen = Math.max(scale, clip(1 + (how.THIN - strokeWidth(cut, mass) * scale) / 2, 1, how.BROADEST));
  const profiles = [new Float64Array(height), new Float64Array(width)];
  data.forEach((level, pixel) => {
    profiles[0][Math.floor(pixel / width)] += level;
    profiles[1][pixel % width] += level;
  });
  const [rows, columns] = profiles.map((profile) => shrinking(profile, mass, scale, pen, how));
  const high = product(rows, cut.data, how.SIDE, height, width);
  const shrunk = product(high, transposed(columns, how.SIDE, width), how.SIDE, width, how.SIDE);
  const fullness = sum(shrunk.map((level) => level * level)) / sum(shrunk);
  const times = 255 * Math.min(Math.max(how.FULL / fullness, 1), how.STRONGEST);
  return Uint8Array.from(shrunk, (level) => round(Math.min(level * times, 255)));
}

const sum = (values) => values.reduce((total, value) => total + value, 0);

// The smallest part that holds all ink, in [0, 1].
function inked({ data, width, height }) {
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      if (data[y * width + x])
        [left, top, right, bottom] = [Math.min(left, x), Math.min(top, y), Math.max(right, x), Math.max(bottom, y)];
  if (right < 0) return null;
  const wide = right - left + 1, high = bottom - top + 1;
  const share = (_, at) => data[(top + Math.floor(at / wide)) * width + left + (at % wide)] / 255;
  return { data: Float64Array.from({ length: wide * high }, share), width: wide, height: high };
}

// About how many pixels wide the strokes are: twice their area by the length of their edges.
function strokeWidth({ data, width, height }, mass) {
  const at = (x, y) => (x < 0 || y < 0 || x >= width || y >= height ? 0 : data[y * width + x]);
  let steps = 0;
  for (let y = 0; y <= height; y++)
    for (let x = 0; x <= width; x++) steps += Math.abs(at(x, y) - at(x - 1, y)) + Math.abs(at(x, y) - at(x, y - 1));
  return (2 * mass) / ((steps * Math.PI) / 4);
}

// The matrix [SIDE, n] that shrinks n rows or columns onto the view, their centre of mass at its middle.
function shrinking(profile, mass, scale, pen, how) {
  const centre = sum(profile.map((level, at) => level * (at + 0.5) * scale)) / mass;
  const start = Math.min(Math.max(how.CENTRE + 0.5 - centre, 0), how.SIDE - profile.length * scale);
  return Float64Array.from({ length: how.SIDE * profile.length }, (_, place) => {
    const pixel = Math.floor(place / profile.length) + 0.5 - start, at = ((place % profile.length) + 0.5) * scale;
    return Math.max(1 - Math.abs(pixel - at) / pen, 0) * (scale / pen);
  });
}

// Matrices [rows, inner] and [inner, columns], row by row.
function product(one, other, rows, inner, columns) {
  const found = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++)
    for (let place = 0; place < inner; place++) {
      const factor = one[row * inner + place];
      if (!factor) continue;
      for (let column = 0; column < columns; column++)
        found[row * columns + column] += factor * other[place * columns + column];
    }
  return found;
}

const transposed = (matrix, rows, columns) =>
  Float64Array.from(matrix, (_, place) => matrix[(place % rows) * columns + Math.floor(place / rows)]);
