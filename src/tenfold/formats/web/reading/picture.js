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

export function scaled(picture, scale) {
  if (scale === 1) return picture;
  return resized(picture, Math.max(1, round(picture.width * scale)), Math.max(1, round(picture.height * scale)));
}

// To the bit what OpenCV makes: the networks calculate in 8 bits, and one level more or less may be another answer.
// Smaller as its INTER_AREA, else as its INTER_LINEAR.
export function resized(picture, width, height) {
  return width < picture.width || height < picture.height ? averaged(picture, width, height)
    : between(picture, width, height);
}

// Each pixel is the mean of those that it covers, in single precision.
function averaged({ data, width: from, height: rows }, width, height) {
  const made = new Uint8Array(width * height);
  if (from === 2 * width && rows === 2 * height) {
    for (let y = 0, at = 0; y < height; y++)
      for (let x = 0; x < width; x++, at++) {
        const first = 2 * y * from + 2 * x;
        made[at] = (data[first] + data[first + 1] + data[first + from] + data[first + from + 1] + 2) >> 2;
      }
    return { data: made, width, height };
  }
  const across = covered(from, width), down = covered(rows, height), line = new Float32Array(width);
  down.forEach(({ first, shares }, y) => {
    const sums = new Float32Array(width);
    shares.forEach((share, at) => {
      const start = (first + at) * from;
      for (let x = 0; x < width; x++) {
        const { first: left, shares: parts } = across[x];
        let sum = 0;
        for (let k = 0; k < parts.length; k++) sum = Math.fround(sum + Math.fround(data[start + left + k] * parts[k]));
        line[x] = sum;
      }
      for (let x = 0; x < width; x++) sums[x] += Math.fround(share * line[x]);
    });
    for (let x = 0; x < width; x++) made[y * width + x] = round(sums[x]);
  });
  return { data: made, width, height };
}

// Which pixels each of fewer covers, the first of them and their shares.
function covered(from, to) {
  const step = from / to;
  return Array.from({ length: to }, (_, at) => {
    const start = at * step, end = start + step, cell = Math.min(step, from - start), shares = [];
    let first = Math.ceil(start), last = Math.min(Math.floor(end), from - 1);
    first = Math.min(first, last);
    if (first - start > 1e-3) shares.push(Math.fround((first - start) / cell));
    for (let old = first; old < last; old++) shares.push(Math.fround(1 / cell));
    if (end - last > 1e-3) shares.push(Math.fround(Math.min(Math.min(end - last, 1), cell) / cell));
    return { first: first - start > 1e-3 ? first - 1 : first, shares };
  });
}

// Each pixel lies between two, by shares of 2048 parts; what is less than a sixteenth of a part is cut off.
function between({ data, width: from, height: rows }, width, height) {
  const columns = neighbours(from, width, false), lines = neighbours(rows, height, true), made = new Uint8Array(width * height);
  const along = (row, { first, other, near, far }) => data[row * from + first] * near + data[row * from + other] * far;
  lines.forEach(({ first, other, near, far }, y) => columns.forEach((column, x) => {
    const upper = ((along(first, column) >> 4) * near) >> 16, lower = ((along(other, column) >> 4) * far) >> 16;
    made[y * width + x] = (upper + lower + 2) >> 2;
  }));
  return { data: made, width, height };
}

// The two that each of more pixels lies between, and their parts. A column beyond the edge has one of them alone, a row
// twice the same.
function neighbours(from, to, isRow) {
  const step = from / to, last = from - 1;
  return Array.from({ length: to }, (_, at) => {
    const place = Math.fround((at + 0.5) * step - 0.5), floor = Math.floor(place), isBeyond = floor < 0 || floor >= last;
    const share = isBeyond && !isRow ? 0 : Math.fround(place - floor);
    const parts = [round(Math.fround(1 - share) * 2048), round(share * 2048)];
    return { first: clip(floor, 0, last), other: clip(floor + 1, 0, last), near: parts[0], far: parts[1] };
  });
}
