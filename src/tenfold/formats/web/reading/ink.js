// The ink of the digit in a box, without its neighbours': as tenfold.reading.glyph_views, whose numbers come with the
// model (how).

import { largest, mean, quantile, round } from "./measures.js";
import { cut, scaled } from "./picture.js";

// Bytes {data, width, height}: 0 on paper, 255 where a stroke is full of ink.
export function inkOf(page, [left, top, right, bottom], how) {
  const room = Math.max(how.LEAST_MARGIN, how.MARGIN * Math.max(right - left, bottom - top));
  const x = Math.max(0, Math.trunc(left - room)), y = Math.max(0, Math.trunc(top - room));
  let part = cut(page, x, y, Math.ceil(right + room), Math.ceil(bottom + room));
  let own = [left - x, top - y, right - x, bottom - y];
  if (!part.data.length) return { data: new Uint8Array(1), width: 1, height: 1 };
  const scale = how.LARGEST / Math.max(part.width, part.height);
  if (scale < 1) [part, own] = [scaled(part, scale), own.map((edge) => edge * scale)];
  return ownInk(strengthOf(part, how), own, how);
}

// The paper's level around a digit, and the side on which its strokes lie: 1 lighter, -1 darker.
function paperOf({ data, width, height }, how) {
  const row = (y) => data.subarray(y * width, (y + 1) * width);
  const column = (x) => Uint8Array.from({ length: height }, (_, y) => data[y * width + x]);
  const paper = quantile(Float32Array.from([...row(0), ...row(height - 1), ...column(0), ...column(width - 1)]), 0.5);
  const levels = Float32Array.from(data);
  const low = quantile(levels, how.DARKEST), high = quantile(levels, how.LIGHTEST);
  return [paper, paper - low >= high - paper ? -1 : 1];
}

// How much ink each pixel holds: its distance from the paper, towards the side that the strokes lie on.
function strengthOf(part, how) {
  const [paper, sign] = paperOf(part, how), rest = Float32Array.from(part.data, (level) => (level - paper) * sign);
  let full = quantile(rest.slice(), how.FULL), strong = rest.filter((ink) => ink > how.STRONG * Math.max(full, 1));
  if (full < how.FEW_LEVELS || !strong.length) { // a thin stroke in a wide box: its few pixels are the strongest
    const most = rest.reduce((one, other) => Math.max(one, other));
    strong = rest.filter((ink) => ink > how.STRONG * most);
    if (most < how.FEW_LEVELS) return { ...part, data: new Uint8Array(rest.length) };
  }
  full = mean(strong);
  const weak = rest.filter((ink) => ink < how.STRONG * full).map(Math.abs);
  const spread = weak.length ? quantile(weak, 0.5) : 0;
  const floor = Math.max(how.FAINTEST * full, Math.min(how.SPREADS * spread, how.FAINTEST_OF_NOISY * full));
  const times = 255 / Math.max(how.SOLID * full - floor, 1);
  return { ...part, data: Uint8Array.from(rest, (ink) => Math.min(Math.max((ink - floor) * times, 0), 255)) };
}

// Without parts that mostly lie outside the box, and without what reaches out of it by more than a little.
function ownInk(strength, box, how) {
  const { data, width, height } = strength, { labels, areas } = partsOf(strength, how.PART);
  if (areas.length < 2) return strength;
  const within = areas.map(() => 0);
  each(box, 1, strength, (pixel) => { within[labels[pixel]]++; });
  within[0] = -1; // paper
  const first = largest(within); // the digit's, however far a rule that it touches goes on
  const kept = areas.map((area, part) =>
    part > 0 && (part === first || within[part] >= how.OUTSIDE * area) &&
    within[part] >= Math.max(how.SPECK_PIXELS, how.SPECK * within[first]));
  const near = (pixel) => {
    const x = pixel % width, y = Math.floor(pixel / width);
    for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row++)
      for (let column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column++)
        if (kept[labels[row * width + column]]) return true;
    return false;
  };
  const own = new Uint8Array(data.length), room = 1 + how.GROWN * Math.max(box[2] - box[0], box[3] - box[1]);
  each(box, room, strength, (pixel) => { if (near(pixel)) own[pixel] = data[pixel]; });
  return { data: own, width, height };
}

// The pixels of a box that is grown by so many.
function each([left, top, right, bottom], room, { width, height }, visit) {
  const [first, last] = [Math.max(0, round(left - room)), Math.min(width, round(right + room))];
  for (let y = Math.max(0, round(top - room)); y < Math.min(height, round(bottom + room)); y++)
    for (let x = first; x < last; x++) visit(y * width + x);
}

// The number of the part that each pixel belongs to, parts of ink that touch, 0 for paper; and how large each is.
function partsOf({ data, width, height }, least) {
  const labels = new Int32Array(data.length), areas = [0];
  for (let start = 0; start < data.length; start++) {
    if (data[start] <= least || labels[start]) continue;
    const part = areas.length, waiting = [start];
    areas.push(0);
    labels[start] = part;
    while (waiting.length) {
      const pixel = waiting.pop(), x = pixel % width, y = Math.floor(pixel / width);
      areas[part]++;
      for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row++)
        for (let column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column++) {
          const other = row * width + column;
          if (data[other] <= least || labels[other]) continue;
          labels[other] = part;
          waiting.push(other);
        }
    }
  }
  return { labels, areas };
}
