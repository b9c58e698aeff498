// Two opinions on a digit, made one: as tenfold.reading.opinion, whose numbers come with the model (how).

import { clip } from "./measures.js";

// seen: the detector's shares of the ten digits, each by itself; classified: the classifier's, summing to its chance of
// a digit where it knows what is none. Returns the chance of each digit, summing to the chance that it is one.
export function combine(seen, classified, knowsNone, how) {
  const odds = (chance) => {
    const sure = clip(chance, how.LEAST_DOUBT, 1 - how.LEAST_DOUBT);
    return Math.log(sure / (1 - sure));
  };
  const [detector, classifier, added] = how.whether, [own, other] = how.which;
  const sum = classified.reduce((total, share) => total + share, 0);
  const logit = detector * odds(Math.max(...seen)) + added + (knowsNone ? classifier * odds(sum) : 0);
  const log = (chance) => Math.log(clip(chance, how.LEAST, 1));
  const logits = seen.map((chance, digit) => own * log(chance) + other * log(classified[digit]));
  const powers = logits.map((one) => Math.exp(one - Math.max(...logits)));
  const all = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / all / (1 + Math.exp(-logit)));
}
