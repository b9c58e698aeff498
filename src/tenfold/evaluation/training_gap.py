"""How much better a run does on the images it was trained on than on those held out."""

import math
from dataclasses import dataclass

from tenfold.run import Run


@dataclass(frozen=True)
class TrainingGap:
    """Accuracies at the epoch whose weights were kept.

    train_accuracy is measured while training, with dropout and augmentation on, so it may lie below
    validation_accuracy; validation_n is the number of held-out images.
    """

    epoch: int
    train_accuracy: float
    validation_accuracy: float
    validation_n: int

    @property
    def gap(self) -> float:
        """Training minus validation accuracy."""
        return self.train_accuracy - self.validation_accuracy

    @property
    def chance(self) -> float:
        """How far the gap may be off because few images were held out: 1.96 standard errors."""
        accuracy = self.validation_accuracy
        return 1.96 * math.sqrt(accuracy * (1 - accuracy) / max(1, self.validation_n))


def training_gap(run: Run) -> TrainingGap | None:
    """The gap of a run; None where it kept no history or held nothing out."""
    held_out = int(run.environment.get("data", {}).get("validation", {}).get("n", 0))
    row = kept_epoch(run)
    if row is None or held_out == 0 or math.isnan(row["val_accuracy"]):
        return None
    return TrainingGap(int(row["epoch"]), row["train_accuracy"], row["val_accuracy"], held_out)


def kept_epoch(run: Run) -> dict[str, float] | None:
    """The history's row of the epoch whose weights were kept; None where there is none."""
    best = run.environment.get("training", {}).get("best_epoch")
    rows = [row for row in run.history if best is None or int(row["epoch"]) == best]
    return rows[-1] if rows else None
