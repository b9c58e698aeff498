// Reads one thing at a time with reader.onnx: a model whose classes are not the ten digits has no network that finds them.

import * as ort from "../onnxruntime/ort.js";

const NONE = "not a digit";
const MOST = 256; // pixels a side that a picture is read with: with more, no more of them are read right (docs/export.md)

export async function open(opened, { card }) {
  const session = await opened("reader.onnx");
  return {
    scaleOf: (width, height) => Math.max(1, Math.max(width, height) / MOST),
    async read({ data, width, height }) {
      const found = await session.run({ pixels: new ort.Tensor("uint8", data, [height, width, 3]) }, ["view", "probabilities"]);
      return readingOf(found.view.data, Array.from(found.probabilities.data), card);
    },
  };
}

// One thing, or one piece of ink that is refused, or nothing.
function readingOf(view, probabilities, card) {
  const reading = { blank: view.every((level) => level === 0), text: "", confidence: 0, digits: [], rejected: [] };
  if (reading.blank) return { reading, views: [], probabilities: [] };
  const none = probabilities[card.classes.indexOf(NONE)] ?? 0;
  const shares = probabilities.map((share, index) => (card.classes[index] === NONE ? -1 : share));
  const confidence = Math.max(...shares), digit = shares.indexOf(confidence), name = card.classes[digit];
  const reason = none > confidence || 1 - none < card.score_threshold ? NONE : confidence < card.threshold ? "unsure" : null;
  if (reason) reading.rejected.push({ reason, confidence });
  else Object.assign(reading, { text: name, confidence, digits: [{ digit, name, confidence }] });
  return { reading, views: [view], probabilities: [probabilities] };
}
