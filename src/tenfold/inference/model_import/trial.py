"""How a model wants its input: every way that is usual, tried on labelled images."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenfold.inference.model_import.ports import FLOOR, NUMBERS, batch_of, kinds_of_outputs
from tenfold.metrics import softmax

MOST = 500
"""Images that a model is tried on: the ways differ by far more than so many leave to chance."""

_SAMPLE = Path(__file__).with_name("sample.npz")

_LEAST = 1e-7
"""Probabilities of the true class that count as no smaller: one sure mistake must not decide alone."""

_TEMPERATURES = np.geomspace(1 / 4, 4, 17)
"""What a model's logits may be divided by to make the least of its loss: no way is better only for making a model surer
or less sure. A way that asks for more than that is not the model's own: 0 to 255 for 0 to 1 asks for hundreds."""

_DIGITS = tuple("0123456789")

_AS_GOOD = 1.05
"""Up to so many times the least loss, a more usual way is taken: such a difference is chance (docs/log.md)."""


@dataclass(frozen=True)
class LabelledImages:
    """Images uint8 [n, 28, 28], light ink on black, and labels int64 [n], indices into classes.

    where: in words. guessed: nobody has said that a model is of these, so that it must read enough of them.
    """

    images: NDArray[np.uint8] = field(repr=False)
    labels: NDArray[np.int64] = field(repr=False)
    classes: tuple[str, ...]
    where: str
    guessed: bool = False

    @property
    def widths(self) -> tuple[int, ...]:
        """How many classes a model of these images may tell apart: theirs and, of digits, one more for what is none."""
        n = len(self.classes)
        return (n, n + 1) if all(name in _DIGITS for name in self.classes) else (n,)


@dataclass(frozen=True)
class Convention:
    """A pixel as a model takes it: its share of full ink in [0, 1], times scale, plus shift."""

    name: str
    scale: float
    shift: float

    @property
    def key(self) -> str:
        """Its name as one word: what a Keras file calls its input to say that it is fed so, as pixels_0_to_1."""
        return re.sub(r"\W+", "_", self.name.replace("-", "minus "))


CONVENTIONS = (
    Convention("pixels 0 to 1", 1, 0),
    Convention("pixels 0 to 255", 255, 0),
    Convention("pixels -1 to 1", 2, -1),
    Convention("pixels less MNIST's mean, by its deviation", 1 / 0.3081, -0.1307 / 0.3081),
)
"""What tutorials feed, the most usual first; mean and deviation as PyTorch's examples round them."""


@dataclass(frozen=True)
class Fed:
    """A way of feeding a model, and how it answers then: a share of right answers, and the cross entropy at the best of
    _TEMPERATURES.

    others: what the other ways came to, in words.
    """

    shape: tuple[int, ...]
    convention: Convention
    accuracy: float
    loss: float
    others: str = ""


class Model:
    """A foreign model in ONNX Runtime."""

    def __init__(self, session: Any) -> None:
        self.session = session
        self.input = session.get_inputs()[0]
        self.batch = batch_of(self.input.shape)

    def run(self, images: NDArray[np.uint8], fed: Fed) -> dict[str, NDArray[Any]]:
        """Every output [n, ...] by name, for images uint8 [n, 28, 28]."""
        pixels = images / np.float32(255) * np.float32(fed.convention.scale) + np.float32(fed.convention.shift)
        kind = NUMBERS[self.input.type]
        pixels = (np.rint(pixels) if np.issubdtype(kind, np.integer) else pixels).astype(kind)
        at_a_time = self.batch or len(pixels)
        filled = np.pad(pixels, [(0, -len(pixels) % at_a_time), (0, 0), (0, 0)])
        batches = np.split(filled, len(filled) // at_a_time)
        names = [port.name for port in self.session.get_outputs()]
        answers = [
            self.session.run(names, {self.input.name: batch.reshape(len(batch), *fed.shape)}) for batch in batches
        ]
        together = {name: [answer[place] for answer in answers] for place, name in enumerate(names)}
        return {
            name: np.concatenate(parts)[: len(pixels)] for name, parts in together.items() if _stacks(parts, at_a_time)
        }


def _stacks(parts: list[Any], images: int) -> bool:
    return all(isinstance(part, np.ndarray) and part.ndim and len(part) == images for part in parts)


def try_all(
    model: Model,
    shapes: Iterable[tuple[int, ...]],
    known: LabelledImages,
    conventions: Iterable[Convention] = CONVENTIONS,
) -> list[Fed]:
    """Every way of feeding the model that gives a row of classes for each image, with what it came to."""
    known = _some(known)
    whole = np.issubdtype(NUMBERS[model.input.type], np.integer)
    ways = [
        Fed(shape, convention, 0.0, 0.0)
        for shape in shapes
        for convention in conventions
        if not whole or convention.scale == 255
    ]
    tried = [result for way in ways if (result := _tried(model, way, known)) is not None]
    return [_beside(one, tried) for one in tried]


def best_of(tried: list[Fed]) -> Fed:
    """The first, and so most usual, of those whose loss is about the least."""
    least = min(one.loss for one in tried)
    return next(one for one in tried if one.loss <= _AS_GOOD * least)


def _some(known: LabelledImages) -> LabelledImages:
    """At most MOST of the images, evenly from all."""
    rows = np.linspace(0, len(known.images) - 1, min(MOST, len(known.images))).astype(int)
    return replace(known, images=known.images[rows], labels=known.labels[rows])


def _tried(model: Model, way: Fed, known: LabelledImages) -> Fed | None:
    try:
        answers = model.run(known.images, way)
    except Exception:  # a shape whose sizes the model leaves free may still not go through it
        return None
    outputs = kinds_of_outputs(answers, known.widths)
    if not outputs:
        return None
    rows = answers[outputs[0].name].reshape(len(known.images), -1).astype(np.float64)
    right = float((rows.argmax(axis=1) == known.labels).mean())
    logits = np.log(np.maximum(rows, FLOOR)) if outputs[0].probabilities else np.clip(rows, -1e30, 1e30)
    loss = min(_loss(logits / temperature, known.labels) for temperature in _TEMPERATURES)
    return Fed(way.shape, way.convention, right, loss)


def _loss(logits: NDArray[np.float64], labels: NDArray[np.int64]) -> float:
    of_true = softmax(logits)[np.arange(len(labels)), labels]
    return float(-np.log(np.maximum(np.nan_to_num(of_true), _LEAST)).mean())


def _beside(one: Fed, tried: list[Fed]) -> Fed:
    others = [
        f"{other.convention.name} {100 * other.accuracy:.1f} %, loss {other.loss:.3f}"
        for other in sorted(tried, key=lambda other: other.loss)
        if other.shape == one.shape
    ]
    return Fed(one.shape, one.convention, one.accuracy, one.loss, "; ".join(others))


@cache
def sample() -> LabelledImages:
    """Synthetic digits, kept with tenfold so that a model can be tried without any data."""
    with np.load(_SAMPLE, allow_pickle=False) as held:
        return LabelledImages(
            held["images"], held["labels"].astype(np.int64), _DIGITS, "synthetic digits", guessed=True
        )
