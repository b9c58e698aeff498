// Grey pictures {data, width, height}, bytes row by row: cut, turned by quarters, brought to another size.
// A box is left, top, right, bottom in pixels.

import { clip, round } from "./measures.js";

export function cut(picture, left, top, right, bottom) {
  const width = Math.max(0, Math.min(right, picture.width) - left);
  const height = Math.max(0, Math.min(bottom, picture.height) - top);
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const start = (top + y) * picture.width + left;
    data.set(picture.data.subarray(start, start + width), y * width);
  }
  return { data, width, height };
}

// Turned clockwise.
export function turned(picture, quarters) {
  for (let turn = 0; turn < quarters; turn++) {
    const { data, width, height } = picture, again = new Uint8Array(data.length);
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) again[x * height + height - 1 - y] = data[y * width + x];
    picture = { data: again, width: height, height: width };
  }
  return picture;
}

// A box on a picture of that size, as it lies on the picture turned clockwise.
export function turnedBox([left, top, right, bottom], { width, height }, quarters) {
  for (let turn = 0; turn < quarters; turn++) {
    [left, top, right, bottom] = [height - bottom, left, height - top, right];
    [width, height] = [height, width];
  }
  return [left, top, right, bottom];
}

// Twice as large, as it is, or smaller.
export function scaled(picture, scale) {
  if (scale === 1) return picture;
  if (scale === 2) return doubled(picture);
  return resized(picture, Math.max(1, round(picture.width * scale)), Math.max(1, round(picture.height * scale)));
}

export function resized(picture, width, height) {
  const columns = covered(picture.width, width), rows = covered(picture.height, height);
  const wide = new Float64Array(width * picture.height), data = new Uint8Array(width * height);
  for (let y = 0; y < picture.height; y++)
    for (let x = 0; x < width; x++) wide[y * width + x] = mixed(picture.data, y * picture.width, 1, columns[x]);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) data[y * width + x] = Math.floor(mixed(wide, x, width, rows[y]) + 0.5);
  return { data, width, height };
}

// Some values that lie so many apart, each by its share.
function mixed(values, start, apart, { first, shares }) {
  let sum = 0;
  for (let at = 0; at < shares.length; at++) sum += values[start + (first + at) * apart] * shares[at];
  return sum;
}

// Of fewer pixels each is the mean of those that it covers: the first of them, and their shares. As OpenCV's INTER_AREA.
// Of more each lies between two: as its INTER_LINEAR.
function covered(from, to) {
  const step = from / to;
  if (step < 1)
    return Array.from({ length: to }, (_, at) => {
      const place = clip((at + 0.5) * step - 0.5, 0, from - 1), first = Math.floor(place), share = place - first;
      return { first, shares: share ? [1 - share, share] : [1] };
    });
  return Array.from({ length: to }, (_, at) => {
    const start = at * step, end = Math.min(from, start + step), first = Math.floor(start), shares = [];
    for (let old = first; old < end; old++) shares.push((Math.min(old + 1, end) - Math.max(old, start)) / (end - start));
    return { first, shares };
  });
}

// Each pixel lies between two, nearer to one. As OpenCV's INTER_LINEAR in its whole numbers: a row's part is cut off.
function doubled({ data, width, height }) {
  const others = (size) => Array.from({ length: 2 * size }, (_, at) => clip((at >> 1) + (at % 2 ? 1 : -1), 0, size - 1));
  const columns = others(width), rows = others(height), twice = new Uint8Array(4 * data.length);
  for (let y = 0, at = 0; y < 2 * height; y++)
    for (let x = 0; x < 2 * width; x++, at++) {
      const quarters = (row) => 3 * data[row * width + (x >> 1)] + data[row * width + columns[x]];
      twice[at] = (((3 * quarters(y >> 1)) >> 2) + (quarters(rows[y]) >> 2) + 2) >> 2;
    }
  return { data: twice, width: 2 * width, height: 2 * height };
}
