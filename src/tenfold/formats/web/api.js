// All that the page asks of a reader, answered in the browser: onnxruntime-web runs reader.onnx on one digit at a time.

import * as ort from "../onnxruntime/ort.js";
import { coloured, occlude } from "./occlusion.js";

const NONE = "not a digit", SEVERAL = "several digits";
const SIDE = 28;
const INK = 80; // a level that is surely a pen's, not its edge
const TALL = 0.6; // of the ink's height, from which on a part of it may be a digit by itself
const MOST = 256; // pixels a side that a picture is read with: with more, no more of them are read right (docs/export.md)

export class Trouble extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

ort.env.wasm.numThreads = 1; // more need headers that a static host does not send
ort.env.wasm.proxy = true; // beside the page, so that the pen never waits
ort.env.logLevel = "error";

async function fetched(name) {
  const response = await fetch(name).catch(() => null);
  if (!response?.ok) throw new Trouble(`${name} cannot be loaded: reload the page.`, response?.status ?? 0);
  return response;
}

async function opened(name) {
  const content = new Uint8Array(await (await fetched(name)).arrayBuffer());
  return ort.InferenceSession.create(content, { executionProviders: ["wasm"] }).catch((error) => {
    throw new Trouble(`This browser cannot run the reader: ${error.message}`, 0);
  });
}

const once = (make) => { let made; return () => (made ??= make()); };
const described = once(async () => (await fetched("model.json")).json());
const reader = once(() => opened("reader.onnx"));
const classifier = once(() => opened("model.onnx")); // asked for when somebody asks why

export async function model() {
  const [found] = await Promise.all([described(), reader()]);
  return found;
}

// RGB pixels of a picture, upright, and on paper where it is transparent.
async function pixelsOf(blob) {
  const image = await createImageBitmap(blob).catch(() => {
    throw new Trouble("This browser cannot open the file as a picture.", 422);
  });
  const scale = Math.min(1, MOST / Math.max(image.width, image.height)), canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(scale * image.width));
  canvas.height = Math.max(1, Math.round(scale * image.height));
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.imageSmoothingQuality = "high";
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  image.close();
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height), paper = paperUnder(data);
  const pixels = new Uint8Array((3 * data.length) / 4);
  for (let from = 0, to = 0; from < data.length; from += 4)
    for (let channel = 0; channel < 3; channel++)
      pixels[to++] = Math.round((data[from + channel] * data[from + 3] + paper * (255 - data[from + 3])) / 255);
  return new ort.Tensor("uint8", pixels, [canvas.height, canvas.width, 3]);
}

// The level of paper that what is drawn on transparent ground shows on: white, but black under light ink.
function paperUnder(data) {
  let light = 0, weight = 0;
  for (let at = 0; at < data.length; at += 4) {
    light += data[at + 3] * Math.max(data[at], data[at + 1], data[at + 2]);
    weight += data[at + 3];
  }
  return light > 191 * weight ? 0 : 255;
}

// Whether two tall parts of the ink stand side by side with paper between them, as one digit's hardly ever do.
function several(view) {
  const rows = Array.from({ length: SIDE }, (_, x) => // of ink, in each column
    Array.from({ length: SIDE }, (_, y) => y).filter((y) => view[y * SIDE + x] > INK));
  const height = (part) => (part.length ? Math.max(...part) - Math.min(...part) + 1 : 0);
  const parts = [[]];
  for (const column of rows) column.length ? parts.at(-1).push(...column) : parts.push([]);
  return parts.filter((part) => part.length && height(part) >= TALL * height(rows.flat())).length > 1;
}

function picture(pixels) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE;
  canvas.getContext("2d").putImageData(new ImageData(pixels, SIDE, SIDE), 0, 0);
  return canvas.toDataURL();
}

const greys = (view) => Uint8ClampedArray.from({ length: 4 * view.length }, (_, at) => (at % 4 === 3 ? 255 : view[at >> 2]));

// The page's reading of a picture: one digit, or one piece of ink that is refused, or nothing.
export async function read(blob) {
  const [{ card }, session, pixels] = await Promise.all([described(), reader(), pixelsOf(blob)]);
  const found = await session.run({ pixels }, ["view", "probabilities"]);
  const view = found.view.data, probabilities = Array.from(found.probabilities.data);
  const reading = { blank: view.every((level) => level === 0), text: "", confidence: 0, digits: [], rejected: [] };
  if (reading.blank) return [{ ...reading, views: [], probabilities: [] }];
  const none = probabilities[card.classes.indexOf(NONE)] ?? 0;
  const shares = probabilities.map((share, index) => (card.classes[index] === NONE ? -1 : share));
  const confidence = Math.max(...shares), digit = shares.indexOf(confidence), name = card.classes[digit];
  const ofDigits = card.classes.every((name) => name === NONE || /^[0-9]$/.test(name));
  const reason = ofDigits && several(view) ? SEVERAL : none > confidence || 1 - none < card.score_threshold ? NONE :
    confidence < card.threshold ? "unsure" : null;
  if (reason) reading.rejected.push({ reason, confidence });
  else Object.assign(reading, { text: name, confidence, digits: [{ digit, name, confidence }] });
  return [{ ...reading, views: [picture(greys(view))], probabilities: [probabilities], levels: view }];
}

// What speaks for the answer, and what for the digit that is likeliest after it.
export async function explain(blob) {
  const [{ card, occlusion }, session, [{ levels }]] = await Promise.all([described(), classifier(), read(blob)]);
  const logitsOf = async (views) => {
    const shape = [views.length / (SIDE * SIDE), 1, SIDE, SIDE];
    const { logits } = await session.run({ images: new ort.Tensor("float32", Float32Array.from(views, (level) => level / 255), shape) }, ["logits"]);
    return Array.from({ length: shape[0] }, (_, row) => logits.data.slice(row * card.classes.length, (row + 1) * card.classes.length));
  };
  const [whole] = await logitsOf(levels);
  const order = [...whole.keys()].sort((one, other) => whole[other] - whole[one]);
  const answer = order[0], rival = order.slice(1).find((index) => card.classes[index] !== NONE);
  const margins = async (views) => (await logitsOf(views)).map((row) => row[answer] - row[rival]);
  const values = await occlude(levels, margins, occlusion);
  return { answer: card.classes[answer], against: card.classes[rival], heatmap: picture(coloured(values, levels, occlusion)) };
}
