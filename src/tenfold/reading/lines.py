"""Lines of writing, in reading order, from the boxes of digits: also slanted ones, and rows of a page seen aslant."""

import numpy as np
from numpy.typing import NDArray

from tenfold.reading.measures import quantile

Boxes = NDArray[np.float64]
"""[n, 4]: left, top, right, bottom in pixels of the page."""

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
            top = np.maximum(level[index] - half[index], level[others] - half[others])
            bottom = np.minimum(level[index] + half[index], level[others] + half[others])
            beside = np.flatnonzero(bottom - top >= 2 * _BESIDE * np.minimum(half[index], half[others]))
            if len(beside):
                line_of[line_of == line_of[others[beside[0]]]] = line_of[index]
    lines = [[int(index) for index in order if line_of[index] == line] for line in sorted(set(line_of.tolist()))]
    return sorted(lines, key=lambda line: float(np.mean(level[line])))


def line_slope(boxes: Boxes) -> float:
    """Tangent of the page's lines, downwards to the right: the median over digits and their right neighbours."""
    if len(boxes) < 2:
        return 0.0
    middle = np.stack([boxes[:, 0] + boxes[:, 2], boxes[:, 1] + boxes[:, 3]], axis=1) / 2
    heights = boxes[:, 3] - boxes[:, 1]
    slopes = []
    for index in range(len(boxes)):
        away = middle - middle[index]
        near = (away[:, 0] > _FORWARD * heights[index]) & (away[:, 0] < _NEIGHBOUR * heights[index])
        aside = np.minimum(_STEEPEST * away[:, 0] + _LEVEL * heights[index], _ASIDE * heights[index])
        near &= np.abs(away[:, 1]) < aside
        near &= np.abs(np.log(heights / heights[index])) < _ALIKE
        if near.any():
            nearest = np.flatnonzero(near)[np.argmin(away[near, 0])]
            slopes.append(away[nearest, 1] / away[nearest, 0])
    if len(slopes) < 2:
        # One pair may as well be a small and a large digit on a level line.
        return 0.0
    return float(np.clip(quantile(np.array(slopes, np.float32), 0.5), -_STEEPEST, _STEEPEST))
