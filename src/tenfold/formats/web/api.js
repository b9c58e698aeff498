// All that the page asks of a reader, answered in the browser: onnxruntime-web runs the networks.

import * as ort from "../onnxruntime/ort.js";
import { classifying, SIDE } from "./networks.js";
import { coloured, occlude } from "./occlusion.js";

const NONE = "not a digit";

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

async function network(name) {
  const content = new Uint8Array(await (await fetched(name)).arrayBuffer());
  return ort.InferenceSession.create(content, { executionProviders: ["wasm"] }).catch((error) => {
    throw new Trouble(`This browser cannot run the reader: ${error.message}`, 0);
  });
}

const once = (make) => { const made = {}; return (name) => (made[name] ??= make(name)); };
const opened = once(network);
const described = once(async () => (await fetched("model.json")).json());
const reader = once(async () => {
  const found = await described();
  const { open } = await import(found.reading ? "../reading/reader.js" : "./single.js");
  return open(opened, found);
});

export async function model() {
  const [found] = await Promise.all([described(), reader()]);
  return found;
}

// RGB pixels of a picture, upright, and on paper where it is transparent. scaleOf says how many times smaller it is made.
async function pixelsOf(blob, scaleOf) {
  const image = await createImageBitmap(blob).catch(() => {
    throw new Trouble("This browser cannot open the file as a picture.", 422);
  });
  const scale = scaleOf(image.width, image.height), canvas = document.createElement("canvas");
  const width = (canvas.width = Math.max(1, Math.round(image.width / scale)));
  const height = (canvas.height = Math.max(1, Math.round(image.height / scale)));
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.imageSmoothingQuality = "high";
  context.drawImage(image, 0, 0, width, height);
  image.close();
  const { data } = context.getImageData(0, 0, width, height), paper = paperUnder(data);
  const pixels = new Uint8Array((3 * data.length) / 4);
  for (let from = 0, to = 0; from < data.length; from += 4)
    for (let channel = 0; channel < 3; channel++)
      pixels[to++] = Math.round((data[from + channel] * data[from + 3] + paper * (255 - data[from + 3])) / 255);
  return { data: pixels, width, height, scale };
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

function picture(pixels) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE;
  canvas.getContext("2d").putImageData(new ImageData(pixels, SIDE, SIDE), 0, 0);
  return canvas.toDataURL();
}

const greys = (view) => Uint8ClampedArray.from({ length: 4 * view.length }, (_, at) => (at % 4 === 3 ? 255 : view[at >> 2]));

const seen = new WeakMap(); // what was read of each picture, for whoever asks why

// The page's reading of a picture.
export async function read(blob) {
  const { scaleOf, read } = await reader();
  const found = await read(await pixelsOf(blob, scaleOf));
  seen.set(blob, found);
  return [{ ...found.reading, views: found.views.map((view) => picture(greys(view))), probabilities: found.probabilities }];
}

// Which of a reading's pieces is asked about: a digit, counted from 1; null for the largest that was refused.
function placeOf({ digits, rejected }, digit) {
  const sizes = rejected.map(({ box }) => (box ? box[2] * box[3] : 0));
  return digit === null ? digits.length + sizes.indexOf(Math.max(...sizes)) : digit - 1;
}

// What speaks for the answer, and what for the digit that is likeliest after it.
export async function explain(blob, digit) {
  const [{ card, occlusion }, session] = await Promise.all([described(), opened("model.onnx")]);
  const { reading, views } = seen.get(blob), levels = views[placeOf(reading, digit)];
  const logitsOf = classifying(session, "logits"), [whole] = await logitsOf(levels);
  const order = [...whole.keys()].sort((one, other) => whole[other] - whole[one]);
  const answer = order[0], rival = order.slice(1).find((index) => card.classes[index] !== NONE);
  const margins = async (views) => (await logitsOf(views)).map((row) => row[answer] - row[rival]);
  const values = await occlude(levels, margins, occlusion);
  return { answer: card.classes[answer], against: card.classes[rival], heatmap: picture(coloured(values, levels, occlusion)) };
}
