"""What comes back for a picture: the digits, what was not taken for one, and what the model saw of each."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenfold.reading.ink import Polarity
from tenfold.reading.measures import Box
from tenfold.reading.seen import Seen

DIGITS = {str(digit): digit for digit in range(10)}
"""The names of the classes that are digits, and which."""


@dataclass(frozen=True)
class Digit:
    """One digit that was read. box: x, y, width, height in the picture's pixels; confidence in [0, 1].

    name: its class. digit: the digit that this names; where it is none, as with a model of clothes, its place among
    the model's classes. alternatives: the likeliest classes by name, itself the first, and their confidence. score:
    the chance that the ink is one digit at all, whichever; for a model that knows nothing else, the confidence.
    prediction_set: where one was asked for, the classes that hold the true one with the chance asked for. cell: row
    and column in the reading's table; None where it stands in no table.
    """

    digit: int
    name: str
    confidence: float
    box: Box
    line: int = 0
    alternatives: tuple[tuple[str, float], ...] = ()
    score: float = 1.0
    prediction_set: tuple[str, ...] | None = None
    cell: tuple[int, int] | None = None

    @property
    def is_digit(self) -> bool:
        """Whether its class is one of the ten digits."""
        return self.name in DIGITS

    def to_json(self) -> dict[str, Any]:
        """As in the output of `tenfold read --json`: digits as numbers, classes that are none by name."""
        return {
            "digit": self.digit,
            **({} if self.is_digit else {"name": self.name}),
            "confidence": _rounded(self.confidence),
            "box": list(self.box),
            "line": self.line,
            "alternatives": [[DIGITS.get(name, name), _rounded(share)] for name, share in self.alternatives],
            **(
                {}
                if self.prediction_set is None
                else {"prediction_set": [DIGITS.get(name, name) for name in self.prediction_set]}
            ),
            **({} if self.cell is None else {"cell": list(self.cell)}),
        }


@dataclass(frozen=True)
class Rejected:
    """Ink that was not taken for a digit, and why: "not a digit", or "unsure" which.

    confidence: of the likeliest digit, in [0, 1]; score: as a Digit's.
    """

    box: Box
    reason: str
    confidence: float
    score: float

    def to_json(self) -> dict[str, Any]:
        """As in the output of `tenfold read --json`."""
        return {"box": list(self.box), "reason": self.reason, "confidence": _rounded(self.confidence)}


@dataclass(frozen=True)
class Reading:
    """What comes back for one page of a picture.

    lines: the digits of each line of writing, from top to bottom, with the separators between them where these were
    asked for; names longer than a character are set apart.
    """

    source: str
    page: int
    lines: tuple[str, ...]
    digits: tuple[Digit, ...]
    rejected: tuple[Rejected, ...]
    blank: bool
    polarity: Polarity
    model: str
    views: NDArray[np.uint8] = field(repr=False, compare=False)
    """uint8 [n, 28, 28]: what the model saw of each digit in reading order, then of each rejected piece of ink."""
    table: tuple[tuple[str, ...], ...] | None = None
    """Rows of cells, where digits stand in a table, with the separators between a cell's digits and the minus before
    them; an empty cell is "". Several tables stand one below the other, all as wide, with a row of empty cells
    between two."""
    turned: int = 0
    """Degrees clockwise by which the page was turned to be read; boxes are of the picture as it was given."""
    seen: Seen | None = field(default=None, repr=False, compare=False)
    """What the detector and the classifier each said of the page; None where it was read as one symbol."""
    words: tuple[tuple[str, ...], ...] = ()
    """The words of each line, parted where the gap is wide, with the separators between their digits, and a minus."""

    @property
    def text(self) -> str:
        """All lines, one below the other."""
        return "\n".join(self.lines)

    @property
    def confidence(self) -> float:
        """The chance that all digits are right, and that nothing left out is one, were these independent; 0 where no
        digit was read."""
        right = [digit.confidence for digit in self.digits]
        return float(np.prod([*right, *(1 - one.score for one in self.rejected)])) if right else 0.0

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """All that was read as rows of cells: those of tables, and the words of each line that is in none."""
        words = self.words or tuple((line,) for line in self.lines)
        if self.table is None:
            return words
        row_of = {digit.line: digit.cell and digit.cell[0] for digit in self.digits}
        rows: list[tuple[str, ...]] = []
        written = 0
        for line, row in sorted(row_of.items()):
            if row is None:
                rows.append(words[line])
            else:
                rows += self.table[written : row + 1]  # with the empty one before another table
                written = row + 1
        return (*rows, *self.table[written:])

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
            **({} if self.table is None else {"table": [list(row) for row in self.table]}),
            **({"turned": self.turned} if self.turned else {}),
        }


def prediction_sets(reading: Reading) -> str:
    """Each digit's prediction set, as '4 1|2|7'; empty where none was asked for."""
    return " ".join("|".join(digit.prediction_set) for digit in reading.digits if digit.prediction_set)


def _rounded(share: float) -> float:
    return round(share, 6)
