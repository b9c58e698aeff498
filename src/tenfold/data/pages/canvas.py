"""A page in the making: its tone, and what is written on it with its box and class."""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.reading.detector.peaks import SEPARATORS

Tone = NDArray[np.float32]
"""Brightness float32 [h, w]: 0 black, 1 white."""

Field = NDArray[np.uint8]
"""A glyph as distances: uint8 [side, side], `FIELD_ZERO` at its outline or middle line, more outside."""

FIELD_ZERO, FIELD_STEPS = 64, 4
"""A field's value at distance 0, and its steps a pixel: distances from -16 to 47 pixels in quarters."""

CLASSES = (*"0123456789", *SEPARATORS)
"""What the detector learns to find, by class."""

UNKNOWN = len(CLASSES)
"""Class of ink that nobody could name alone, as a single O or l: training ignores it."""

_VISIBLE = 0.8
"""A glyph with less than this share of its box on the page is of class UNKNOWN."""


@dataclass
class Mark:
    """One digit or separator on the page. label: index in CLASSES, or UNKNOWN; corners float64 [4, 2]: x, y in pixels,
    clockwise from the upper left corner of the upright glyph."""

    label: int
    corners: NDArray[np.float64]

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom in pixels."""
        (left, top), (right, bottom) = self.corners.min(axis=0), self.corners.max(axis=0)
        return float(left), float(top), float(right), float(bottom)


@dataclass
class Canvas:
    """A page [h, w] with its random stream. Everything is drawn in its pixels; what leaves it is cut off."""

    tone: Tone
    rng: np.random.Generator
    marks: list[Mark] = field(default_factory=list)

    @property
    def height(self) -> int:
        """Pixels."""
        return int(self.tone.shape[0])

    @property
    def width(self) -> int:
        """Pixels."""
        return int(self.tone.shape[1])

    def ink(self, least: float = 0.2, most: float = 1.0) -> float:
        """Brightness of an ink on this page: darker than the paper by a random share of it from `least` to `most`."""
        return float(np.median(self.tone[::8, ::8])) * (1 - self.rng.uniform(least, most))

    def cover(self, coverage: Tone, left: int, top: int, value: float) -> None:
        """Paint coverage [h, w] in [0, 1] at a place: each pixel goes as far towards brightness `value`."""
        x0, y0 = max(left, 0), max(top, 0)
        x1, y1 = min(left + coverage.shape[1], self.width), min(top + coverage.shape[0], self.height)
        if x0 >= x1 or y0 >= y1:
            return
        part = coverage[y0 - top : y1 - top, x0 - left : x1 - left]
        region = self.tone[y0:y1, x0:x1]
        region += part * (np.float32(value) - region)

    def stamp(self, glyph: Field, matrix: NDArray[np.float64], reach: float, value: float, depth: float = 1.0) -> None:
        """Paint a glyph. matrix [2, 3]: from the glyph's pixels to the page's; reach: the ink's edge as a distance in
        the glyph's pixels (half the pen's width for a middle line, 0 for an outline); depth: of full ink, 0 to 1."""
        side = glyph.shape[0]
        corners = matrix[:, :2] @ np.array([[0, side, side, 0], [0, 0, side, side]]) + matrix[:, 2:]
        x0, y0 = np.maximum(np.floor(corners.min(axis=1)).astype(int), 0)
        x1, y1 = np.minimum(np.ceil(corners.max(axis=1)).astype(int), (self.width, self.height))
        if x0 >= x1 or y0 >= y1:
            return
        local = matrix.copy()
        local[:, 2] -= (x0, y0)
        # An affine map sends the middle of a pixel to where its index plus a half goes.
        local[:, 2] += local[:, :2].sum(axis=1) / 2 - 0.5
        size = (int(x1 - x0), int(y1 - y0))
        distance = cv2.warpAffine(glyph, local, size, borderMode=cv2.BORDER_CONSTANT, borderValue=255)
        scale = float(np.sqrt(abs(np.linalg.det(matrix[:, :2])))) / FIELD_STEPS
        edge = FIELD_ZERO + reach * FIELD_STEPS
        # A stroke thinner than a pixel would vanish: the map's ramp is a pixel wide.
        levels = np.clip((edge - _LEVELS) * scale + 0.5, 0, 1) * depth
        region = self.tone[y0:y1, x0:x1]
        region += levels.astype(np.float32)[distance] * (np.float32(value) - region)

    def line(self, points: NDArray[np.float64], width: float, value: float, depth: float = 1.0) -> None:
        """Paint a polyline through points [n, 2] (x, y), `width` pixels wide, with soft edges."""
        reach = int(np.ceil(width)) + 2
        x0, y0 = np.maximum(np.floor(points.min(axis=0)).astype(int) - reach, 0)
        x1, y1 = np.minimum(np.ceil(points.max(axis=0)).astype(int) + reach + 1, (self.width, self.height))
        if x0 >= x1 or y0 >= y1:
            return
        ink = np.zeros((int(y1 - y0), int(x1 - x0)), np.uint8)
        shift = 4
        at = np.round((points - (x0, y0)) * (1 << shift)).astype(np.int32)
        cv2.polylines(ink, [at], False, 255, max(1, round(width)), cv2.LINE_AA, shift)
        faint = min(1.0, width) * depth / 255
        region = self.tone[y0:y1, x0:x1]
        region += ink.astype(np.float32) * np.float32(faint) * (np.float32(value) - region)

    def rectangle(self, left: float, top: float, right: float, bottom: float, value: float, depth: float = 1.0) -> None:
        """Fill a rectangle."""
        x0, y0, x1, y1 = (max(0, round(edge)) for edge in (left, top, right, bottom))
        region = self.tone[y0:y1, x0:x1]
        region += np.float32(depth) * (np.float32(value) - region)

    def mark(self, label: int, corners: NDArray[np.float64]) -> None:
        """Note what stands at corners [4, 2]; mostly off the page it is UNKNOWN, wholly off it nothing."""
        (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
        across = min(right, self.width) - max(left, 0)
        down = min(bottom, self.height) - max(top, 0)
        if across <= 0 or down <= 0:
            return
        whole = across * down >= _VISIBLE * max((right - left) * (bottom - top), 1e-6)
        self.marks.append(Mark(label if whole else UNKNOWN, np.asarray(corners, np.float64)))

    def mark_box(self, label: int, left: float, top: float, right: float, bottom: float) -> None:
        """As `mark`, for an upright box."""
        self.mark(label, np.array([[left, top], [right, top], [right, bottom], [left, bottom]]))

    def blot(self, left: float, top: float, right: float, bottom: float) -> None:
        """Forget the digits whose middle lies within a box: they were crossed out or covered."""
        self.marks = [
            mark
            for mark in self.marks
            if not (left < mark.corners[:, 0].mean() < right and top < mark.corners[:, 1].mean() < bottom)
        ]


_LEVELS = np.arange(256)
