"""Two opinions on a digit, made one: what the detector saw on the page, and what the classifier says of its own ink."""

import json
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_LEAST = 1e-6
"""The least chance that a logarithm is taken of."""

_LEAST_DOUBT = 1e-4
"""A chance that it is a digit counts as no nearer than this to 0 and to 1."""


@dataclass(frozen=True)
class Weights:
    """How much each opinion counts, fitted on made-up pages that neither network has learned from.

    which: of the detector's and of the classifier's log-chances of each digit. whether: of the detector's and of the
    classifier's log-odds that it is a digit at all, and what is added to them.
    """

    which: tuple[float, float] = (0.5, 0.7)
    whether: tuple[float, float, float] = (0.9, 0.1, 0.3)

    def to_json(self) -> str:
        """As a page network's metadata hold it."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Weights":
        """Raises ValueError where the text does not say them."""
        try:
            values = json.loads(text)
            own, other = map(float, values["which"])
            detector, classifier, added = map(float, values["whether"])
        except (KeyError, TypeError) as error:
            raise ValueError(f"no weights of two opinions: {error}") from None
        return cls((own, other), (detector, classifier, added))


def combine(seen: Floats, classified: Floats, knows_none: bool, weights: Weights) -> Floats:
    """The chance of each digit [n, 10], rows summing to the chance that it is one.

    seen [n, 10]: the detector's shares, each by itself; classified [n, 10]: the classifier's probabilities, summing to
    its chance of a digit where knows_none, else to 1.
    """
    logs, odds = evidence(seen, classified)
    detector, classifier, added = weights.whether
    logits = detector * odds[0] + added + (classifier * odds[1] if knows_none else 0)
    own, other = weights.which
    which = _softmax(own * logs[0] + other * logs[1])
    return np.asarray(which / (1 + np.exp(-logits))[:, None], np.float32)


def evidence(seen: Floats, classified: Floats) -> tuple[Floats, Floats]:
    """Both opinions as logarithms: which digit [2, n, 10], and the log-odds that it is one [2, n]."""
    logs = np.log(np.clip(np.stack([seen, classified]), _LEAST, 1))
    chances = np.clip(np.stack([seen.max(axis=1), classified.sum(axis=1)]), _LEAST_DOUBT, 1 - _LEAST_DOUBT)
    return np.asarray(logs, np.float32), np.asarray(np.log(chances / (1 - chances)), np.float32)


def _softmax(logits: Floats) -> Floats:
    rest = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(rest / rest.sum(axis=1, keepdims=True), np.float32)
