// The pad: pointers and keys to strokes, strokes to the screen, boxes over what was read.

import { Strokes } from "./strokes.js";

const STEP = 0.04, FINE = 0.01; // shares of the side that an arrow key moves the pen
const SMALL = 6; // hundredths of the side: lower boxes have smaller labels
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Pad {
  strokes = new Strokes();
  width = 0.06; // of the pen, as a share of the side
  #pen = null; // the pointer that draws
  #at = [0.5, 0.3]; // where the keyboard's pen is,
  #down = false; // and whether it writes
  #keyed = false;

  // changed(settled) is called at every change; settled where a stroke has ended.
  constructor(canvas, boxes, changed) {
    Object.assign(this, { canvas, boxes, changed });
    canvas.addEventListener("pointerdown", (event) => this.#begin(event));
    canvas.addEventListener("pointermove", (event) => this.#extend(event));
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"])
      canvas.addEventListener(end, (event) => this.#end(event));
    canvas.addEventListener("keydown", (event) => this.#key(event));
    canvas.addEventListener("blur", () => { this.#keyed = this.#down = false; this.paint(); });
    new ResizeObserver(() => this.paint()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.paint());
  }

  paint() {
    const side = this.canvas.clientWidth * (window.devicePixelRatio || 1);
    if (!side) return;
    if (this.canvas.width !== Math.round(side)) this.canvas.width = this.canvas.height = Math.round(side);
    const context = this.canvas.getContext("2d"), colour = getComputedStyle(this.canvas).color;
    context.clearRect(0, 0, side, side);
    this.strokes.paint(context, side, colour);
    if (!this.#keyed) return;
    context.lineWidth = side / 200;
    context.strokeStyle = colour;
    context.beginPath();
    context.arc(this.#at[0] * side, this.#at[1] * side, (this.width * side) / 2 + side / 100, 0, 7);
    context.stroke();
    if (this.#down) context.fill();
  }

  // boxes: of a reading, in pixels of a picture so many wide and high that is shown whole in the pad.
  show(pieces, width, height, chosen) {
    const scale = 100 / Math.max(width, height);
    const left = (100 - width * scale) / 2, top = (100 - height * scale) / 2;
    this.boxes.style.cssText = `left:${left}%;top:${top}%;width:${width * scale}%;height:${height * scale}%`;
    const heights = pieces.map(({ box }) => box[3] * scale).sort((one, other) => one - other);
    this.boxes.classList.toggle("small", heights[heights.length >> 1] < SMALL);
    this.boxes.replaceChildren(...pieces.map((piece, index) => {
      const [x, y, w, h] = piece.box, box = document.createElement("i"), label = document.createElement("b");
      box.style.cssText =
        `left:calc(${(100 * x) / width}% - 4px);top:calc(${(100 * y) / height}% - 4px);` +
        `width:calc(${(100 * w) / width}% + 8px);height:calc(${(100 * h) / height}% + 8px)`;
      box.classList.toggle("left", piece.reason !== undefined);
      box.classList.toggle("chosen", pieces.length > 1 && index === chosen);
      box.classList.toggle("low", top + y * scale < 8);
      label.textContent = piece.name;
      box.append(label);
      return box;
    }));
  }

  #place(event) {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    return [(event.clientX - left) / width, (event.clientY - top) / height];
  }

  #begin(event) {
    if (this.#pen !== null || event.button > 0) return;
    this.#pen = event.pointerId;
    this.canvas.setPointerCapture(event.pointerId);
    this.strokes.begin(...this.#place(event), this.width);
    this.#keyed = this.#down = false;
    this.#changed(false);
  }

  #extend(event) {
    if (event.pointerId !== this.#pen) return;
    const between = event.getCoalescedEvents?.() ?? [];
    for (const one of between.length ? between : [event]) this.strokes.extend(...this.#place(one));
    this.#changed(false);
  }

  #end(event) {
    if (event.pointerId !== this.#pen) return;
    this.#pen = null;
    this.#changed(true);
  }

  #key(event) {
    const move = MOVES[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey || (!move && event.key !== " ")) return;
    event.preventDefault();
    this.#keyed = true;
    if (move) {
      const by = event.shiftKey ? FINE : STEP;
      this.#at = this.#at.map((value, axis) => Math.min(0.97, Math.max(0.03, value + move[axis] * by)));
      if (this.#down) this.strokes.extend(...this.#at);
    } else {
      this.#down = !this.#down;
      if (this.#down) this.strokes.begin(...this.#at, this.width);
    }
    this.#changed(!this.#down);
  }

  #changed(settled) {
    this.paint();
    this.changed(settled);
  }
}
