// A digit with its surroundings, cut from its page as the glyph network takes it: as tenfold.reading.glyph_crops, whose
// numbers come with the model (how).

import { round, upperMedian } from "./measures.js";
import { cut, resized, turned } from "./picture.js";

// quarters: that the page is turned clockwise to be read. Returns a picture of CROP_SIDE pixels each way.
export function cropOf(page, [left, top, right, bottom], quarters, { CROP_SIDE, SURROUNDINGS, LEAST }) {
  const half = Math.max(LEAST, (SURROUNDINGS / 2) * Math.max(right - left, bottom - top)), side = round(2 * half);
  const x = round((left + right) / 2 - half), y = round((top + bottom) / 2 - half);
  const seen = cut(page, Math.max(0, x), Math.max(0, y), x + side, y + side), data = new Uint8Array(side * side);
  if (seen.data.length < data.length) data.fill(seen.data.length ? upperMedian(seen.data) : 0);
  for (let row = 0; seen.width && row < seen.height; row++)
    data.set(seen.data.subarray(row * seen.width, (row + 1) * seen.width), (row - Math.min(0, y)) * side - Math.min(0, x));
  return turned(resized({ data, width: side, height: side }, CROP_SIDE, CROP_SIDE), quarters);
}
