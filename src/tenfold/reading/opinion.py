"""Two opinions on a digit, made one: what the detector saw on the page, and what the classifier says of its own ink."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_LEAST = 1e-6


@dataclass(frozen=True)
class Weights:
    """How much each opinion counts, fitted on made-up pages that neither network has seen.

    which: weights of the detector's and of the classifier's log-probabilities of each digit. whether: weights of the
    detector's and of the classifier's log-odds that it is a digit at all, and what is added.
    """

    which: tuple[float, float] = (0.5, 0.7)
    whether: tuple[float, float, float] = (0.8, 0.2, 0.5)


WEIGHTS = Weights()
"""Of the networks that come with tenfold."""


def combine(seen: Floats, classified: Floats | None, knows_none: bool, weights: Weights) -> Floats:
    """The chance of each digit [n, 10], rows summing to the chance that it is one.

    seen [n, 10]: the detector's shares, each by itself; classified [n, 10]: the classifier's probabilities, summing to
    its chance of a digit where knows_none; None where there is no second opinion.
    """
    score: Floats = np.clip(seen.max(axis=1), _LEAST, 1 - _LEAST)
    first: Floats = np.log(np.clip(seen, _LEAST, 1))
    if classified is None:
        return np.asarray(_softmax(first) * score[:, None], np.float32)
    own, other = weights.which
    second: Floats = np.log(np.clip(classified, _LEAST, 1))
    which = _softmax(np.asarray(own * first + other * second, np.float32))
    a, b, c = weights.whether
    odds = a * _logit(score) + c
    if knows_none:
        odds = odds + b * _logit(np.clip(classified.sum(axis=1), 1e-4, 1 - 1e-4))
    return np.asarray(which / (1 + np.exp(-odds))[:, None], np.float32)


def _softmax(logits: Floats) -> Floats:
    rest = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(rest / rest.sum(axis=1, keepdims=True), np.float32)


def _logit(share: Floats) -> Floats:
    return np.asarray(np.log(share / (1 - share)), np.float32)
