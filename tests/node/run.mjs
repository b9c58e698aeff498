// node run.mjs MODEL INPUTS: runs an ONNX model in onnxruntime-web on every input of a JSON file.
// INPUTS: a list of {name, type, shape, data}, data in base64; prints a list of {output: [numbers]}.
import { readFile } from "node:fs/promises";
import * as ort from "onnxruntime-web";

const [model, inputs] = process.argv.slice(2);
ort.env.wasm.numThreads = 1;
ort.env.logLevel = "error";
const session = await ort.InferenceSession.create(new Uint8Array(await readFile(model)), {
  executionProviders: ["wasm"],
});
const answers = [];
for (const { name, type, shape, data } of JSON.parse(await readFile(inputs, "utf8"))) {
  const bytes = Buffer.from(data, "base64");
  const values = type === "uint8" ? new Uint8Array(bytes) : new Float32Array(new Uint8Array(bytes).buffer);
  const found = await session.run({ [name]: new ort.Tensor(type, values, shape) });
  answers.push(Object.fromEntries(Object.entries(found).map(([key, tensor]) => [key, Array.from(tensor.data, Number)])));
}
console.log(JSON.stringify(answers));
