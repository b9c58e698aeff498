"""Lines of writing, levelled and cut from the page as the line network takes them."""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.reading.lines import find_lines, line_slope, typical_height
from tenfold.reading.measures import upper_median

Grey = NDArray[np.uint8]
Floats = NDArray[np.float64]

STRIP_HEIGHT = 40
"""Pixels of a strip's height."""

DIGIT_HEIGHT = 26
"""Pixels of a digit's height on a strip: of its line's median."""

CELL = 4
"""Pixels of a strip's width for which the line network gives one answer."""

_ROOM = 1.0
"""A strip begins and ends so far beside its digits, in heights of a digit."""

_GAP = 3.0
"""Digits of a line that stand further apart, in heights of a digit, are on two strips."""

_LEAST_DIGITS = 2
"""A digit that stands alone is on no strip: there is nothing to see it together with."""

_LEAST = 4.0
"""Pixels of the page: lower digits count as so high."""

_OFF_LINE = 0.3
"""What lies further from the middle of a strip, in its own heights or a digit's, is not of its line;"""

_LOWEST, _HIGHEST = 0.4, 2.2
"""nor is what is lower or higher, in heights of a digit."""


@dataclass(frozen=True, eq=False)
class Strip:
    """A piece of a line. pixels uint8 [h, w]: w a multiple of 4; what lies beyond the page has the level of most of it.

    digit: pixels of the height of its digits; slope, level: its middle on the page is at y = level + slope * x; left:
    where on the page it begins; across, down: its pixels for one of the page.
    """

    pixels: Grey
    digit: float
    slope: float
    level: float
    left: float
    across: float
    down: float

    def middles(self, boxes: Floats) -> tuple[Floats, Floats]:
        """The middles [n] and widths [n] of boxes [n, 4] of the page, in pixels along the strip."""
        return ((boxes[:, 0] + boxes[:, 2]) / 2 - self.left) * self.across, (boxes[:, 2] - boxes[:, 0]) * self.across

    def aside(self, boxes: Floats) -> Floats:
        """How far the middles of boxes [n, 4] of the page lie above or below this line's, in pixels of the strip."""
        middles = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
        return np.abs(middles[1] - self.level - self.slope * middles[0]) * self.down

    def holds(self, boxes: Floats) -> NDArray[np.bool_]:
        """Which of the page's boxes [n, 4] stand on this line [n]."""
        heights = (boxes[:, 3] - boxes[:, 1]) * self.down
        held = self.aside(boxes) < _OFF_LINE * np.maximum(heights, self.digit)
        held &= (heights > _LOWEST * self.digit) & (heights < _HIGHEST * self.digit)
        along, _widths = self.middles(boxes)
        return np.asarray(held & (along >= 0) & (along < self.pixels.shape[1]))


def line_strips(page: Grey, boxes: Floats, height: int = STRIP_HEIGHT, digit: int = DIGIT_HEIGHT) -> Iterator[Strip]:
    """A strip for each piece of each line of digits, from their boxes [n, 4] on an upright page uint8 [h, w].

    height: of strips in pixels; digit: of their digits, at the median.
    """
    slope = line_slope(boxes)
    for line in find_lines(boxes):
        for piece in _pieces(boxes[line]):
            if len(piece) < _LEAST_DIGITS:
                continue
            yield _strip(page, piece, slope, height, digit)


def _pieces(boxes: Floats) -> list[Floats]:
    """A line's boxes [n, 4], from left to right, parted where nothing stands for long."""
    gaps = boxes[1:, 0] - np.maximum.accumulate(boxes[:, 2])[:-1]
    return np.split(boxes, np.flatnonzero(gaps > _GAP * _height(boxes)) + 1)


def _strip(page: Grey, boxes: Floats, slope: float, height: int, digit: int) -> Strip:
    own = _height(boxes)
    levels = (boxes[:, 1] + boxes[:, 3]) / 2 - slope * (boxes[:, 0] + boxes[:, 2]) / 2
    level, half = float(np.median(levels)), round(own * height / digit / 2)
    left, right = int(np.floor(boxes[:, 0].min() - _ROOM * own)), int(np.ceil(boxes[:, 2].max() + _ROOM * own))
    seen = _levelled(page, left, right, np.round(level + slope * (np.arange(left, right) + 0.5)).astype(int), half)
    cells = (right - left) * height / (2 * half) / CELL
    shrinks = 2 * half > height
    # Neither side may grow where the other shrinks.
    width = CELL * int(np.floor(cells) if shrinks else np.ceil(cells))
    pixels = cv2.resize(seen, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    across, down = width / (right - left), height / (2 * half)
    return Strip(np.asarray(pixels, np.uint8), digit, slope, level, left, across, down)


def _levelled(page: Grey, left: int, right: int, middles: NDArray[np.int_], half: int) -> Grey:
    """The page's columns from left to right, each half above and half below its middle."""
    ys, xs = middles + np.arange(-half, half)[:, None], np.arange(left, right)
    height, width = page.shape
    inside = (ys >= 0) & (ys < height) & (xs >= 0) & (xs < width)
    pixels = page[np.clip(ys, 0, height - 1), np.clip(xs, 0, width - 1)]
    if not inside.all():
        seen = pixels[inside]
        pixels[~inside] = upper_median(seen) if seen.size else 0
    return np.asarray(pixels, np.uint8)


def _height(boxes: Floats) -> float:
    """The digits' height in pixels of the page: their median."""
    return max(_LEAST, typical_height(boxes))
