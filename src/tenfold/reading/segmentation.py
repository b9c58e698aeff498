"""Which parts of a line are which digit: every grouping that could be one is recognised, and the best line kept.

A digit may lie in several parts (a loose bar, a broken stroke), and one part may hold several digits (those that touch,
which `tenfold.reading.cuts` has sliced). So neighbours are also offered together, each offer (a candidate) is
recognised, and the sequence of candidates that explains the whole line best is found as the best path through them.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tenfold.reading.frame import frame
from tenfold.reading.layout import Box, Layout, Line

Floats = NDArray[np.float32]

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

_REFUSAL = -4.0
"""The logarithm of how rarely a piece of ink of a digit's size is none: so much the recogniser must be surer."""

_USUAL = 0.75
"""A digit's usual width, as a share of the writing's height: wider ink is that many more refusals."""

_DIRT = -0.1
"""The same for ink too small to be a digit."""

_BESIDE = -1.0
"""The logarithm of how rarely a small piece that stands beside a digit, not above or below it, is part of it: it is a
point, a comma, a dash."""


class Candidate(NamedTuple):
    """Parts first to last of a line, taken as one digit. box: x, y, width, height in pixels of the page.

    small: too small for a digit; width: in digits' usual widths, at least 1; beside: whether a small piece stands
    beside the rest of it.
    """

    first: int
    last: int
    box: Box
    view: NDArray[np.uint8]
    small: bool
    width: float = 1.0
    beside: bool = False


def candidates(layout: Layout, line: Line, strength: NDArray[np.uint8]) -> list[Candidate]:
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
            width = max(1.0, (box[2] - lean) / (_USUAL * line.height))
            view = view_of(layout, strength, box, labels)
            beside = last > first and _mark_beside(line, first, last)
            found.append(Candidate(first, last, box, view, small, width, beside))
    return found


def _mark_beside(line: Line, first: int, last: int) -> bool:
    """Whether the first or the last part of a run is small and shares no column with the others."""
    parts = line.parts[first : last + 1]
    for end, rest in ((parts[0], parts[1:]), (parts[-1], parts[:-1])):
        x, _y, width, height = end.box
        left, _top, wide, _tall = around([part.box for part in rest])
        apart = x >= left + wide or x + width <= left
        if apart and max(width, height) < _MAIN * line.height:
            return True
    return False


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


def alone(layout: Layout, strength: NDArray[np.uint8]) -> list[tuple[Candidate, float]]:
    """Every run of parts, and all of a page together, with the share of the page's ink that each holds."""
    parts = [part for line in layout.lines for part in line.parts]
    if not parts:
        return []
    total = sum(part.area for part in parts)
    box = around([part.box for part in parts])
    everything = view_of(layout, strength, box, [part.label for part in parts])
    found = [(Candidate(0, len(parts) - 1, box, everything, False), 1.0)]
    for line in layout.lines:
        for run in candidates(layout, line, strength) if len(parts) > 1 else ():
            found.append((run, sum(part.area for part in line.parts[run.first : run.last + 1]) / total))
    return found


def best_path(count: int, offers: Sequence[Candidate], accept: Floats, refuse: Floats) -> list[tuple[int, bool]]:
    """The offers, in reading order, that explain parts 0 to count - 1 best, each with whether it is a digit.

    accept, refuse [offers]: the logarithm of how likely each is one digit, and how likely none.
    """
    best = np.full(count + 1, -np.inf)
    best[0] = 0.0
    step: list[tuple[int, bool]] = [(-1, False)] * (count + 1)
    # An offer leads from its first part to the one after its last: in order of the first, all before it is known.
    for number in sorted(range(len(offers)), key=lambda i: offers[i].first):
        offer = offers[number]
        refusal = _DIRT if offer.small else offer.width * (_REFUSAL + float(refuse[number]))
        taken = -np.inf if offer.small else float(accept[number]) + (_BESIDE if offer.beside else 0.0)
        score = best[offer.first] + max(taken, refusal)
        if score > best[offer.last + 1]:
            best[offer.last + 1] = score
            step[offer.last + 1] = number, taken >= refusal
    path = []
    at = count
    while at > 0:
        path.append(step[at])
        at = offers[step[at][0]].first
    return path[::-1]


def around(boxes: Sequence[Box]) -> Box:
    """The smallest box that holds all of some boxes."""
    x, y = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right, bottom = max(box[0] + box[2] for box in boxes), max(box[1] + box[3] for box in boxes)
    return x, y, right - x, bottom - y
