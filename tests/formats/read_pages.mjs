// node read_pages.mjs FOLDER <PICTURES: an exported folder's readings of pictures, by its own files.
// A picture is its height and width, four bytes each, and its RGB pixels. Prints a JSON line a picture.
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { buffer } from "node:stream/consumers";
import { pathToFileURL } from "node:url";

const folder = resolve(process.argv[2]);
const imported = (path) => import(pathToFileURL(resolve(folder, path)));
const ort = await imported("onnxruntime/ort.js");
ort.env.wasm.numThreads = 1;
ort.env.wasm.wasmBinary = await readFile(resolve(folder, "onnxruntime/ort-wasm-simd-threaded.wasm"));
ort.env.logLevel = "error";
const opened = async (name) => ort.InferenceSession.create(new Uint8Array(await readFile(resolve(folder, name))));
const { open } = await imported("reading/reader.js");
const reader = await open(opened, JSON.parse(await readFile(resolve(folder, "model.json"), "utf8")));
const sent = await buffer(process.stdin);
for (let at = 0; at < sent.length; ) {
  const [height, width] = [sent.readUInt32LE(at), sent.readUInt32LE(at + 4)], end = at + 8 + 3 * height * width;
  const started = performance.now();
  const found = await reader.read({ data: new Uint8Array(sent.subarray(at + 8, end)), width, height, scale: 1 });
  console.log(JSON.stringify({ ...found, milliseconds: performance.now() - started }));
  at = end;
}
