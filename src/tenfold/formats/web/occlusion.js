// What of a view speaks for the answer: parts of it are covered, and the answer is watched. As tenfold.explanation's
// occlusion and maps, whose numbers come with the model (how).

const SIDE = 28;

// Squares [left, top, right, bottom] so many pixels wide, from first up to last, as far as they lie on the view.
function squares(width, first, last, step) {
  const starts = [];
  for (let at = first; at <= last - width; at += step) starts.push([Math.max(0, at), Math.min(SIDE, at + width)]);
  return starts.flatMap(([top, bottom]) => starts.map(([left, right]) => [left, top, right, bottom]));
}

function each([left, top, right, bottom], visit) {
  for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) visit(y * SIDE + x);
}

// view: 784 levels. margins(views) answers, for views in one Uint8Array, by how many logits the answer leads.
// Returns by how many the lead falls where a pixel is covered: ink by paper, paper by ink.
export async function occlude(view, margins, how) {
  const half = Math.floor(how.eraser / 2);
  const covers = [
    ...squares(how.eraser, 1 - half, SIDE + half, how.step).map((square) => ({ square, level: 0 })),
    ...squares(how.pen, how.edge, SIDE - how.edge, how.step).map((square) => ({ square, level: 255 })),
  ].map(({ square, level }) => {
    const covered = view.slice();
    each(square, (pixel) => { covered[pixel] = level; });
    return { square, level, covered };
  }).filter(({ covered }) => covered.some((level, pixel) => level !== view[pixel]));
  const views = new Uint8Array((1 + covers.length) * SIDE * SIDE);
  views.set(view);
  covers.forEach(({ covered }, index) => views.set(covered, (1 + index) * SIDE * SIDE));
  const [whole, ...left] = await margins(views);
  const sums = { 0: new Float64Array(SIDE * SIDE), 255: new Float64Array(SIDE * SIDE) };
  const counts = { 0: new Float64Array(SIDE * SIDE), 255: new Float64Array(SIDE * SIDE) };
  covers.forEach(({ square, level }, index) => each(square, (pixel) => {
    sums[level][pixel] += whole - left[index];
    counts[level][pixel] += 1;
  }));
  return Array.from(view, (level, pixel) => {
    const mean = (kind) => sums[kind][pixel] / Math.max(1, counts[kind][pixel]);
    return mean(0) * (level / 255) + mean(255) * (1 - level / 255);
  });
}

// The map in colours on the view in grey: RGBA.
export function coloured(values, view, how) {
  const strongest = Math.max(...values.map(Math.abs), 1e-12), pixels = new Uint8ClampedArray(4 * SIDE * SIDE);
  values.forEach((value, pixel) => {
    const colour = value > 0 ? how.for : how.rival;
    const over = Math.min(1, Math.abs(value) / strongest) ** how.gamma, under = (how.faint * view[pixel]) / 255;
    const opacity = over + under * (1 - over);
    for (let channel = 0; channel < 3; channel++)
      pixels[4 * pixel + channel] = (colour[channel] * over + how.ink[channel] * under * (1 - over)) / Math.max(opacity, 1e-9);
    pixels[4 * pixel + 3] = 255 * opacity;
  });
  return pixels;
}
