"""Scores from labels and predictions: pure functions on numpy arrays."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
Integers = NDArray[np.integer]


def confusion_matrix(labels: Integers, predictions: Integers, classes: int) -> NDArray[np.int64]:
    """Counts [classes, classes]: row = true class, column = predicted class."""
    flat = labels.astype(np.int64) * classes + predictions
    return np.bincount(flat, minlength=classes * classes).reshape(classes, classes)


def _ratio(part: Array | Integers, whole: Array | Integers) -> NDArray[np.float64]:
    """part / whole with 0 where whole is 0, as scikit-learn has it for a class never seen or predicted."""
    return np.divide(part, whole, out=np.zeros(len(whole)), where=whole > 0)


def recall_per_class(confusion: NDArray[np.int64]) -> NDArray[np.float64]:
    """Share [classes] of each true class that was predicted right; 0 for a class without images."""
    return _ratio(np.diag(confusion), confusion.sum(axis=1))


def precision_per_class(confusion: NDArray[np.int64]) -> NDArray[np.float64]:
    """Share [classes] of each predicted class that was right; 0 for a class never predicted."""
    return _ratio(np.diag(confusion), confusion.sum(axis=0))


def f1_per_class(confusion: NDArray[np.int64]) -> NDArray[np.float64]:
    """Harmonic mean [classes] of precision and recall; 0 where both are."""
    return _ratio(2.0 * np.diag(confusion), confusion.sum(axis=0) + confusion.sum(axis=1))


def macro_mean(per_class: Array, confusion: NDArray[np.int64]) -> float:
    """Mean over the classes that have images: an absent class says nothing of a model."""
    present = confusion.sum(axis=1) > 0
    return float(per_class[present].mean()) if present.any() else 0.0


def wilson_interval(right: int, n: int, z: float = 1.959963984540054) -> tuple[float, float]:
    """The interval of a share, right of n (Wilson 1927); 95 % by default. (0, 1) where n is 0."""
    if n == 0:
        return 0.0, 1.0
    share, z2 = right / n, z * z
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = z / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    # At the ends the bounds are exact; arithmetic would leave them a hair off.
    return 0.0 if right == 0 else centre - half, 1.0 if right == n else centre + half


def mcnemar(right_a: NDArray[np.bool_], right_b: NDArray[np.bool_]) -> float:
    """The chance of so uneven a split of the images that only one of two models gets right, were both equally good.

    McNemar (1947) with the binomial distribution itself in place of his approximation, the exact conditional test of
    Fagerland, Lydersen and Laake (2013), however many images there are. right_a, right_b [n]: whether each model
    was right on each image. Returns a two-sided p-value; 1 where they are right on the very same images.
    """
    only_a = int(np.sum(right_a & ~right_b))
    only_b = int(np.sum(~right_a & right_b))
    n = only_a + only_b
    # n choose k, each from the one before: whole numbers, so that no digit is lost among thousands of images.
    ways = tail = 1
    for k in range(min(only_a, only_b)):
        ways = ways * (n - k) // (k + 1)
        tail += ways
    return float(min(1.0, 2 * tail / 2**n))


def log_softmax(logits: Array) -> NDArray[np.float64]:
    """Logarithms [n, classes] of the probabilities of logits [n, classes]."""
    shifted = logits.astype(np.float64) - logits.max(axis=1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)))


def softmax(logits: Array) -> NDArray[np.float64]:
    """Probabilities [n, classes] of logits [n, classes]."""
    return np.exp(log_softmax(logits))


def cross_entropy(logits: Array, labels: Integers) -> float:
    """Mean negative log-likelihood of logits [n, classes] at labels [n], in nats."""
    return 0.0 - float(log_softmax(logits)[np.arange(len(labels)), labels].mean())  # not -0.0 of one class


@dataclass(frozen=True)
class Reliability:
    """What a model's confidence came to, bin by bin of confidence; empty bins hold 0.

    confidence, accuracy: float64 [bins], mean confidence and share right; counts: int64 [bins];
    noise: the calibration error that a perfectly calibrated model would show on these images by chance.
    """

    confidence: NDArray[np.float64]
    accuracy: NDArray[np.float64]
    counts: NDArray[np.int64]
    noise: float

    @property
    def error(self) -> float:
        """The expected calibration error: the bins' gaps, weighted by their counts."""
        return float(np.abs(self.accuracy - self.confidence) @ self.counts / self.counts.sum())


def reliability(probabilities: Array, labels: Integers, bins: int = 15) -> Reliability:
    """Confidence against accuracy in equal bins of confidence (Guo et al. 2017, section 2).

    probabilities [n, classes] rows summing to 1; labels [n] int.
    Raises ValueError where the lengths differ or n is 0.
    """
    if len(labels) == 0 or len(labels) != len(probabilities):
        raise ValueError(f"{len(probabilities)} rows of probabilities for {len(labels)} labels")
    confidence = probabilities.max(axis=1).astype(np.float64)
    right = probabilities.argmax(axis=1) == labels
    # Bins are open at the left, as in the paper; a confidence of exactly 0 belongs to the first.
    index = np.clip(np.ceil(confidence * bins).astype(np.int64) - 1, 0, bins - 1)

    def per_bin(values: Array | NDArray[np.bool_]) -> NDArray[np.float64]:
        return np.bincount(index, weights=values, minlength=bins).astype(np.float64)

    counts = np.bincount(index, minlength=bins)
    # A bin's sum of (right - confidence) is near normal with this variance; E|x| is sqrt(2 / pi) deviations.
    variance = per_bin(confidence * (1 - confidence)).clip(min=0)
    noise = float(np.sqrt(2 / math.pi * variance).sum() / len(labels))
    return Reliability(_ratio(per_bin(confidence), counts), _ratio(per_bin(right), counts), counts, noise)


def risk_coverage(confidence: Array, right: NDArray[np.bool_]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Error against coverage when the least sure answers are refused (El-Yaniv and Wiener 2010).

    confidence, right [n], n at least 1. Returns for each distinct confidence, the highest first, the share of the
    answers at least as sure, and the share of those that is wrong; the last is all of them.
    """
    order = np.argsort(-confidence, kind="stable")
    wrong = np.cumsum(~right[order])
    # Equally sure answers are kept or refused together.
    ends = np.append(np.flatnonzero(np.diff(confidence[order])), len(order) - 1)
    answered = ends + 1
    return answered / len(order), wrong[ends] / answered


def confidence_counts(
    confidence: Array, right: NDArray[np.bool_], steps: int = 20
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """How many right and how many wrong answers, int64 [steps] each, lie in equal steps of confidence.

    confidence [n] in [0, 1] of answers that are right [n] or not. Steps are closed at the left, and the last at both.
    """
    edges = np.linspace(0, 1, steps + 1)
    return np.histogram(confidence[right], edges)[0], np.histogram(confidence[~right], edges)[0]


def expected_calibration_error(probabilities: Array, labels: Integers, bins: int = 15) -> float:
    """How far confidence is from accuracy, averaged over confidence bins (Guo et al. 2017, eq. 3).

    probabilities [n, classes] rows summing to 1; labels [n] int. Returns a share in [0, 1].
    Raises ValueError where the lengths differ or n is 0.
    """
    return reliability(probabilities, labels, bins).error


def fit_temperature(logits: Array, labels: Integers) -> float:
    """The temperature T in [0.05, 20] that makes softmax(logits / T) most likely (Guo et al. 2017, sec. 4.2).

    logits [n, classes] and labels [n] of held-out images. A label is held for right with a chance of (n + 1) / (n + 2)
    only (Platt 1999, sec. 2.2): n images without a mistake do not prove that there is none, and the temperature of
    a flawless model would fall without end. Golden-section search: the loss has one minimum.
    """
    low, high = math.log(0.05), math.log(20.0)
    golden = (math.sqrt(5) - 1) / 2
    doubt = 1 / (len(labels) + 2)
    wrong = doubt / max(1, logits.shape[1] - 1)
    targets = np.full(logits.shape, wrong)
    targets[np.arange(len(labels)), labels] = 1 - doubt

    def loss(log_temperature: float) -> float:
        return -float((targets * log_softmax(logits / math.exp(log_temperature))).sum())

    a, b = high - golden * (high - low), low + golden * (high - low)
    loss_a, loss_b = loss(a), loss(b)
    while high - low > 1e-4:
        if loss_a < loss_b:
            high, b, loss_b = b, a, loss_a
            a = high - golden * (high - low)
            loss_a = loss(a)
        else:
            low, a, loss_a = a, b, loss_b
            b = low + golden * (high - low)
            loss_b = loss(b)
    return math.exp((low + high) / 2)
