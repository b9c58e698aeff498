"""The network's heat maps as digits and separators with their boxes."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

SEPARATORS = ".,-/:"
"""Marks between digits, by class: they follow the ten digits."""

DIGITS, MARKS = 10, 15
"""Heats of digits lie below the first, those of separators below the second."""

SMALL, TURNS, HEATS = 15, 15, 19
"""Channel of digits that are too small; channel TURNS + k of pages turned by k quarters; how many heats there are."""

BOX = 4
"""Channels behind the heats: where a digit's middle is in its cell, and the logarithms of its width and height."""

STRIDE = 4
"""Pixels a cell of the heat maps."""

Floats = NDArray[np.float32]

_LEAST = 0.15
"""Heat below which no digit is found."""

_MOST = 1500
"""Digits found at one size of a page; the likeliest are kept."""

_STRONG = 0.3
"""Heat from which a digit speaks for how the page lies."""

_LONGEST_LOG = 6.0
"""The largest logarithm of a width or height in pixels: what the network says beyond it is nonsense."""


@dataclass(frozen=True, eq=False)
class Found:
    """What stands on a page. shares float32 [15]: chances of each digit and separator; from the page network each
    stands by itself, from `Detector.find` a digit's sum to its chance of being one. box: left, top, right, bottom in
    pixels of the page."""

    shares: Floats
    box: tuple[float, float, float, float]

    @property
    def label(self) -> int:
        """The likeliest class: 0 to 9, or a separator's."""
        return int(self.shares.argmax())

    @property
    def score(self) -> float:
        """How likely it is the likeliest class."""
        return float(self.shares.max())

    @property
    def is_digit(self) -> bool:
        """Whether it is a digit rather than a separator."""
        return self.label < DIGITS

    @property
    def longest(self) -> float:
        """Its longer side in pixels."""
        return max(self.width, self.height)

    @property
    def width(self) -> float:
        """Pixels."""
        return self.box[2] - self.box[0]

    @property
    def height(self) -> float:
        """Pixels."""
        return self.box[3] - self.box[1]


def digit_shares(digits: Sequence[Found]) -> Floats:
    """The shares [n, 10] of each digit."""
    return np.array([one.shares[:DIGITS] for one in digits], np.float32).reshape(-1, DIGITS)


def digit_boxes(digits: Sequence[Found]) -> NDArray[np.float64]:
    """The boxes [n, 4]."""
    return np.array([one.box for one in digits], np.float64).reshape(-1, 4)


def find_peaks(answers: Floats) -> list[Found]:
    """Digits and separators in the network's answers [channels, h, w], boxes in pixels of what it saw."""
    heats = sigmoid(answers[:MARKS])
    found = []
    for first, last in ((0, DIGITS), (DIGITS, MARKS)):
        ys, xs = _peaks(heats[first:last].max(axis=0))
        boxes = _boxes(answers, ys, xs)
        for y, x, box in zip(ys, xs, boxes, strict=True):
            found.append(Found(heats[:, y, x], (float(box[0]), float(box[1]), float(box[2]), float(box[3]))))
    return found


def digit_heat(answers: Floats) -> Floats:
    """The heat [h, w] of the likeliest digit in each cell."""
    return np.asarray(sigmoid(answers[:DIGITS]).max(axis=0), np.float32)


def turn_heats(answers: Floats) -> list[float]:
    """How much speaks for the page lying upright, and for each number of quarter turns: sums of peaks."""
    totals = []
    for heat in (digit_heat(answers), *(sigmoid(answers[TURNS + k]) for k in (1, 2, 3))):
        ys, xs = _peaks(heat)
        strong = heat[ys, xs]
        totals.append(float(strong[strong > _STRONG].sum()))
    return totals


def small_region(answers: Floats, least: float) -> tuple[int, int, int, int] | None:
    """Left, top, right, bottom in pixels of where digits are too small to be told apart; None where there are none."""
    heat = sigmoid(answers[SMALL])
    ys, xs = np.nonzero(heat > least)
    if len(ys) == 0:
        return None
    return (int(xs.min()) * STRIDE, int(ys.min()) * STRIDE, (int(xs.max()) + 1) * STRIDE, (int(ys.max()) + 1) * STRIDE)


def sigmoid(logits: Floats) -> Floats:
    """Chances of logits."""
    return np.asarray(1 / (1 + np.exp(-logits)), np.float32)


def _peaks(heat: Floats) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns of cells hotter than their eight neighbours and than _LEAST, the hottest first."""
    around = cv2.dilate(heat, np.ones((3, 3), np.uint8))
    ys, xs = np.nonzero((heat >= around) & (heat > _LEAST))
    order = np.argsort(-heat[ys, xs], kind="stable")[:_MOST]
    return ys[order], xs[order]


def _boxes(answers: Floats, ys: NDArray[np.intp], xs: NDArray[np.intp]) -> Floats:
    """Boxes [n, 4] of cells."""
    x, y, width, height = answers[HEATS:, ys, xs]
    middle_x, middle_y = (xs + 0.5 + x) * STRIDE, (ys + 0.5 + y) * STRIDE
    half_width, half_height = (np.exp(np.clip(logarithm, 0, _LONGEST_LOG)) / 2 for logarithm in (width, height))
    return np.stack(
        [middle_x - half_width, middle_y - half_height, middle_x + half_width, middle_y + half_height], axis=1
    )
