// The networks as functions of numbers, run by onnxruntime-web.

import * as ort from "../onnxruntime/ort.js";

export const SIDE = 28;

// The page network: {pixels, width, height} in [0, 1] to its answers {data, width, height}.
export const detecting = (session) => async ({ pixels, width, height }) => {
  const { answers } = await session.run({ pages: new ort.Tensor("float32", pixels, [1, 1, height, width]) });
  return { data: answers.data, height: answers.dims[2], width: answers.dims[3] };
};

// A model of square pictures: bytes of them in a row to a row of numbers for each, of its probabilities or logits.
export const classifying = (session, output, input = "images", side = SIDE) => async (pictures) => {
  const count = pictures.length / (side * side), shares = Float32Array.from(pictures, (level) => level / 255);
  const found = await session.run({ [input]: new ort.Tensor("float32", shares, [count, 1, side, side]) }, [output]);
  const { data, dims } = found[output];
  return Array.from({ length: count }, (_, row) => Array.from(data.slice(row * dims[1], (row + 1) * dims[1])));
};

// The line network: a picture {data, width, height} to a row for each cell along it, of the chance of each digit.
export const judgingLines = (session) => async ({ data, width, height }) => {
  const strips = new ort.Tensor("float32", Float32Array.from(data, (level) => level / 255), [1, 1, height, width]);
  const { data: all, dims: [, kinds, cells] } = (await session.run({ strips })).probabilities;
  return Array.from({ length: cells }, (_, cell) => Array.from({ length: kinds - 1 }, (_, kind) => all[kind * cells + cell]));
};
