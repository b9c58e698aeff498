"""Combine two opinions on a digit into one."""

import json
import math
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
    """How much each of two opinions counts.

    which: of the first and of the second opinion's log-chances of each digit. whether: of the first and of the second
    opinion's log-odds that it is a digit at all, and what is added to them.
    """

    which: tuple[float, float] = (0.5, 0.7)
    whether: tuple[float, float, float] = (0.9, 0.1, 0.3)

    def to_json(self) -> str:
        """As a network's metadata hold it."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Weights":
        """Raises ValueError where the text does not say them."""
        try:
            values = json.loads(text)
            own, other = map(float, values["which"])
            first, second, added = map(float, values["whether"])
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"no weights of two opinions: {error}") from None
        if not all(map(math.isfinite, (own, other, first, second, added))):
            raise ValueError("no weights of two opinions: not finite")
        return cls((own, other), (first, second, added))


def combine(first: Floats, second: Floats, weights: Weights) -> Floats:
    """The chance of each digit [n, 10], rows summing to the chance that it is one.

    first, second [n, 10]: either opinion, rows summing to its chance of a digit.
    """
    logs, odds = evidence(first, second)
    own, other, added = weights.whether
    logits = own * odds[0] + other * odds[1] + added
    which = _softmax(weights.which[0] * logs[0] + weights.which[1] * logs[1])
    return np.asarray(which / (1 + np.exp(-logits))[:, None], np.float32)


def evidence(first: Floats, second: Floats) -> tuple[Floats, Floats]:
    """Both opinions as logarithms: which digit [2, n, 10], and the log-odds that it is one [2, n]."""
    both = np.stack([first, second])
    chances = np.clip(both.sum(axis=2), _LEAST_DOUBT, 1 - _LEAST_DOUBT)
    return np.log(np.clip(both, _LEAST, 1)), np.log(chances / (1 - chances))


def _softmax(logits: Floats) -> Floats:
    rest = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(rest / rest.sum(axis=1, keepdims=True), np.float32)
