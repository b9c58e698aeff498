// Reads whole pages: the detector's networks and the model, opened, and a browser's picture made grey.

import { classifying, detecting, judgingLines } from "../page/networks.js";
import { readPage } from "./page.js";

// opened(name) answers a network; described: what is known of the model, and the numbers of `readPage`.
export async function open(opened, described) {
  const names = ["page.onnx", "glyph.onnx", "line.onnx", "model.onnx"];
  const [finder, glyphs, lines, model] = await Promise.all(names.map(opened));
  const networks = {
    detect: detecting(finder),
    judge: classifying(glyphs, "probabilities", "crops", described.reading.glyph_crops.CROP_SIDE),
    judgeLine: judgingLines(lines),
    classify: classifying(model, "probabilities"),
  };
  return {
    // How many times larger a picture is than it is read.
    scaleOf: (width, height) => Math.max(1, Math.ceil(Math.sqrt((width * height) / described.reading.page.PAGE_PIXELS))),
    read: (picture) => readPage(grey(picture, described.reading.luma), picture.scale, networks, described),
  };
}

// luma: 65,536ths of red, green and blue.
function grey({ data, width, height }, [red, green, blue]) {
  const levels = new Uint8Array(width * height);
  for (let pixel = 0, at = 0; pixel < levels.length; pixel++, at += 3)
    levels[pixel] = (red * data[at] + green * data[at + 1] + blue * data[at + 2] + 32768) >> 16;
  return { data: levels, width, height };
}
