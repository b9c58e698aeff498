// What is drawn, as strokes of a pen: lists of points in shares of the pad's side, so that any size can show them.

const SENT = 224; // pixels a side of the picture that is read: small enough to be read in milliseconds
const PAPER = "#ffffff", INK = "#000000";

export class Strokes {
  list = [];
  #gone = []; // what `clear` took away, so that undo brings it back

  get empty() { return this.list.length === 0; }
  get undoable() { return !this.empty || this.#gone.length > 0; }

  begin(x, y, width) {
    this.#gone = [];
    this.list.push({ width, points: [[x, y]] });
  }

  extend(x, y) {
    const points = this.list.at(-1).points, [px, py] = points.at(-1);
    if (Math.hypot(x - px, y - py) > 0.002) points.push([x, y]);
  }

  undo() {
    if (this.empty) [this.list, this.#gone] = [this.#gone, []];
    else this.list.pop();
  }

  clear() {
    if (this.empty) return;
    [this.#gone, this.list] = [this.list, []];
  }

  paint(context, side, colour) {
    context.lineCap = context.lineJoin = "round";
    context.strokeStyle = context.fillStyle = colour;
    for (const { width, points } of this.list) {
      context.lineWidth = width * side;
      context.beginPath();
      const [[x, y]] = points;
      if (points.length === 1) {
        context.arc(x * side, y * side, (width * side) / 2, 0, 7);
        context.fill();
        continue;
      }
      context.moveTo(x * side, y * side);
      for (let i = 1; i < points.length - 1; i++) { // through the middles: a hand's curve, not a polygon
        const [ax, ay] = points[i], [bx, by] = points[i + 1];
        context.quadraticCurveTo(ax * side, ay * side, ((ax + bx) / 2) * side, ((ay + by) / 2) * side);
      }
      const [lx, ly] = points.at(-1);
      context.lineTo(lx * side, ly * side);
      context.stroke();
    }
  }

  // The picture that is read: black on white whatever the page's colours.
  toCanvas() {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = SENT;
    const context = canvas.getContext("2d");
    context.fillStyle = PAPER;
    context.fillRect(0, 0, SENT, SENT);
    this.paint(context, SENT, INK);
    return canvas;
  }
}
