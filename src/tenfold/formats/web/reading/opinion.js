// Two opinions on a digit, made one: as tenfold.reading.opinion, whose numbers come with the model (how).

import { clip } from "./measures.js";

// first, second: either opinion's chances of the ten digits, summing to its chance of a digit; which, whether: the weights.
// Returns the chance of each digit, summing to that of any.
export function combine(first, second, { which, whether }, how) {
  const odds = (shares) => {
    const sure = clip(shares.reduce((total, share) => total + share, 0), how.LEAST_DOUBT, 1 - how.LEAST_DOUBT);
    return Math.log(sure / (1 - sure));
  };
  const logit = whether[0] * odds(first) + whether[1] * odds(second) + whether[2];
  const log = (chance) => Math.log(clip(chance, how.LEAST, 1));
  const logits = first.map((chance, digit) => which[0] * log(chance) + which[1] * log(second[digit]));
  const powers = logits.map((one) => Math.exp(one - Math.max(...logits)));
  const all = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / all / (1 + Math.exp(-logit)));
}
