// Lines of writing, levelled and cut from an upright page as the line network takes them: as
// tenfold.reading.line_strips, whose numbers come with the model (how).

import { findLines, slopeOf } from "./lines.js";
import { median, quantile, round, upperMedian } from "./measures.js";
import { resized } from "./picture.js";

// A strip for each piece of each line of digits, from their boxes: {picture, slope, level, left, across, down}.
export function lineStrips(page, boxes, { lines, line_strips: how }) {
  const slope = slopeOf(boxes, lines);
  return findLines(boxes, lines).flatMap((line) =>
    pieces(line.map((place) => boxes[place]), how).filter((piece) => piece.length >= how.LEAST_DIGITS)
      .map((piece) => strip(page, piece, slope, how)));
}

// The middle and the width of a box of the page, in pixels along a strip.
export const along = ({ left, across }, box) => [((box[0] + box[2]) / 2 - left) * across, (box[2] - box[0]) * across];

// Whether a box of the page stands on a strip's line.
export function holds(strip, box, how) {
  const height = (box[3] - box[1]) * strip.down, middle = along(strip, box)[0];
  const aside = Math.abs((box[1] + box[3]) / 2 - strip.level - (strip.slope * (box[0] + box[2])) / 2) * strip.down;
  return aside < how.OFF_LINE * Math.max(height, how.DIGIT_HEIGHT) && height > how.LOWEST * how.DIGIT_HEIGHT
    && height < how.HIGHEST * how.DIGIT_HEIGHT && middle >= 0 && middle < strip.picture.width;
}

// A line's boxes, from left to right, parted where nothing stands for long.
function pieces(boxes, how) {
  const gap = how.GAP * heightOf(boxes, how), parted = [];
  let end = -Infinity;
  for (const box of boxes) {
    if (!parted.length || box[0] - end > gap) parted.push([]);
    parted.at(-1).push(box);
    end = Math.max(end, box[2]);
  }
  return parted;
}

function strip(page, boxes, slope, how) {
  const own = heightOf(boxes, how), { CELL, DIGIT_HEIGHT, ROOM, STRIP_HEIGHT } = how;
  const level = median(boxes.map((box) => (box[1] + box[3]) / 2 - (slope * (box[0] + box[2])) / 2));
  const half = round((own * STRIP_HEIGHT) / DIGIT_HEIGHT / 2);
  const left = Math.floor(Math.min(...boxes.map((box) => box[0])) - ROOM * own);
  const right = Math.ceil(Math.max(...boxes.map((box) => box[2])) + ROOM * own);
  const seen = levelled(page, left, right, (x) => round(level + slope * (x + 0.5)), half);
  const cells = ((right - left) * STRIP_HEIGHT) / (2 * half) / CELL;
  const width = CELL * (2 * half > STRIP_HEIGHT ? Math.floor(cells) : Math.ceil(cells));
  const picture = resized(seen, width, STRIP_HEIGHT);
  return { picture, slope, level, left, across: width / (right - left), down: STRIP_HEIGHT / (2 * half) };
}

// The page's columns from left to right, each half above and half below its middle.
function levelled({ data, width: pageWidth, height: pageHeight }, left, right, middleOf, half) {
  const width = right - left, height = 2 * half, made = new Uint8Array(width * height), beyond = [], seen = [];
  for (let column = 0; column < width; column++) {
    const x = left + column, top = middleOf(x) - half;
    for (let row = 0, at = column; row < height; row++, at += width) {
      const y = top + row;
      if (x < 0 || x >= pageWidth || y < 0 || y >= pageHeight) beyond.push(at);
      else seen.push(made[at] = data[y * pageWidth + x]);
    }
  }
  if (beyond.length) {
    const paper = seen.length ? upperMedian(seen) : 0;
    for (const at of beyond) made[at] = paper;
  }
  return { data: made, width, height };
}

// The digits' height in pixels of the page: their median.
const heightOf = (boxes, how) => Math.max(how.LEAST, quantile(Float32Array.from(boxes, (box) => box[3] - box[1]), 0.5));
