// Pictures in, each with the size that it is to have; what picture.js makes of them out.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const { resized } = await import(pathToFileURL(process.argv[2]));
const sent = readFileSync(0);
for (let at = 0; at < sent.length;) {
  const [width, height, across, down] = [0, 4, 8, 12].map((place) => sent.readUInt32LE(at + place));
  const data = new Uint8Array(sent.subarray(at + 16, at + 16 + width * height));
  process.stdout.write(resized({ data, width, height }, across, down).data);
  at += 16 + width * height;
}
