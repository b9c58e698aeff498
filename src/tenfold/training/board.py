"""What history.csv holds, for TensorBoard, epoch by epoch while a run is trained."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from tenfold.errors import cannot_write, needs_extra
from tenfold.training.records import Epoch, OnEpoch

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
def board(folder: str | Path | None, name: str, on_epoch: OnEpoch | None = None) -> Iterator[OnEpoch | None]:
    """An on_epoch that also writes each epoch into folder/name, for TensorBoard; the one given where folder is None.

    Raises TenfoldError as `check_board` does.
    """
    if folder is None:
        yield on_epoch
        return
    check_board(folder)
    from torch.utils.tensorboard import SummaryWriter

    writer = SummaryWriter(str(Path(folder, name)))

    def told(row: Epoch) -> None:
        for key, value in asdict(row).items():
            if key in _TAGS and not math.isnan(value):  # without a validation split its figures are none
                writer.add_scalar(_TAGS[key], value, row.epoch)
        writer.flush()
        if on_epoch is not None:
            on_epoch(row)

    try:
        yield told
    finally:
        writer.close()


def check_board(folder: str | Path) -> None:
    """Make TensorBoard's folder. Raises TenfoldError without the 'tensorboard' extra, or where it cannot be made."""
    with needs_extra("tensorboard", "--tensorboard"):
        import tensorboard  # noqa: F401
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(f"--tensorboard {folder}", error) from None
