"""Pieces of a drawn number: every run of neighbouring parts that could be taken for one digit, rightly or not.

A digit may lie in several parts (a loose bar, a broken stroke), and one part may hold several digits (those that touch,
which `pieces_cuts` has sliced). Whole digits, halves and pairs: a classifier learns from all of them.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tenfold.data.synthetic.pieces_layout import Layout, Line
from tenfold.inference.frame import frame
from tenfold.reading.measures import Box

_WIDEST = 1.5
"""No digit is wider than this, as a share of the writing's height."""

_FURTHEST = 0.3
"""No digit has a gap this wide, as a share of the writing's height, between two of its parts."""

_MOST = 7
"""No digit has more parts."""

_MAIN = 0.45
"""Ink smaller than this share of the writing's height, in both directions, is no digit: a dot, a dash, dirt."""

_COMMA = 0.62
"""Narrow ink lower than this share of the writing's height, in the lower half of the line, is a comma and no 1."""


class Piece(NamedTuple):
    """Parts first to last of a line, taken as one digit. box: x, y, width, height in pixels of the page; view: as a
    classifier sees it; small: too small for a digit."""

    first: int
    last: int
    box: Box
    view: NDArray[np.uint8]
    small: bool


def pieces(layout: Layout, line: Line, strength: NDArray[np.uint8]) -> list[Piece]:
    """Every run of neighbouring parts that could be one digit, and every part alone."""
    found = []
    tall = [part.box[1] for part in line.parts if part.box[3] >= _COMMA * line.height]
    low = (float(np.median(tall)) if tall else 0.0) + line.height / 2
    for first in range(len(line.parts)):
        box = line.parts[first].box
        reach = box[0] + box[2]
        for last in range(first, min(first + _MOST, len(line.parts))):
            part = line.parts[last]
            if part.box[0] - reach > _FURTHEST * line.height:
                break
            box = around((box, part.box))
            reach = box[0] + box[2]
            lean = abs(line.slant) * box[3]
            if last > first and box[2] - lean > _WIDEST * line.height:
                break
            labels = [part.label for part in line.parts[first : last + 1]]
            small = max(box[2], box[3]) < _MAIN * line.height
            small = small or (first > 0 and box[1] > low and box[2] - lean < box[3] < _COMMA * line.height)
            view = view_of(layout, strength, box, labels)
            found.append(Piece(first, last, box, view, small))
    return found


def view_of(layout: Layout, strength: NDArray[np.uint8], box: Box, labels: Sequence[int]) -> NDArray[np.uint8]:
    """The 28×28 view of the parts with these labels, all within box."""
    # A stroke's soft edge reaches a pixel beyond its part.
    x, y = max(0, box[0] - 1), max(0, box[1] - 1)
    window = np.s_[y : box[1] + box[3] + 1, x : box[0] + box[2] + 1]
    parts = layout.labels[window]
    # For a digit's few parts, that is faster than isin.
    few = len(labels) <= _MOST
    inside = np.logical_or.reduce([parts == label for label in labels]) if few else np.isin(parts, labels)
    return frame(strength[window] * inside)


def around(boxes: Sequence[Box]) -> Box:
    """The smallest box that holds all of some boxes."""
    x, y = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right, bottom = max(box[0] + box[2] for box in boxes), max(box[1] + box[3] for box in boxes)
    return x, y, right - x, bottom - y
