// node run.mjs FOLDER <PICTURES: an exported folder's reader.onnx, run by the very files that its page will run it with.
// A picture is its height, width and channels, four bytes each, and its pixels. Prints probabilities and milliseconds.
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { buffer } from "node:stream/consumers";
import { pathToFileURL } from "node:url";

const folder = resolve(process.argv[2]);
const ort = await import(pathToFileURL(resolve(folder, "onnxruntime/ort.js")));
ort.env.wasm.numThreads = 1;
ort.env.wasm.wasmBinary = await readFile(resolve(folder, "onnxruntime/ort-wasm-simd-threaded.wasm"));
ort.env.logLevel = "error";
const session = await ort.InferenceSession.create(new Uint8Array(await readFile(resolve(folder, "reader.onnx"))));
const sent = await buffer(process.stdin);
const answers = { probabilities: [], milliseconds: [] };
for (let at = 0; at < sent.length; ) {
  const shape = [0, 4, 8].map((offset) => sent.readUInt32LE(at + offset));
  const end = at + 12 + shape[0] * shape[1] * shape[2];
  const pixels = new ort.Tensor("uint8", new Uint8Array(sent.subarray(at + 12, end)), shape);
  const started = performance.now();
  const { probabilities } = await session.run({ pixels }, ["probabilities"]);
  answers.milliseconds.push(performance.now() - started);
  answers.probabilities.push(Array.from(probabilities.data));
  at = end;
}
console.log(JSON.stringify(answers));
