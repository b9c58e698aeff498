"""Every number that evaluation measures, with what it rests on."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenfold import metrics
from tenfold.data import Dataset
from tenfold.evaluation.predictions import Predictions, answer, open_run, open_with_data
from tenfold.evaluation.rejection import Rejection, rejection
from tenfold.evaluation.robustness import Robustness, corrupted_scores
from tenfold.evaluation.training_gap import TrainingGap, training_gap
from tenfold.evaluation.verdict import Verdict, judge
from tenfold.run import Run

_CONFUSED_PAIRS = 10


@dataclass(frozen=True)
class ClassScore:
    """One class. accuracy is the share of its images that were read right, which is its recall.

    support: its images; where there are none, nothing was measured and every figure is None.
    """

    name: str
    accuracy: float | None
    precision: float | None
    recall: float | None
    f1: float | None
    support: int
    accuracy_ci95: tuple[float, float] | None

    def to_json(self) -> dict[str, Any]:
        """The class's row of `per_class`."""
        row = asdict(self)
        return {"class": row.pop("name")} | row | {"accuracy_ci95": self.accuracy_ci95 and list(self.accuracy_ci95)}


@dataclass(frozen=True)
class ConfusedPair:
    """Images of one class read as another: how many, and their share of that class."""

    label: str
    predicted: str
    count: int
    share: float


@dataclass(frozen=True)
class Scores:
    """What a model scored on a dataset.

    loss: mean cross entropy of the uncalibrated logits, in nats; ece: expected calibration error of the calibrated
    probabilities, ece_uncalibrated before the temperature; recall, precision, f1: means over the classes that have
    images; confusion: counts, rows true, columns predicted; gap: None for a model without a run; reliability: of the
    calibrated probabilities, reliability_uncalibrated before the temperature; confidence_counts: right and wrong
    answers in equal steps of confidence; rejection: what refusing the least sure would buy; robustness: the errors on
    corrupted images, where they were asked for.
    """

    accuracy: float
    accuracy_ci95: tuple[float, float]
    loss: float
    recall: float
    precision: float
    f1: float
    ece: float
    per_class: tuple[ClassScore, ...]
    confusion: tuple[tuple[int, ...], ...]
    errors: int
    n: int
    loss_calibrated: float
    ece_uncalibrated: float
    mean_confidence: float
    most_confused: tuple[ConfusedPair, ...]
    gap: TrainingGap | None
    verdict: Verdict
    reliability: metrics.Reliability = field(repr=False, compare=False)
    reliability_uncalibrated: metrics.Reliability = field(repr=False, compare=False)
    confidence_counts: tuple[NDArray[np.int64], NDArray[np.int64]] = field(repr=False, compare=False)
    rejection: Rejection = field(repr=False, compare=False)
    predictions: Predictions = field(repr=False, compare=False)
    robustness: Robustness | None = field(default=None, repr=False, compare=False)

    def to_json(self) -> dict[str, Any]:
        """What `tenfold evaluate --json` prints and scores.json keeps: plain lists, numbers and strings."""
        dataset, card = self.predictions.dataset, self.predictions.card
        scores = {
            "accuracy": self.accuracy,
            "accuracy_ci95": list(self.accuracy_ci95),
            "loss": self.loss,
            "recall": self.recall,
            "precision": self.precision,
            "f1": self.f1,
            "ece": self.ece,
            "per_class": [row.to_json() for row in self.per_class],
            "confusion": [list(row) for row in self.confusion],
            "errors": self.errors,
            "n": self.n,
            "loss_calibrated": self.loss_calibrated,
            "ece_uncalibrated": self.ece_uncalibrated,
            "mean_confidence": self.mean_confidence,
            "reliability": _bins(self.reliability),
            "reliability_uncalibrated": _bins(self.reliability_uncalibrated),
            "confidence_counts": _steps(*self.confidence_counts),
            "rejection": self.rejection.to_json(),
            "most_confused": [asdict(pair) for pair in self.most_confused],
            "train_validation_gap": asdict(self.gap) | {"gap": self.gap.gap} if self.gap else None,
            "verdict": asdict(self.verdict) | {"reasons": list(self.verdict.reasons)},
            "dataset": {"name": dataset.name, "split": dataset.split, "sha256": dataset.sha256, "n": len(dataset)},
            "model": {"recipe": card.recipe, "temperature": card.temperature, "tenfold": card.version},
        }
        return scores | ({"robustness": self.robustness.to_json()} if self.robustness else {})


def evaluate(
    model: str | Path | Run | None,
    data: str | Path | Dataset | None = None,
    *,
    split: str = "test",
    data_dir: str | Path | None = None,
    robustness: bool = False,
    on_scored: Callable[[int, int], None] | None = None,
) -> Scores:
    """Score a model on a split of a dataset.

    model: a run, its folder, or a .onnx, .keras or .h5 file; None for the shipped one. data: a dataset, its name or its
    path; None takes what the run was trained on. robustness: also on the images corrupted as MNIST-C is, which takes
    minutes for 10,000; on_scored is then told how many of how many sets of images are scored. Raises UsageError where
    data is None for a model without a run, or holds classes that the model does not know; TenfoldError where either
    cannot be had or there are no images.
    """
    run = open_run(model)
    classifier, dataset = open_with_data(run or model, data, split=split, data_dir=data_dir)
    predictions = answer(classifier, dataset)
    scores = score(predictions, run)
    if not robustness:
        return scores
    return replace(scores, robustness=corrupted_scores(classifier, predictions, on_scored=on_scored))


def score(predictions: Predictions, run: Run | None = None) -> Scores:
    """The scores of answers already given; run, where the model has one, adds the gap to its training."""
    card, labels = predictions.card, predictions.labels
    confusion = metrics.confusion_matrix(labels, predictions.predicted, len(card.classes))
    n, right = len(labels), int(predictions.right.sum())
    reliability = metrics.reliability(predictions.probabilities, labels)
    uncalibrated = metrics.reliability(predictions.uncalibrated, labels)
    gap = training_gap(run) if run else None
    return Scores(
        accuracy=right / n,
        accuracy_ci95=metrics.wilson_interval(right, n),
        loss=metrics.cross_entropy(predictions.logits, labels),
        recall=metrics.macro_mean(metrics.recall_per_class(confusion), confusion),
        precision=metrics.macro_mean(metrics.precision_per_class(confusion), confusion),
        f1=metrics.macro_mean(metrics.f1_per_class(confusion), confusion),
        ece=reliability.error,
        per_class=_class_scores(card.classes, confusion),
        confusion=tuple(tuple(row) for row in confusion.tolist()),
        errors=n - right,
        n=n,
        loss_calibrated=metrics.cross_entropy(predictions.logits / np.float32(card.temperature), labels),
        ece_uncalibrated=uncalibrated.error,
        mean_confidence=float(predictions.confidence.mean()),
        most_confused=_most_confused(card.classes, confusion),
        gap=gap,
        verdict=judge(confusion, card.classes, reliability, gap, seen=predictions.seen),
        reliability=reliability,
        reliability_uncalibrated=uncalibrated,
        confidence_counts=metrics.confidence_counts(predictions.confidence, predictions.right),
        rejection=rejection(predictions),
        predictions=predictions,
    )


def _bins(reliability: metrics.Reliability) -> list[dict[str, float | int | None]]:
    """A row a bin; what an empty bin has no figure for is None."""
    bins = len(reliability.counts)
    rows = zip(reliability.counts.tolist(), reliability.confidence.tolist(), reliability.accuracy.tolist(), strict=True)
    return [
        {
            "from": index / bins,
            "to": (index + 1) / bins,
            "n": n,
            "confidence": confidence if n else None,
            "accuracy": accuracy if n else None,
        }
        for index, (n, confidence, accuracy) in enumerate(rows)
    ]


def _steps(right: NDArray[np.int64], wrong: NDArray[np.int64]) -> dict[str, list[float] | list[int]]:
    edges = [step / len(right) for step in range(len(right) + 1)]
    return {"edges": edges, "right": right.tolist(), "wrong": wrong.tolist()}


def _class_scores(classes: tuple[str, ...], confusion: NDArray[np.int64]) -> tuple[ClassScore, ...]:
    recall, precision = metrics.recall_per_class(confusion), metrics.precision_per_class(confusion)
    f1, support = metrics.f1_per_class(confusion), confusion.sum(axis=1)
    return tuple(
        ClassScore(
            name=name,
            accuracy=float(recall[index]),
            precision=float(precision[index]),
            recall=float(recall[index]),
            f1=float(f1[index]),
            support=int(support[index]),
            accuracy_ci95=metrics.wilson_interval(int(confusion[index, index]), int(support[index])),
        )
        if support[index]
        else ClassScore(name, None, None, None, None, 0, None)
        for index, name in enumerate(classes)
    )


def _most_confused(classes: tuple[str, ...], confusion: NDArray[np.int64]) -> tuple[ConfusedPair, ...]:
    """The commonest mistakes, ties in the order of the classes."""
    wrong = confusion - np.diag(np.diag(confusion))
    order = np.argsort(-wrong, axis=None, kind="stable")[:_CONFUSED_PAIRS]
    pairs = [divmod(int(flat), len(classes)) for flat in order]
    return tuple(
        ConfusedPair(
            classes[true], classes[other], int(wrong[true, other]), float(wrong[true, other] / confusion[true].sum())
        )
        for true, other in pairs
        if wrong[true, other]
    )
