"""Reads the digits of a picture with one model. For now a picture is one digit on even paper."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenfold.reading.classifier import Classifier
from tenfold.reading.frame import frame, ink_box
from tenfold.reading.ink import Polarity, find_ink
from tenfold.reading.page import Picture, open_page

Box = tuple[int, int, int, int]

_ALTERNATIVES = 3
_DIGITS = {str(digit): digit for digit in range(10)}


@dataclass(frozen=True)
class Digit:
    """One digit that was read. box: x, y, width, height in the picture's pixels; confidence in [0, 1].

    name: its class. digit: the digit that this names; where it is none, as with a model of clothes, its place among
    the model's classes. alternatives: the likeliest classes by name, itself the first, and their confidence.
    """

    digit: int
    name: str
    confidence: float
    box: Box
    line: int = 0
    alternatives: tuple[tuple[str, float], ...] = ()

    @property
    def is_digit(self) -> bool:
        """Whether its class is one of the ten digits."""
        return self.name in _DIGITS

    def to_json(self) -> dict[str, Any]:
        """As in the output of `tenfold read --json`: digits as numbers, classes that are none by name."""
        return {
            "digit": self.digit,
            **({} if self.is_digit else {"name": self.name}),
            "confidence": _rounded(self.confidence),
            "box": list(self.box),
            "line": self.line,
            "alternatives": [[_DIGITS.get(name, name), _rounded(share)] for name, share in self.alternatives],
        }


@dataclass(frozen=True)
class Rejected:
    """Ink that was not taken for a digit, and why."""

    box: Box
    reason: str
    confidence: float

    def to_json(self) -> dict[str, Any]:
        """As in the output of `tenfold read --json`."""
        return {"box": list(self.box), "reason": self.reason, "confidence": _rounded(self.confidence)}


@dataclass(frozen=True)
class Reading:
    """What comes back for one picture."""

    source: str
    page: int
    digits: tuple[Digit, ...]
    rejected: tuple[Rejected, ...]
    blank: bool
    polarity: Polarity
    model: str
    views: NDArray[np.uint8] = field(repr=False, compare=False)
    """uint8 [n, 28, 28]: what the model saw of each piece of ink, digits and rejections in reading order."""

    @property
    def lines(self) -> tuple[str, ...]:
        """The digits of each line; names longer than a character are set apart."""
        count = max((digit.line for digit in self.digits), default=-1) + 1
        between = "" if all(len(digit.name) == 1 for digit in self.digits) else " "
        return tuple(between.join(d.name for d in self.digits if d.line == line) for line in range(count))

    @property
    def text(self) -> str:
        """All lines, one below the other."""
        return "\n".join(self.lines)

    @property
    def confidence(self) -> float:
        """The chance that all digits are right, were they independent; 0 where there is none."""
        return float(np.prod([digit.confidence for digit in self.digits])) if self.digits else 0.0

    def to_json(self) -> dict[str, Any]:
        """The object that `tenfold read --json` prints."""
        return {
            "source": self.source,
            "page": self.page,
            "text": self.text,
            "lines": list(self.lines),
            "confidence": _rounded(self.confidence),
            "blank": self.blank,
            "digits": [digit.to_json() for digit in self.digits],
            "rejected": [rejected.to_json() for rejected in self.rejected],
            "polarity": self.polarity,
            "model": self.model,
        }


class Reader:
    """A model, loaded once, that reads any number of pictures.

    model: a .onnx that tenfold made, or the folder of a run. Raises TenfoldError where it is neither.
    """

    def __init__(self, model: str | Path, threads: int | None = None) -> None:
        self.classifier = Classifier(model, threads)
        self._card = self.classifier.card

    def read(self, picture: Picture, *, single: bool = False, source: str | None = None) -> Reading:
        """The digit in a picture; single keeps it however unsure the model is.

        Raises TenfoldError where the picture cannot be opened.
        """
        ink = find_ink(open_page(picture).grey)
        views = np.zeros((0, 28, 28), np.uint8) if ink.blank else frame(ink.strength)[None]
        probabilities = self.classifier.probabilities(views)
        digits: list[Digit] = []
        rejected: list[Rejected] = []
        for row in probabilities:
            box = ink_box(ink.strength)
            assert box is not None
            digit = self._digit(row, box)
            if single or digit.confidence >= self._card.threshold:
                digits.append(digit)
            else:
                rejected.append(Rejected(box, "unsure", digit.confidence))
        return Reading(
            source=source if source is not None else _source(picture),
            page=0,
            digits=tuple(digits),
            rejected=tuple(rejected),
            blank=ink.blank,
            polarity=ink.polarity,
            model=f"{self._card.recipe} {self._card.version}",
            views=views,
        )

    def _digit(self, probabilities: NDArray[np.float32], box: Box) -> Digit:
        order = np.argsort(-probabilities, kind="stable")[:_ALTERNATIVES]
        alternatives = tuple((self._card.classes[i], float(probabilities[i])) for i in order)
        name, confidence = alternatives[0]
        return Digit(_DIGITS.get(name, int(order[0])), name, confidence, box, alternatives=alternatives)


def _source(picture: Picture) -> str:
    return str(picture) if isinstance(picture, str | Path) else f"<{type(picture).__name__}>"


def _rounded(share: float) -> float:
    return round(share, 6)
