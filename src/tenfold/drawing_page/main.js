// Brings pad, answer and reader together: whatever changes is read, the newest state last, one question at a time.

import * as api from "./api.js";
import { Answer, article, piecesOf } from "./answer.js";
import { Pad } from "./pad.js";

const byId = (id) => document.getElementById(id);
const REST = 500; // ms without a change until a screen reader is told
const AGAIN = 2000; // ms until a server that was busy, or gone, is asked again
const WHY_REST = 120; // ms without another answer until the heatmap is asked for
const MARGIN = 0.4; // of a digit's longer side, around it in a correction

let opened = null; // the picture that was opened: {blob, image, width, height}; null where the pad is drawn on
let pieces = [], chosen = 0, current = null; // of what was read last, and the very picture it was read from
let asking = false, stale = false, resting = 0, again = 0;
let why = false, whyLater = 0; // whether the heatmap is wanted

const answer = new Answer((index) => { chosen = index; showPiece(); });
const pad = new Pad(byId("canvas"), byId("boxes"), changed);

function changed(settled) {
  if (opened) close();
  byId("kept").textContent = "";
  tools();
  ask();
  if (settled) rest();
}

function tools() {
  byId("undo").disabled = opened !== null || !pad.strokes.undoable;
  byId("clear").disabled = opened === null && pad.strokes.empty;
  byId("hint").hidden = opened !== null || !pad.strokes.empty;
}

function rest() {
  clearTimeout(resting);
  resting = setTimeout(() => (asking ? rest() : answer.announce()), REST);
}

async function picture() {
  if (opened) return opened;
  const canvas = pad.strokes.toCanvas();
  const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
  return { blob, image: canvas, width: canvas.width, height: canvas.height };
}

async function ask() {
  stale = true;
  if (asking) return;
  asking = true;
  while (stale) {
    stale = false;
    clearTimeout(again);
    if (!opened && pad.strokes.empty) { empty(); continue; }
    const asked = await picture();
    try {
      const started = performance.now(), pages = await api.read(asked.blob);
      document.documentElement.dataset.milliseconds = Math.round(performance.now() - started);
      if (!opened && pad.strokes.empty) stale = true; // cleared meanwhile
      else if (!stale || asked.image instanceof HTMLCanvasElement) show(pages, asked);
    } catch (error) {
      trouble(error, ask);
    }
  }
  asking = false;
}

function show(pages, asked) {
  const [reading] = pages;
  const more = pages.length > 1 ? ` This is page 1 of ${pages.length}.` : "";
  current = asked;
  pieces = piecesOf(reading);
  chosen = Math.min(chosen, Math.max(0, pieces.length - 1));
  answer.reading(reading, pieces, more + (asked.unseen ? " This browser cannot show it." : ""));
  showPiece();
}

function showPiece() {
  const piece = pieces[chosen] ?? null;
  answer.pieces(pieces, chosen);
  answer.piece(piece);
  const boxed = opened || pieces.length > 1 ? pieces.filter((one) => one.box) : [];
  if (current?.width) pad.show(boxed, current.width, current.height, chosen);
  byId("explain").disabled = piece === null;
  for (const button of byId("labels").children) button.disabled = piece === null || !current.width;
  followWhy();
}

function empty() {
  [pieces, chosen, current] = [[], 0, null];
  answer.say("", "empty", "Nothing drawn yet.", "");
  pad.show([], 1, 1, 0);
  showPiece();
}

function trouble(error, retry) {
  if (!(error instanceof api.Trouble)) throw error;
  if (error.passing) again = setTimeout(retry, AGAIN);
  [pieces, chosen, current] = [[], 0, null];
  const words = { 401: "An API key is asked for.", 503: "The server is busy." }[error.status] ?? error.message;
  const head = error.status === 422 ? "Cannot be read" : "That did not work";
  answer.say(head, "trouble", error.passing ? `${words} Asking again…` : words);
  pad.show([], 1, 1, 0);
  showPiece();
  rest();
  if (error.status === 401) { byId("key").hidden = false; byId("key-value").focus(); }
}

// Pictures

function openPicture(blob) {
  const image = byId("picture"), address = URL.createObjectURL(blob);
  opened = { blob, image, width: 0, height: 0, unseen: true };
  const mine = opened;
  image.onload = () => {
    if (opened !== mine) return;
    Object.assign(mine, { width: image.naturalWidth, height: image.naturalHeight, unseen: false });
    image.hidden = false;
    if (current === mine) showPiece();
  };
  if (image.src) URL.revokeObjectURL(image.src);
  image.hidden = true;
  image.src = address;
  pad.strokes.clear();
  pad.paint();
  pad.show([], 1, 1, 0);
  chosen = 0;
  answer.say("…", "empty", "Reading the picture.");
  byId("kept").textContent = "";
  tools();
  ask();
  rest();
}

function close() {
  opened = null;
  byId("picture").hidden = true;
  pad.show([], 1, 1, 0);
}

const firstFile = (list) => [...(list ?? [])].find((file) => file instanceof File);

for (const [button, input] of [["open", "file"], ["camera", "shot"]]) {
  byId(button).addEventListener("click", () => byId(input).click());
  byId(input).addEventListener("change", (event) => {
    const file = firstFile(event.target.files);
    if (file) openPicture(file);
    event.target.value = "";
  });
}
document.addEventListener("paste", (event) => {
  const file = firstFile(event.clipboardData?.files);
  if (file) { event.preventDefault(); openPicture(file); }
});
document.addEventListener("dragover", (event) => { event.preventDefault(); byId("pad").classList.add("over"); });
document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) byId("pad").classList.remove("over"); });
document.addEventListener("drop", (event) => {
  event.preventDefault();
  byId("pad").classList.remove("over");
  const file = firstFile(event.dataTransfer?.files);
  if (file) openPicture(file);
});

// Tools

byId("undo").addEventListener("click", () => { pad.strokes.undo(); pad.paint(); changed(true); });
byId("clear").addEventListener("click", clear);
byId("width").addEventListener("input", (event) => { pad.width = event.target.value / 100; });
pad.width = byId("width").value / 100;

function clear() {
  pad.strokes.clear();
  pad.paint();
  changed(true);
}

document.addEventListener("keydown", (event) => {
  if (event.target instanceof HTMLInputElement && event.target.type !== "range") return;
  const undo = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z";
  if (undo && !byId("undo").disabled) { event.preventDefault(); byId("undo").click(); }
  if ((event.key === "Delete" || event.key === "Escape") && !byId("clear").disabled) clear();
});

// Why: once asked, it stays, and follows what is drawn when the pen rests

function followWhy() {
  answer.heat(null, why);
  clearTimeout(whyLater);
  if (why && pieces[chosen]) whyLater = setTimeout(explain, WHY_REST);
}

async function explain() {
  const piece = pieces[chosen], asked = current;
  if (!piece) return;
  try {
    const found = await api.explain(asked.blob, piece.reason === undefined ? piece.index + 1 : null);
    if (why && current === asked && pieces[chosen] === piece) answer.heat(found, why);
  } catch (error) {
    if (!(error instanceof api.Trouble)) throw error;
    byId("heat-words").textContent = error.message;
  }
}

byId("explain").addEventListener("click", () => { why = !why; followWhy(); });

// Corrections

function cut({ image }, [x, y, width, height]) {
  const margin = MARGIN * Math.max(width, height), canvas = document.createElement("canvas");
  canvas.width = Math.ceil(width + 2 * margin);
  canvas.height = Math.ceil(height + 2 * margin);
  const context = canvas.getContext("2d");
  // Beyond the picture's edge there is more of its paper, not a frame.
  const paper = document.createElement("canvas");
  paper.width = paper.height = 1;
  paper.getContext("2d").drawImage(image, Math.max(0, x - 2), Math.max(0, y - 2), 1, 1, 0, 0, 1, 1);
  context.drawImage(paper, 0, 0, canvas.width, canvas.height);
  context.drawImage(image, x - margin, y - margin, canvas.width, canvas.height, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

async function correct(label) {
  const piece = pieces[chosen];
  if (!piece || !current) return;
  try {
    await api.correct(await cut(current, piece.box), label);
    byId("kept").textContent = `Kept as ${article(label)} ${label}. Thank you.`;
  } catch (error) {
    if (!(error instanceof api.Trouble)) throw error;
    byId("kept").textContent = error.message;
  }
}

// Start

document.documentElement.classList.toggle("touch", navigator.maxTouchPoints > 0);

async function start() {
  try {
    const found = await api.model();
    answer.prepare(found.card.classes);
    byId("model").textContent = `${found.model} · model ${found.sha256.slice(0, 12)} · tenfold ${found.tenfold}`;
    byId("correct").hidden = !found.corrections;
    byId("labels").replaceChildren(...Array.from("0123456789", (label) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: label, disabled: true });
      button.setAttribute("aria-label", `It is a ${label}`);
      button.addEventListener("click", () => correct(label));
      return button;
    }));
    tools();
    ask();
    document.documentElement.dataset.ready = "";
  } catch (error) {
    trouble(error, start);
  }
}

byId("key").addEventListener("submit", (event) => {
  event.preventDefault();
  api.useKey(byId("key-value").value);
  byId("key").hidden = true;
  answer.say("", "empty", "Nothing drawn yet.", "");
  start();
});

start();
