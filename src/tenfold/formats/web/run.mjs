// node run.mjs FOLDER <PICTURES: an exported folder's model, run by the very files that its page will run it with.
// A picture is its height, width and channels, four bytes each, and its pixels: of one thing, or where the folder reads
// pages the ink of one digit. Prints probabilities and milliseconds.
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { buffer } from "node:stream/consumers";
import { pathToFileURL } from "node:url";

const folder = resolve(process.argv[2]);
const imported = (path) => import(pathToFileURL(resolve(folder, path)));
const opened = async (name) => ort.InferenceSession.create(new Uint8Array(await readFile(resolve(folder, name))));
const ort = await imported("onnxruntime/ort.js");
ort.env.wasm.numThreads = 1;
ort.env.wasm.wasmBinary = await readFile(resolve(folder, "onnxruntime/ort-wasm-simd-threaded.wasm"));
ort.env.logLevel = "error";

async function framing({ frame: numbers }) {
  const [{ frame }, { classifying }] = [await imported("reading/frame.js"), await imported("page/networks.js")];
  const classify = classifying(await opened("model.onnx"), "probabilities");
  return async (data, [height, width]) => (await classify(frame({ data, width, height }, numbers)))[0];
}

async function whole() {
  const session = await opened("reader.onnx");
  return async (data, shape) => {
    const { probabilities } = await session.run({ pixels: new ort.Tensor("uint8", data, shape) }, ["probabilities"]);
    return Array.from(probabilities.data);
  };
}

const { reading } = JSON.parse(await readFile(resolve(folder, "model.json"), "utf8"));
const answer = await (reading ? framing(reading) : whole());
const sent = await buffer(process.stdin);
const answers = { probabilities: [], milliseconds: [] };
for (let at = 0; at < sent.length; ) {
  const shape = [0, 4, 8].map((offset) => sent.readUInt32LE(at + offset));
  const end = at + 12 + shape[0] * shape[1] * shape[2];
  const pixels = new Uint8Array(sent.subarray(at + 12, end));
  const started = performance.now();
  answers.probabilities.push(await answer(pixels, shape));
  answers.milliseconds.push(performance.now() - started);
  at = end;
}
console.log(JSON.stringify(answers));
