// All that the page asks of a reader: here, of the server that it came from.

let key = null;

export class Trouble extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

export function useKey(value) { key = value; }

async function ask(path, body) {
  let response;
  try {
    response = await fetch(path, {
      method: body === undefined ? "GET" : "POST",
      body,
      headers: { ...(body && { "Content-Type": "application/octet-stream" }), ...(key && { "X-API-Key": key }) },
    });
  } catch {
    throw new Trouble("The server does not answer.", 0);
  }
  if (response.ok) return response.text();
  const problem = await response.json().catch(() => ({}));
  throw new Trouble(problem.detail ?? response.statusText, response.status);
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
