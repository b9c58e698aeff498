"""What goes into a foreign model and what comes out: which of it can be 28×28 images and a row of classes for each."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenfold.errors import TenfoldError

SHAPES = ((1, 28, 28), (28, 28, 1), (28, 28), (784,))
"""Shapes that one image of 28×28 pixels is fed in."""

NUMBERS = {
    "tensor(float)": np.float32,
    "tensor(double)": np.float64,
    "tensor(float16)": np.float16,
    "tensor(uint8)": np.uint8,
    "tensor(int32)": np.int32,
    "tensor(int64)": np.int64,
}
"""Types of input that an image is converted to."""

MOST_AT_A_TIME = 10_000
"""Images that a model may be fixed to: one view is fed as so many, and more would take memory for nothing."""

FLOOR = 1e-37
"""Stands for a probability that float32 rounds to 0, whose logarithm no runtime could go on with."""

_SUM = 1e-3
"""How far a row of probabilities may be from a sum of 1."""


@dataclass(frozen=True)
class Output:
    """An output with a row of classes for each image; probabilities, or logits."""

    name: str
    classes: int
    probabilities: bool


def check_ports(path: Path, session: Any) -> None:
    """Raise TenfoldError where a model has not one input that 28×28 images fit."""
    inputs = session.get_inputs()
    known = len(inputs) == 1 and inputs[0].type in NUMBERS
    if not known or not fitting_shapes(inputs[0].shape) or (batch_of(inputs[0].shape) or 1) > MOST_AT_A_TIME:
        raise TenfoldError(
            f"{path}: {ports_in_words(session)}; expected: one input [n, 1, 28, 28], [n, 28, 28], [n, 28, 28, 1] or "
            f"[n, 784], n free or up to {MOST_AT_A_TIME:,}, and a row of classes for each image"
        )


def ports_in_words(session: Any) -> str:
    """takes x [n, 3, 224, 224], gives y [n, 1000]."""
    ports = (
        ", ".join(
            f"{port.name} {port.type.removeprefix('tensor(').rstrip(')')} {_spelled(port.shape)}" for port in group
        )
        for group in (session.get_inputs(), session.get_outputs())
    )
    return "takes {}, gives {}".format(*(text or "nothing" for text in ports))


def _spelled(shape: Any) -> str:
    return f"[{', '.join('?' if size is None else str(size) for size in shape or ())}]"


def batch_of(shape: list[Any]) -> int | None:
    """The number of images that an input is fixed to; None where it is free."""
    return shape[0] if shape and isinstance(shape[0], int) and shape[0] > 0 else None


def fitting_shapes(shape: list[Any]) -> list[tuple[int, ...]]:
    """Which of SHAPES an input [n, ...] may be fed in: a size that is not fixed fits every other."""
    sizes = [size if isinstance(size, int) and size > 0 else None for size in shape[1:]]
    return [
        wanted
        for wanted in SHAPES
        if len(sizes) == len(wanted) and all(size in (None, w) for size, w in zip(sizes, wanted, strict=True))
    ]


def kinds_of_outputs(answers: Mapping[str, NDArray[Any]], widths: Collection[int]) -> list[Output]:
    """The outputs that hold a row for each image with one of these numbers of classes, logits before probabilities.

    answers: each output [n, ...] by name, n at least 2. Log-probabilities are logits: softmax leaves them as they are.
    """
    found = []
    for name, answer in answers.items():
        if not isinstance(answer, np.ndarray) or answer.dtype.kind != "f" or answer.ndim < 2:
            continue
        classes = answer.shape[1]
        if answer[0].size != classes or classes not in widths:
            continue
        rows = answer.reshape(len(answer), classes).astype(np.float64)
        shares = bool(((rows >= 0) & (rows <= 1)).all() and (np.abs(rows.sum(axis=1) - 1) <= _SUM).all())
        found.append(Output(name, classes, shares))
    return sorted(found, key=lambda output: output.probabilities)
