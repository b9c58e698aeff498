"""Where the ink of a drawn number lies: connected parts, gathered into lines of writing, from left to right.

A part is what one pen stroke or several that touch left behind: a digit, half of one (the loose bar of a 5), or several
that run together.
"""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.reading.ink import Ink
from tenfold.reading.measures import Box

_SOLID = 64
"""Strength of ink above which a pixel joins its neighbours to a part; below it is a stroke's soft edge."""

_SPECK = 0.12
"""Ink smaller than this share of the writing's height, in both directions, is dirt."""

_MAIN = 0.45
"""A part at least this high, as a share of the writing's height, stands in a line of its own right."""

_NEAR = 0.7
"""Smaller parts belong to a main part no further away than this share of the writing's height."""

_MOST_PARTS = 1500
"""Of more parts than this only the largest are looked at."""


class Part(NamedTuple):
    """A piece of ink, the smallest that belongs to one digit. label: its pixels' value in Layout.labels."""

    label: int
    box: Box
    area: int


class Line(NamedTuple):
    """Parts of one line of writing from left to right. height: of its digits, in pixels; slant: the shift to the right
    of an upright stroke's top, as a share of its height."""

    parts: tuple[Part, ...]
    height: float
    slant: float


class Layout(NamedTuple):
    """The lines of a page from top to bottom. labels int32 [h, w]: which part each pixel belongs to, 0 for none."""

    labels: NDArray[np.int32]
    lines: tuple[Line, ...]


def find_layout(ink: Ink) -> Layout:
    """The lines of writing on a page."""
    mask = (ink.strength > _SOLID).astype(np.uint8)
    count, found, measured, _centres = cv2.connectedComponentsWithStats(mask, connectivity=8, ltype=cv2.CV_32S)
    labels, stats = np.asarray(found, np.int32), np.asarray(measured, np.int32)
    if count < 2:
        return Layout(labels, ())
    boxes, areas = stats[1:, :4], stats[1:, 4]
    height = _writing_height(boxes, areas)
    size = boxes[:, 2:4].max(axis=1)
    kept = np.flatnonzero((size >= _SPECK * height) & (areas >= 3))
    kept = kept[np.argsort(-areas[kept], kind="stable")][:_MOST_PARTS]
    # A flat piece, however long, is the bar of a 5 or a dash; it stands alone only where all ink is flat.
    high = boxes[kept, 3] >= _MAIN * height
    if not high.any():
        high = size[kept] >= _MAIN * height
    lines = _lines(boxes, kept[high])
    _attach(boxes, kept[~high], lines, _NEAR * height)
    written = [
        Line(
            tuple(Part(int(i) + 1, _box(boxes[i]), int(areas[i])) for i in line),
            _writing_height(boxes[line], areas[line]),
            0.0,
        )
        for line in lines
    ]
    written.sort(key=lambda line: float(np.mean([part.box[1] + part.box[3] / 2 for part in line.parts])))
    # The soft edge of a stroke is part of it.
    grown = cv2.dilate(labels.astype(np.float32), np.ones((3, 3), np.uint8)).astype(np.int32)
    return Layout(np.where((labels == 0) & (ink.strength > 0), grown, labels), tuple(written))


def _box(row: NDArray[np.int32]) -> Box:
    x, y, width, height = (int(value) for value in row)
    return x, y, width, height


def _writing_height(boxes: NDArray[np.int32], areas: NDArray[np.int32]) -> float:
    """The height of most ink: the median of the parts' heights, each weighted by its ink; a lying stroke's length
    counts where it is all there is."""
    order = np.argsort(boxes[:, 3], kind="stable")
    total = np.cumsum(areas[order])
    middle = order[np.searchsorted(total, total[-1] / 2)]
    return float(max(boxes[middle, 3], boxes[middle, 2] / 3))


def _lines(boxes: NDArray[np.int32], mains: NDArray[np.intp]) -> list[list[int]]:
    """Main parts chained from left to right: each goes with the nearest to its right that stands beside it."""
    order = mains[np.argsort(boxes[mains, 0] + boxes[mains, 2] / 2, kind="stable")]
    middle_x = boxes[order, 0] + boxes[order, 2] / 2
    top, bottom = boxes[order, 1], boxes[order, 1] + boxes[order, 3]
    line_of = np.arange(len(order))
    for i in range(len(order) - 1):
        beside = np.minimum(bottom[i], bottom[i + 1 :]) - np.maximum(top[i], top[i + 1 :])
        enough = beside >= 0.4 * np.minimum(bottom[i] - top[i], bottom[i + 1 :] - top[i + 1 :])
        found = np.flatnonzero(enough)
        if len(found):
            j = i + 1 + int(found[np.argmin(middle_x[i + 1 + found])])
            line_of[line_of == line_of[j]] = line_of[i]
    # A set, for np.unique loads numpy's masked arrays, which takes 10 ms.
    return [[int(order[i]) for i in np.flatnonzero(line_of == line)] for line in sorted(set(line_of.tolist()))]


def _attach(boxes: NDArray[np.int32], small: NDArray[np.intp], lines: list[list[int]], reach: float) -> None:
    """Adds small parts to the line of the nearest main part, in the order of their middles."""
    owner = {part: line for line in lines for part in line}
    mains = np.array(list(owner), np.intp)
    if len(mains) == 0:
        return
    for part in small:
        x, y, width, height = boxes[part]
        gap_x = np.maximum(boxes[mains, 0] - x - width, x - boxes[mains, 0] - boxes[mains, 2])
        gap_y = np.maximum(boxes[mains, 1] - y - height, y - boxes[mains, 1] - boxes[mains, 3])
        distance = np.hypot(np.maximum(gap_x, 0), np.maximum(gap_y, 0))
        nearest = int(np.argmin(distance))
        if distance[nearest] <= reach:
            owner[int(mains[nearest])].append(int(part))
    for line in lines:
        line.sort(key=lambda part: boxes[part, 0] + boxes[part, 2] / 2)
