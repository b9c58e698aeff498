"""What training tells whoever watches it: where it is, and what each epoch came to."""

from collections.abc import Callable
from dataclasses import dataclass

from tenfold.errors import TenfoldError


@dataclass(frozen=True)
class Step:
    """Where training is, for whoever shows it. loss and accuracy are means since it was last shown."""

    epoch: int
    epochs: int
    step: int
    steps: int
    loss: float
    accuracy: float
    images_per_second: float


@dataclass(frozen=True)
class Epoch:
    """A row of history.csv: losses are cross entropies in nats, without label smoothing.

    Without a validation split its three figures are NaN.
    """

    epoch: int
    seconds: float
    lr: float
    train_loss: float
    train_accuracy: float
    val_loss: float
    val_accuracy: float
    val_recall: float


@dataclass(frozen=True)
class Stretch:
    """A row of steps.csv, which a run of few epochs has: training's means over the steps since the row before.

    epoch: how far training was, 1.5 half through the second; step: counted from the run's first.
    """

    epoch: float
    step: int
    train_loss: float
    train_accuracy: float


class DivergedError(TenfoldError):
    """The loss is no number any more; going on, now or from a checkpoint, cannot mend it."""


OnStep = Callable[[Step], None]
OnEpoch = Callable[[Epoch], None]
