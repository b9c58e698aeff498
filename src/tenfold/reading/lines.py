"""Lines of writing, in reading order, from the boxes of digits: also slanted ones, and rows of a page seen aslant."""

import numpy as np
from numpy.typing import NDArray

from tenfold.reading.measures import quantile

Boxes = NDArray[np.float64]
"""[n, 4]: left, top, right, bottom in pixels of the page."""

Indices = NDArray[np.intp]
Levels = NDArray[np.float64]

_AT_ONCE = 64
"""So many digits are looked at before the next: the neighbour is mostly among the first."""

_STEEPEST = 0.45
"""Tangent of the steepest line of writing."""

_BESIDE = 0.35
"""Digits stand on one line if they share this much of the lower one's height."""

_NEIGHBOUR = 6.0
"""Neighbours on a line that tell its slope are at most so many heights apart."""

_FORWARD = 0.25
"""A right neighbour's middle is at least so many heights further right,"""

_LEVEL, _ASIDE = 0.2, 0.9
"""it may lie higher or lower by the first share of the height beside the steepest slope, at most by the second,"""

_ALIKE = 0.6
"""and its height differs by at most so much in its logarithm."""


def find_lines(boxes: Boxes) -> list[list[int]]:
    """Indices of the boxes of each line, lines from top to bottom, boxes from left to right."""
    if not len(boxes):
        return []
    middle_x, middle_y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    level = middle_y - line_slope(boxes) * middle_x
    half = (boxes[:, 3] - boxes[:, 1]) / 2
    order = np.argsort(middle_x, kind="stable")
    line_of = np.arange(len(boxes))
    for place, index in enumerate(order):
        # The nearest on either side: a small digit may stand beside none but the last but one.
        for others in (order[place + 1 :], order[:place][::-1]):
            nearest = _nearest_beside(index, others, level, half)
            if nearest is not None:
                line_of[line_of == line_of[nearest]] = line_of[index]
    lines = [order[line_of[order] == line].tolist() for line in sorted(set(line_of.tolist()))]
    return sorted(lines, key=lambda line: float(np.mean(level[line])))


def typical_height(boxes: Boxes) -> float:
    """The height of most digits in pixels: the median of their boxes [n, 4], at least one."""
    return quantile((boxes[:, 3] - boxes[:, 1]).astype(np.float32), 0.5)


def _nearest_beside(index: int, others: Indices, level: Levels, half: Levels) -> int | None:
    """The first of others that stands on one line with a digit; None where none does.

    level [n]: of all middles, half [n]: of all heights, in pixels.
    """
    for first in range(0, len(others), _AT_ONCE):
        some = others[first : first + _AT_ONCE]
        top = np.maximum(level[index] - half[index], level[some] - half[some])
        bottom = np.minimum(level[index] + half[index], level[some] + half[some])
        beside = np.flatnonzero(bottom - top >= 2 * _BESIDE * np.minimum(half[index], half[some]))
        if len(beside):
            return int(some[beside[0]])
    return None


def line_slope(boxes: Boxes) -> float:
    """Tangent of the page's lines, downwards to the right: the median over digits and their right neighbours."""
    if len(boxes) < 2:
        return 0.0
    middle_x, middle_y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    order = np.argsort(middle_x, kind="stable")
    x, y, heights = middle_x[order], middle_y[order], (boxes[:, 3] - boxes[:, 1])[order]
    firsts = np.searchsorted(x, x + _FORWARD * heights, "right")
    ends = np.searchsorted(x, x + _NEIGHBOUR * heights, "left")
    slopes = []
    for index, (first, end) in enumerate(zip(firsts, ends, strict=True)):
        across, down, height = x[first:end] - x[index], y[first:end] - y[index], heights[index]
        near = np.abs(down) < np.minimum(_STEEPEST * across + _LEVEL * height, _ASIDE * height)
        near &= np.abs(np.log(heights[first:end] / height)) < _ALIKE
        if near.any():
            nearest = int(np.argmax(near))
            slopes.append(down[nearest] / across[nearest])
    if len(slopes) < 2:
        # One pair may as well be a small and a large digit on a level line.
        return 0.0
    return float(np.clip(quantile(np.array(slopes, np.float32), 0.5), -_STEEPEST, _STEEPEST))
