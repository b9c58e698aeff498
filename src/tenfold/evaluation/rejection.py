"""What refusing the unsure answers buys: how many are left, and how many of those are wrong."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenfold.evaluation.predictions import Predictions
from tenfold.metrics import risk_coverage, wilson_interval

ANSWERED = (1.0, 0.995, 0.99, 0.98, 0.95, 0.90, 0.80)
"""Shares of the images at which scores.json keeps the error."""


@dataclass(frozen=True)
class Kept:
    """The answers from a confidence on: how many of n images they are, and how many of them are wrong."""

    threshold: float
    answered: int
    errors: int
    n: int

    @property
    def coverage(self) -> float:
        """The share of the images that is answered."""
        return self.answered / self.n

    @property
    def error(self) -> float | None:
        """The share of wrong answers; None where all are refused."""
        return self.errors / self.answered if self.answered else None

    def to_json(self) -> dict[str, Any]:
        """Plain numbers, with the error's 95 % interval (Wilson)."""
        interval = list(wilson_interval(self.errors, self.answered)) if self.answered else None
        return {
            "threshold": self.threshold,
            "coverage": self.coverage,
            "answered": self.answered,
            "errors": self.errors,
            "error": self.error,
            "error_ci95": interval,
        }


@dataclass(frozen=True)
class Rejection:
    """own: at the threshold in the model's card, chosen on validation images; steps: at the shares ANSWERED.

    coverage, error [k]: the whole curve, from the surest answers on (El-Yaniv and Wiener 2010); area: the mean
    error over all coverages, 0 for a model whose mistakes are its least sure answers and few.
    """

    own: Kept
    steps: tuple[Kept, ...]
    coverage: NDArray[np.float64]
    error: NDArray[np.float64]
    area: float

    def to_json(self) -> dict[str, Any]:
        """What scores.json keeps: the rows, without the curve."""
        return {"own": self.own.to_json(), "steps": [row.to_json() for row in self.steps], "area": self.area}


def rejection(predictions: Predictions) -> Rejection:
    """What a threshold on the calibrated confidence would do, on images whose labels are known."""
    confidence, right = predictions.confidence, predictions.right
    coverage, error = risk_coverage(confidence, right)
    surest = np.sort(confidence)[::-1]
    thresholds = [float(surest[max(1, round(share * len(surest))) - 1]) for share in ANSWERED]
    widths = np.diff(coverage, prepend=0.0)
    return Rejection(
        own=_kept(predictions.card.threshold, confidence, right),
        steps=tuple(_kept(threshold, confidence, right) for threshold in thresholds),
        coverage=coverage,
        error=error,
        area=float(widths @ error),
    )


def _kept(threshold: float, confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> Kept:
    answered = confidence >= threshold
    return Kept(threshold, int(answered.sum()), int((answered & ~right).sum()), len(right))
