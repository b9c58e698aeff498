// The answer's side of the page: what was read, how sure, what the network saw and why.

const NONE = "not a digit";
const DOUBTFUL = 0.9; // digits less sure than this are counted
const byId = (id) => document.getElementById(id);

export function percent(share) {
  if (share >= 0.9995 && share < 1) return "> 99.9 %";
  return `${(100 * share).toFixed(share > 0 && share < 0.0995 ? 1 : share > 0.99 ? 1 : 0)} %`;
}

export const article = (name) => (/^8|^11$|^18$|^[aeiou]/i.test(name) ? "an" : "a");

// A reading's pieces in its own order: digits, then what was refused.
export function piecesOf(reading) {
  const digits = reading.digits.map((one) => ({ ...one, name: one.name ?? String(one.digit) }));
  const left = reading.rejected.map((one) => ({ ...one, name: "?" }));
  return [...digits, ...left].map((one, index) => ({
    ...one, index, view: reading.views[index], probabilities: reading.probabilities[index],
  }));
}

// Of several lines the chance that all of them are right says little: how many digits are in doubt is what one looks for.
function sureness({ confidence, digits, text }) {
  if (!text.includes("\n")) return `${percent(confidence)} sure.`;
  const doubtful = digits.filter((one) => one.confidence < DOUBTFUL).length;
  return `${digits.length} digits, ${doubtful || "none"} of them less than ${percent(DOUBTFUL)} sure.`;
}

function tableOf(rows) {
  const table = document.createElement("table");
  for (const cells of rows) {
    const row = table.insertRow();
    for (const cell of cells) row.insertCell().textContent = cell;
  }
  return table;
}

export class Answer {
  #classes = [];

  constructor(choose) { this.choose = choose; }

  prepare(classes) {
    this.#classes = classes;
    const columns = classes.map((name) => {
      const item = document.createElement("li"), bar = document.createElement("div");
      const label = document.createElement("span"), share = document.createElement("span");
      bar.className = "bar";
      label.textContent = name === NONE ? "none" : name;
      share.className = "hidden share";
      item.classList.toggle("none", name === NONE);
      item.title = name === NONE ? "not a digit" : name;
      item.append(bar, label, share);
      return item;
    });
    byId("bars").replaceChildren(...columns);
    byId("bars").style.gridTemplateColumns = classes.map((name) => (name === NONE ? "1.7fr" : "1fr")).join(" ");
    this.bars(null);
  }

  say(text, kind, words, spoken = words, table = null) {
    const line = byId("text");
    if (table) line.replaceChildren(tableOf(table));
    else line.textContent = text || "\u00a0";
    line.dataset.kind = kind;
    line.dataset.length = text.length > 18 || text.split("\n").length > 2 ? "long" : text.length > 5 ? "mid" : "short";
    byId("words").textContent = words;
    this.spoken = spoken;
  }

  // Said to a screen reader once drawing rests, not at every move.
  announce() {
    if (byId("spoken").textContent !== this.spoken) byId("spoken").textContent = this.spoken ?? "";
  }

  reading(reading, pieces, more) {
    const left = reading.rejected.length;
    const refused = left ? ` ${left} piece${left > 1 ? "s" : ""} of ink left out.` : "";
    if (reading.blank) {
      this.say("Blank", "left", `There is no ink in this picture.${more}`);
    } else if (reading.digits.length) {
      const words = `${sureness(reading)}${refused}${more}`;
      this.say(reading.text, "taken", words, `Read as ${reading.text.replaceAll("\n", ", ")}. ${words}`, reading.table);
    } else {
      const [first] = reading.rejected, likest = this.#classes[this.#best(pieces[0])] ?? "";
      const [title, guess] = {
        unsure: ["Not sure", `Most like ${article(likest)} ${likest}, but only ${percent(first?.confidence)} sure.`],
      }[first?.reason] ?? [first ? "Not a digit" : "Nothing to read", "This ink does not look like any digit."];
      this.say(title, "left", `${guess}${more}`, `${title}. ${guess}${more}`);
    }
  }

  #best(piece) {
    if (!piece) return -1;
    const digits = piece.probabilities.map((share, index) => (this.#classes[index] === NONE ? -1 : share));
    return digits.indexOf(Math.max(...digits));
  }

  pieces(pieces, chosen) {
    const group = byId("pieces");
    if (pieces.length < 2) { group.replaceChildren(); return; }
    const old = group.contains(document.activeElement) ? [...group.children].indexOf(document.activeElement) : -1;
    group.replaceChildren(...pieces.map((piece, index) => {
      const button = document.createElement("button"), view = document.createElement("img");
      button.type = "button";
      view.src = piece.view;
      view.alt = "";
      button.setAttribute("aria-pressed", index === chosen);
      button.classList.toggle("left", piece.reason !== undefined);
      button.title = piece.reason ?? percent(piece.confidence);
      button.setAttribute("aria-label", piece.reason ? `left out: ${piece.reason}` : `${piece.name}, ${percent(piece.confidence)}`);
      button.append(view, piece.name);
      button.addEventListener("click", () => this.choose(index));
      return button;
    }));
    group.children[old]?.focus();
  }

  // One piece's bars and view; null empties both.
  piece(piece) {
    this.bars(piece);
    const canvas = byId("seen"), context = canvas.getContext("2d");
    if (!piece) {
      context.clearRect(0, 0, 28, 28);
      canvas.setAttribute("aria-label", "Nothing seen yet");
      return;
    }
    const image = new Image();
    image.onload = () => context.drawImage(image, 0, 0);
    image.src = piece.view;
    canvas.setAttribute("aria-label", `What the network saw of ${piece.reason ? "the ink left out" : `the ${piece.name}`}`);
  }

  bars(piece) {
    const shares = piece ? piece.probabilities : [], top = piece ? shares.indexOf(Math.max(...shares)) : -1;
    [...byId("bars").children].forEach((item, index) => {
      item.querySelector(".bar").style.setProperty("--share", shares[index] ?? 0);
      item.querySelector(".share").textContent = piece ? `: ${percent(shares[index])}` : "";
      item.classList.toggle("top", index === top);
    });
  }

  // found: an explanation, null without one; wanted: whether one is asked for.
  heat(found, wanted) {
    const image = byId("heat"), button = byId("explain"), words = byId("heat-words");
    image.hidden = !found;
    button.classList.toggle("again", wanted);
    button.textContent = wanted ? "Hide" : "Why?";
    button.setAttribute("aria-expanded", wanted);
    if (!found) { words.textContent = "what speaks for the answer"; image.alt = ""; return; }
    image.src = found.heatmap;
    image.alt = `Heatmap: what speaks for ${found.answer}, and what for ${found.against}`;
    const part = (kind, text) => Object.assign(document.createElement("b"), { className: kind, textContent: text });
    words.replaceChildren(part("for", `blue for ${found.answer}`), ", ", part("against", `orange for ${found.against}`));
  }
}
