"""How often a model is wrong on images that were corrupted as MNIST-C's are.

The corrupted images go to the model as they are, 28×28 views: what is measured is the model, without the ink finding
and framing by which a reader would clean, straighten or centre a picture first.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import fmean
from typing import Any

from tenfold.data import Dataset
from tenfold.data.corruptions import CORRUPTIONS, SEVERITIES, corrupt
from tenfold.evaluation.predictions import Predictions, answer, open_with_data
from tenfold.inference.classifier import Classifier
from tenfold.metrics import wilson_interval
from tenfold.run import Run


@dataclass(frozen=True)
class CorruptedScore:
    """One corruption. wrong: wrong answers of n at each of its severities, 1 first; severity: the one in MNIST-C."""

    corruption: str
    severity: int
    wrong: tuple[int, ...]
    n: int

    @property
    def errors(self) -> tuple[float, ...]:
        """The share of wrong answers at each severity."""
        return tuple(wrong / self.n for wrong in self.wrong)

    @property
    def error(self) -> float:
        """The share of wrong answers at MNIST-C's severity."""
        return self.errors[self.severity - 1]

    def to_json(self) -> dict[str, Any]:
        """The corruption's row of `corruptions`."""
        wrong = self.wrong[self.severity - 1]
        return {
            "corruption": self.corruption,
            "severity": self.severity,
            "error": self.error,
            "error_ci95": list(wilson_interval(wrong, self.n)),
            "errors": wrong,
            "error_by_severity": list(self.errors) if len(self.errors) > 1 else None,
        }


@dataclass(frozen=True)
class Robustness:
    """A model's errors on corrupted images, all as shares of wrong answers in [0, 1].

    clean: its answers to the same images as they were; corruptions: in MNIST-C's order; seed: of the random draws.
    """

    clean: Predictions = field(repr=False, compare=False)
    corruptions: tuple[CorruptedScore, ...]
    seed: int

    @property
    def clean_error(self) -> float:
        """The error without any corruption."""
        return len(self.clean.mistakes) / len(self.clean.labels)

    @property
    def mean_error(self) -> float:
        """Mean over the corruptions, each at MNIST-C's severity."""
        return fmean(row.error for row in self.corruptions)

    @property
    def mean_by_severity(self) -> tuple[float, ...]:
        """Mean error at severities 1 to 5, over the corruptions that have five."""
        errors = [row.errors for row in self.corruptions if len(row.errors) == len(SEVERITIES)]
        return tuple(fmean(column) for column in zip(*errors, strict=True))

    @property
    def relative_to_clean(self) -> float | None:
        """The mean error as a multiple of the clean one; None where no clean image was read wrong."""
        return self.mean_error / self.clean_error if self.clean_error else None

    def to_json(self) -> dict[str, Any]:
        """What `tenfold evaluate --robustness --json` adds to the scores."""
        dataset, card = self.clean.dataset, self.clean.card
        return {
            "mean_error": self.mean_error,
            "clean_error": self.clean_error,
            "relative_to_clean": self.relative_to_clean,
            "mean_error_by_severity": list(self.mean_by_severity),
            "corruptions": [row.to_json() for row in self.corruptions],
            "seed": self.seed,
            "dataset": {"name": dataset.name, "split": dataset.split, "sha256": dataset.sha256, "n": len(dataset)},
            "model": {"recipe": card.recipe, "tenfold": card.version},
        }


def measure_robustness(
    model: str | Path | Run | None,
    data: str | Path | Dataset | None = None,
    *,
    split: str = "test",
    data_dir: str | Path | None = None,
    seed: int = 0,
    on_scored: Callable[[int, int], None] | None = None,
) -> Robustness:
    """Score a model on a split of a dataset under every corruption at every severity.

    `predict` says what may be given and what is refused. seed: of the corruptions' random draws, 0 or more. on_scored
    is told how many of how many sets of images are scored.
    """
    classifier, dataset = open_with_data(model, data, split=split, data_dir=data_dir)
    return corrupted_scores(classifier, answer(classifier, dataset), seed=seed, on_scored=on_scored)


def corrupted_scores(
    classifier: Classifier, clean: Predictions, *, seed: int = 0, on_scored: Callable[[int, int], None] | None = None
) -> Robustness:
    """`measure_robustness` of a loaded model, whose answers to the images as they are (clean) are given already."""
    dataset = clean.dataset
    total, done = sum(len(corruption.severities) for corruption in CORRUPTIONS.values()), 0
    rows = []
    for name, corruption in CORRUPTIONS.items():
        wrong = []
        for severity in corruption.severities:
            corrupted = replace(dataset, images=corrupt(dataset.images, name, severity, seed=seed))
            wrong.append(len(answer(classifier, corrupted).mistakes))
            done += 1
            if on_scored is not None:
                on_scored(done, total)
        rows.append(CorruptedScore(name, corruption.benchmark, tuple(wrong), len(dataset)))
    return Robustness(clean, tuple(rows), seed)


def spoken(corruption: str) -> str:
    """A corruption's name for people: 'shot noise'."""
    return corruption.replace("_", " ")
