"""What validation data say of a model's probabilities: how to read them, and when not to trust them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tenfold.metrics import fit_temperature, softmax

Floats = NDArray[np.float64]

KEPT = 0.99
"""Share of validation digits whose chance of being one lies above the score threshold."""

MISSES = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1)
"""Shares of prediction sets that may miss the true class, for which a card holds what is needed."""


@dataclass(frozen=True)
class Calibration:
    """As ModelCard's fields of the same names."""

    temperature: float = 1.0
    threshold: float = 0.0
    score_threshold: float = 0.0
    conformal: tuple[tuple[float, float], ...] = ()


def calibrate(
    logits: NDArray[np.float32], labels: NDArray[np.int64], none: int | None, rejection_error: float
) -> Calibration:
    """Fits all of it to validation logits [n, classes] and labels [n].

    none: the class that is no class at all, or None; its images only serve the temperature. rejection_error: the share
    of accepted answers that may be expected to be wrong. Without validation images nothing can be said: as it is by
    default.
    """
    if len(labels) == 0:
        return Calibration()
    temperature = fit_temperature(logits, labels)
    probabilities = softmax(logits / temperature)
    score_threshold = 0.0
    if none is not None:
        of_a_class = labels != none
        probabilities = np.delete(probabilities[of_a_class], none, axis=1)
        labels = labels[of_a_class] - (labels[of_a_class] > none)
        if len(labels) == 0:
            return Calibration(temperature)
        score_threshold = float(np.quantile(probabilities.sum(axis=1), 1 - KEPT))
    threshold = _threshold(probabilities, rejection_error)
    return Calibration(temperature, threshold, score_threshold, _conformal(probabilities, labels))


def _threshold(probabilities: Floats, error: float) -> float:
    """The lowest confidence from which on at most a share of the answers is likely to be wrong; 1 where there is none.

    Likely by the calibrated probabilities, of which every image tells something. Counted mistakes would not do: of a
    thousand images, a single one among the surest answers decides whether one in a thousand is wrong.
    """
    confidence = probabilities.max(axis=1)
    order = np.argsort(-confidence, kind="stable")
    wrong = 1 - confidence / probabilities.sum(axis=1)  # given that it is of a class at all
    errors = np.cumsum(wrong[order]) / np.arange(1, len(order) + 1)
    accepted = np.flatnonzero(errors <= error)
    return float(confidence[order[accepted[-1]]]) if len(accepted) else 1.0


def _conformal(probabilities: Floats, labels: NDArray[np.int64]) -> tuple[tuple[float, float], ...]:
    """Split conformal prediction (Vovk et al. 2005): for a share of misses, the least probability in a set.

    Of n validation images and one more, all alike, the new one's true class ranks below the k-th lowest with a chance
    of k / (n + 1).
    """
    shares = probabilities / probabilities.sum(axis=1, keepdims=True)
    true = np.sort(shares[np.arange(len(labels)), labels])
    ranks = [(misses, int(misses * (len(true) + 1))) for misses in MISSES]
    return tuple((misses, float(true[rank - 1])) for misses, rank in ranks if rank >= 1)
