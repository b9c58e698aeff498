// All that the page asks of a reader: here, of the server that it came from.

const LONGEST = 90_000; // ms: a server by its own limits has answered long before

let key = null;

export class Trouble extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
    this.passing = status === 0 || status === 503; // so that asking again may do
  }
}

export function useKey(value) { key = value; }

async function ask(path, body) {
  let response, text;
  try {
    response = await fetch(path, {
      signal: AbortSignal.timeout(LONGEST),
      method: body === undefined ? "GET" : "POST",
      body,
      headers: { ...(body && { "Content-Type": "application/octet-stream" }), ...(key && { "X-API-Key": key }) },
    });
    text = await response.text();
  } catch {
    throw new Trouble("The server does not answer.", 0);
  }
  if (response.ok) return text;
  throw new Trouble(detailOf(text) ?? response.statusText, response.status);
}

function detailOf(text) {
  try { return JSON.parse(text).detail; } catch { return undefined; }
}

// What the model is: its classes, name, and whether corrections are kept.
export const model = async () => JSON.parse(await ask("v1/model"));

// Every page's reading, with views and probabilities; failures among them have an error.
export const read = async (blob) =>
  (await ask("v1/read?views&probabilities", blob)).trim().split("\n").map((line) => JSON.parse(line));

// What speaks for a digit, counted from 1; null for the largest piece that was refused.
export const explain = async (blob, digit) =>
  JSON.parse(await ask(`v1/explain${digit === null ? "" : `?digit=${digit}`}`, blob));

export const correct = async (blob, label) => JSON.parse(await ask(`v1/corrections?label=${label}`, blob));
