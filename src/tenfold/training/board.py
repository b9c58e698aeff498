"""What history.csv holds, for TensorBoard, epoch by epoch while a run is trained."""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from tenfold.errors import TenfoldError, needs_extra
from tenfold.training.records import Epoch

_TAGS = {
    "train_loss": "loss/train",
    "val_loss": "loss/validation",
    "train_accuracy": "accuracy/train",
    "val_accuracy": "accuracy/validation",
    "val_recall": "recall/validation",
    "lr": "learning rate",
    "seconds": "seconds an epoch",
}
"""Training and validation of one figure share a name, so that TensorBoard shows them in one group."""


@contextmanager
def board(folder: Path) -> Iterator[Callable[[Epoch], None]]:
    """Writes each epoch that it is told into a folder of TensorBoard's, made where it is missing.

    Raises TenfoldError without the 'tensorboard' extra, or where the folder cannot be written.
    """
    with needs_extra("tensorboard", "--tensorboard"):
        from torch.utils.tensorboard import SummaryWriter
    try:
        writer = SummaryWriter(str(folder))
    except OSError as error:
        raise TenfoldError(f"--tensorboard {folder}: cannot be written ({error.strerror})") from None

    def on_epoch(row: Epoch) -> None:
        for key, value in asdict(row).items():
            if key in _TAGS and not math.isnan(value):  # without a validation split its figures are none
                writer.add_scalar(_TAGS[key], value, row.epoch)
        writer.flush()

    try:
        yield on_epoch
    finally:
        writer.close()
