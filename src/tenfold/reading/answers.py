"""A digit as it is answered: from the chance of each class to its name, alternatives and prediction set."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tenfold.reading.measures import Box
from tenfold.reading.outcome import DIGITS, Digit

_ALTERNATIVES = 3

_LEAST = 1e-6
"""The least chance that is divided by."""


class ReadOptions(NamedTuple):
    """How a picture is to be read. least: the least share of a class in a prediction set; None where none is asked."""

    single: bool
    separators: bool
    least: float | None


def digit_of(
    shares: NDArray[np.float32],
    names: Sequence[str],
    box: Box,
    line: int,
    wanted: ReadOptions,
    cell: tuple[int, int] | None = None,
) -> Digit:
    """The digit with these shares [classes], which sum to the chance that it is one. names: of the classes."""
    score = float(shares.sum())
    # Whoever says that it is one digit has settled that: what is left to doubt is which.
    confidences = shares / max(score, _LEAST) if wanted.single else shares
    order = np.argsort(-confidences, kind="stable")
    alternatives = tuple((names[i], float(confidences[i])) for i in order[:_ALTERNATIVES])
    name, confidence = alternatives[0]
    within = None
    if wanted.least is not None:
        given = confidences / max(float(confidences.sum()), _LEAST)
        within = tuple(names[i] for i in order if given[i] >= wanted.least or i == order[0])
    digit = DIGITS.get(name, int(order[0]))
    return Digit(digit, name, confidence, box, line, alternatives, score, within, cell)
