"""What the page network should answer: marks as heat maps and boxes, on views of pages that vary."""

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.data.pages.canvas import UNKNOWN
from tenfold.reading.detector.peaks import DIGITS, HEATS, SMALL, STRIDE, TURNS
from tenfold.reading.measures import edge

LEAST, MOST = 8.5, 46.0
"""Pixels of the longer side of digits that are found at this size of the page."""

_DOUBTFUL_LEAST, _DOUBTFUL_MOST = 7.0, 58.0
"""Beyond LEAST and MOST as far as this, nothing is asked; larger ones are no digits at this size."""

_SMALLEST, _SMALL_MOST = 2.5, 10.0
"""Pixels of digits that are small."""

_SPREAD, _LEAST_SPREAD = 0.13, 0.45
"""Standard deviation of a heat: share of the box's side, and least, in cells."""

_BOXED = 0.55
"""Heat above which a cell is asked for its box."""

Floats = NDArray[np.float32]


class Targets:
    """heats float32 [HEATS, h, w] in [0, 1]; weights [HEATS, h, w] of 0 and 1; boxes [4, h, w]: the middle's place from
    the cell's own in cells, and the logarithms of width and height in pixels; boxed [h, w]: how much a box counts."""

    def __init__(self, side: int) -> None:
        cells = side // STRIDE
        self.heats = np.zeros((HEATS, cells, cells), np.float32)
        self.weights = np.ones((HEATS, cells, cells), np.float32)
        self.boxes = np.zeros((4, cells, cells), np.float32)
        self.boxed = np.zeros((cells, cells), np.float32)

    def add(self, marks: Floats, turn: int) -> None:
        """Add a page's marks [m, 5]: label, left, top, right, bottom in pixels."""
        if not len(marks):
            return
        size = np.maximum(marks[:, 3:5] - marks[:, 1:3], 1.0)
        longest = size.max(axis=1)
        digits = marks[:, 0] < DIGITS
        reference = longest.copy()
        for index in np.flatnonzero(~digits & (marks[:, 0] < UNKNOWN)).tolist():
            # A dot is as large as the digits beside it say.
            apart = np.abs(marks[:, 1:3] + marks[:, 3:5] - marks[index, 1:3] - marks[index, 3:5]).sum(axis=1)
            apart[~digits] = np.inf
            nearest = int(np.argmin(apart))
            reference[index] = longest[nearest] if np.isfinite(apart[nearest]) else 0.0
        for index, mark in enumerate(marks):
            self._add(int(mark[0]), mark[1:], float(reference[index]), turn)

    def _add(self, label: int, box: Floats, scale: float, turn: int) -> None:
        if label == UNKNOWN:
            if scale < _DOUBTFUL_MOST:
                self._forget(box, slice(0, HEATS))
            return
        if _SMALLEST <= scale <= _SMALL_MOST and label < DIGITS:
            self._heat(SMALL, box, boxed=False)
        if LEAST <= scale <= MOST:
            self._heat(label if not turn else TURNS + turn, box, boxed=True)
        elif _DOUBTFUL_LEAST <= scale <= _DOUBTFUL_MOST:
            self._forget(box, slice(0, SMALL))
            self._forget(box, slice(SMALL + 1, HEATS))

    def _window(self, box: Floats, spread: float) -> tuple[slice, slice] | None:
        cells = self.boxed.shape[0]
        (left, top, right, bottom) = box / STRIDE
        x0, x1 = max(0, int(left - spread)), min(cells, int(right + spread) + 1)
        y0, y1 = max(0, int(top - spread)), min(cells, int(bottom + spread) + 1)
        return None if x0 >= x1 or y0 >= y1 else (slice(y0, y1), slice(x0, x1))

    def _forget(self, box: Floats, channels: slice) -> None:
        window = self._window(box, 0)
        if window is not None:
            self.weights[(channels, *window)] = 0

    def _heat(self, channel: int, box: Floats, *, boxed: bool) -> None:
        window = self._window(box, 2)
        if window is None:
            return
        left, top, right, bottom = box / STRIDE
        x, y = (left + right) / 2 - 0.5, (top + bottom) / 2 - 0.5
        rows = np.arange(window[0].start, window[0].stop, dtype=np.float32)
        columns = np.arange(window[1].start, window[1].stop, dtype=np.float32)
        # Measured from the cell that holds the middle, so that its heat is 1.
        wide, high = _LEAST_SPREAD + _SPREAD * (right - left), _LEAST_SPREAD + _SPREAD * (bottom - top)
        across = np.exp(-((columns - round(float(x))) ** 2) / (2 * wide**2))
        down = np.exp(-((rows - round(float(y))) ** 2) / (2 * high**2))
        heat = down[:, None] * across[None, :]
        region = self.heats[(channel, *window)]
        np.maximum(region, heat, out=region)
        if boxed:
            self._box(window, heat, (x, y), rows, columns, box)

    def _box(
        self,
        window: tuple[slice, slice],
        heat: Floats,
        middle: tuple[float, float],
        rows: Floats,
        columns: Floats,
        box: Floats,
    ) -> None:
        nearest = (heat > _BOXED) & (heat > self.boxed[window])
        values = self.boxes[(slice(None), *window)]
        values[0][nearest] = np.broadcast_to(middle[0] - columns[None, :], heat.shape)[nearest]
        values[1][nearest] = np.broadcast_to(middle[1] - rows[:, None], heat.shape)[nearest]
        values[2][nearest] = np.log(max(float(box[2] - box[0]), 1.5))
        values[3][nearest] = np.log(max(float(box[3] - box[1]), 1.5))
        self.boxed[window][nearest] = heat[nearest]


def varied(
    pixels: NDArray[np.uint8], marks: Floats, rng: np.random.Generator, scale: float
) -> tuple[NDArray[np.uint8], Floats]:
    """A page [side, side] and its marks [m, 5] seen `scale` times as large, from a random place; paper lies around it,
    as the reader lays it there."""
    side = pixels.shape[0]
    paper = float(np.median(edge(pixels)))
    room = side - scale * side
    x, y = rng.uniform(min(room, 0), max(room, 0), 2)
    matrix = np.array([[scale, 0, x], [0, scale, y]])
    matrix[:, 2] += scale / 2 - 0.5
    way = cv2.INTER_AREA if scale < 0.9 else cv2.INTER_LINEAR
    if scale < 0.9:
        small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=way)
        left, top = round(x), round(y)
        right, bottom = max(side - left - small.shape[1], 0), max(side - top - small.shape[0], 0)
        seen = cv2.copyMakeBorder(small, top, bottom, left, right, cv2.BORDER_CONSTANT, value=(paper,))
        seen = seen[:side, :side]
        x, y = left, top
    else:
        seen = cv2.warpAffine(
            pixels, matrix, (side, side), flags=way, borderMode=cv2.BORDER_CONSTANT, borderValue=(paper,)
        )
    moved = marks.copy()
    moved[:, 1::2] = marks[:, 1::2] * scale + x
    moved[:, 2::2] = marks[:, 2::2] * scale + y
    return np.asarray(seen, np.uint8), _within(moved, side)


def _within(marks: Floats, side: int) -> Floats:
    """Marks on the page; those cut by its edge are UNKNOWN."""
    inside = np.maximum(np.minimum(marks[:, 3:5], side) - np.maximum(marks[:, 1:3], 0), 0).prod(axis=1)
    whole = np.maximum((marks[:, 3:5] - marks[:, 1:3]).prod(axis=1), 1e-6)
    marks = marks.copy()
    marks[inside < 0.75 * whole, 0] = UNKNOWN
    return np.asarray(marks[inside > 0], np.float32)
