// The digits of a grey page: a network looks at it in several sizes. As tenfold.reading.detector.finder, whose numbers
// come with the model (how).

import { median, round } from "./measures.js";
import { distinct } from "./merging.js";
import { findPeaks, smallRegion, turnHeats } from "./peaks.js";
import { cut, scaled, turned, turnedBox } from "./picture.js";

// run({pixels, width, height}) gives the network's answers {data, width, height} to pixels in [0, 1].
// Returns found: digits and separators as `findPeaks` gives them, boxes in the page's pixels; quarters: that it was turned to be read.
export async function find(page, run, how) {
  const upright = await look(page, run, how), { TURN, FEW_TURNED } = how.finder;
  const quarters = upright.turns.indexOf(Math.max(...upright.turns.slice(1)), 1);
  if (upright.turns[quarters] > Math.max(FEW_TURNED, TURN * upright.turns[0])) {
    const again = turned(page, quarters), { found, turns } = await look(again, run, how);
    if (turns[0] > upright.turns[0])
      return { quarters, found: found.map((one) => ({ ...one, box: turnedBox(one.box, again, 4 - quarters) })) };
  }
  return { quarters: 0, found: upright.found };
}

// All that is found at any size, and what speaks for each turn at the size at which most does.
async function look(page, run, how) {
  const { ALWAYS, COARSE, MOST_ENLARGED, WELL_SEEN, CLOSER, BORDER, ROOM } = how.finder;
  const found = [], turns = [0, 0, 0, 0];
  let closer = null; // where the size before found something small
  for (const scale of scalesOf(page, how.finder)) {
    const large = page.width * page.height * scale * scale > ALWAYS && scale > COARSE;
    if (large && !closer) break;
    const region = large ? closer : [0, 0, page.width, page.height];
    const left = Math.max(0, Math.trunc(region[0])), top = Math.max(0, Math.trunc(region[1]));
    const part = cut(page, left, top, Math.ceil(region[2]), Math.ceil(region[3]));
    if (scale > 1 && part.width * part.height * scale * scale > MOST_ENLARGED) break;
    const answers = await run(prepared(scaled(part, scale), how.finder));
    const placed = ([x0, y0, x1, y1], room) =>
      [(x0 - BORDER) / scale + left - room, (y0 - BORDER) / scale + top - room,
        (x1 - BORDER) / scale + left + room, (y1 - BORDER) / scale + top + room];
    const peaks = findPeaks(answers, how.peaks), unclear = smallRegion(answers, CLOSER, how.peaks);
    const small = peaks.filter(({ separator }) => !separator).map(({ box }) => box)
      .filter((box) => Math.max(box[2] - box[0], box[3] - box[1]) < WELL_SEEN);
    if (unclear) small.push(unclear);
    closer = small.length ? placed(around(small), ROOM / scale) : null;
    found.push(...peaks.map((one) => ({ ...one, box: placed(one.box, 0) })));
    turnHeats(answers, how.peaks).forEach((heat, turn) => { turns[turn] = Math.max(turns[turn], heat); });
  }
  return { found: distinct(found, how.merging), turns };
}

// The sizes at which a page is looked at, as shares of its own, smallest first.
function scalesOf({ width, height }, { LONGEST, HALVES }) {
  const longest = Math.max(width, height), scales = [2];
  while (longest * scales[0] > LONGEST) scales.unshift(scales[0] / 2);
  const halved = scales.filter((scale) => longest * scale > LONGEST && longest * scale <= HALVES);
  return [...scales, ...halved.map((scale) => scale / Math.SQRT2)].sort((a, b) => a - b);
}

// With paper around it, up to a multiple of so many pixels.
function prepared({ data, width, height }, { BORDER, MULTIPLE }) {
  const whole = (side) => Math.ceil((side + 2 * BORDER) / MULTIPLE) * MULTIPLE;
  const wide = whole(width), high = whole(height), edge = [];
  for (let x = 0; x < width; x++) edge.push(data[x], data[(height - 1) * width + x]);
  for (let y = 0; y < height; y++) edge.push(data[y * width], data[y * width + width - 1]);
  const pixels = new Float32Array(wide * high).fill(round(median(edge)) / 255);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) pixels[(y + BORDER) * wide + x + BORDER] = data[y * width + x] / 255;
  return { pixels, width: wide, height: high };
}

const around = (boxes) => boxes.reduce((all, box) => all.map((edge, side) => Math[side < 2 ? "min" : "max"](edge, box[side])));
