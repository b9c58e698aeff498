// Numbers of many: as tenfold.reading.measures and numpy.

// To the nearest whole number, halves to the even one, as Python and OpenCV round.
export function round(value) {
  const below = Math.floor(value), rest = value - below;
  return rest < 0.5 || (rest === 0.5 && below % 2 === 0) ? below : below + 1;
}

export const clip = (value, least, most) => Math.min(Math.max(value, least), most);

// values: a Float32Array, which is sorted.
export function quantile(values, share) {
  values.sort();
  const at = (values.length - 1) * share, low = Math.floor(at), high = Math.min(low + 1, values.length - 1);
  return values[low] + (values[high] - values[low]) * (at - low);
}

export const median = (values) => quantile(Float64Array.from(values), 0.5);

// The level in the middle of many bytes; the upper of two where they are even in number.
export const upperMedian = (levels) => Uint8Array.from(levels).sort()[levels.length >> 1];

export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

export const largest = (values) => values.indexOf(Math.max(...values));
