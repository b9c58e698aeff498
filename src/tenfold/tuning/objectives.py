"""What a search may be for: each figure with its direction, and the column of the history that prunes by it."""

from collections.abc import Sequence
from dataclasses import dataclass

from tenfold.errors import UsageError


@dataclass(frozen=True)
class Objective:
    """A figure of a trial. said: with its value; column: of history.csv, None for what is known only at the end."""

    title: str
    said: str
    maximize: bool = False
    column: str | None = None


OBJECTIVES = {
    "accuracy": Objective("validation accuracy", "validation accuracy {}", maximize=True, column="val_accuracy"),
    "loss": Objective("validation loss", "validation loss {}", column="val_loss"),
    "parameters": Objective("parameters", "{} parameters"),
    "latency": Objective("time for one image, ms", "{} ms for one image"),
    "size": Objective("size, bytes", "{} bytes"),
}


def check_objectives(names: Sequence[str]) -> tuple[str, ...]:
    """The names, the first of which must be of the validation split. Raises UsageError for others."""
    for name in names:
        if name not in OBJECTIVES:
            raise UsageError(f"--objective {name}: there are {', '.join(OBJECTIVES)}")
    if not names or OBJECTIVES[names[0]].column is None:
        raise UsageError("--objective: the first is accuracy or loss; what it may cost comes after")
    if len(set(names)) < len(names):
        raise UsageError("--objective: each is named once")
    return tuple(names)
