"""Lines of made-up pages as strips, as the line network learns from them."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from tenfold.data.pages.canvas import UNKNOWN
from tenfold.data.pages.make import Pages, turned
from tenfold.errors import TenfoldError
from tenfold.reading.detector.merging import apart
from tenfold.reading.detector.peaks import DIGITS, digit_boxes
from tenfold.reading.line_strips import CELL, DIGIT_HEIGHT, STRIP_HEIGHT, Strip, line_strips
from tenfold.training.page.bending import places, redrawn, shifts, taken_from
from tenfold.training.page.looking import finder_of, looked_at
from tenfold.training.page.loss import IGNORED
from tenfold.training.page.plan import Plan

Grey = NDArray[np.uint8]
Floats = NDArray[np.float32]

NO_DIGIT = DIGITS
"""Label of a cell in which no digit has its middle."""

_NOBODY_KNOWS, _NOTHING = -1, -2
"""A sign that nobody can name from its line; what the page network took for a digit where there is none."""

_STORED_HEIGHT, _STORED_DIGIT = 72, 32
"""Pixels of strips and of their digits as they are kept, so that views of them can be moved, turned and shrunk."""

_DOUBT = 0.2, 0.5
"""Heat from which a find tells where a line runs: on each page another between these."""

_INEXACT = 0.04
"""Standard deviation by which the sides of a box that is there are moved, in its widths and heights, as finds lie."""

_WINDOW = 160
"""Pixels of a view's width: some six digits."""

_SMALLEST = 8.0
"""Pixels of a digit's height on the page: lower ones nobody reads."""

_LONGEST = 60.0
"""Strips that are longer, in heights of their digits, are left out."""

_SCALED, _STRETCHED, _SHEARED, _SLOPING = 0.08, 0.12, 0.2, 0.015
"""Standard deviations of a view's size and of its width beside that, as logarithms, of its slant, of its slope."""

_MOVED = 1.3
"""Pixels: standard deviation by which a view is moved up or down."""

_ASIDE = 0.35
"""A view's digit is at most so far from its middle, in widths of the view."""

_BENT, _KNOTS = 1.3, 10
"""How far views are bent: `most` and `knots` of `bending.shifts`."""

_REDRAWN, _NEGATIVE = 0.3, 0.25
"""Shares of views that are drawn with another pen, and that are shown as their negatives."""

_CUT_OFF = 0.4
"""Share of views on which the picture ends close to the digits, as a tight crop of a number does."""

_MIDDLE, _LEAST_MIDDLE = 0.15, 2.01
"""A cell shows a digit so far from its middle: in widths of the digit, at least so many pixels;"""

_NEAR, _LEAST_NEAR = 0.32, 4.5
"""it surely shows none further away than this."""

_SPREAD = 0.6
"""So far from its middle, in its widths, nothing is learned of what nobody knows."""


@dataclass(frozen=True)
class Strips:
    """pixels: of each strip uint8 [72, w]; signs: of each float32 [n, 3]: label 0 to 9, -1 where nobody knows it, -2
    where nothing is; its middle and its width in pixels along the strip."""

    pixels: list[Grey]
    signs: list[Floats]


def found_strips(pages: Pages, page_network: Path, processes: int) -> Strips:
    """The lines that a page network finds on pages, and those that are there.

    Raises TenfoldError where there are none, or a process dies.
    """
    done = looked_at(pages, processes, partial(_found, page_network))
    strips = Strips([own for part in done for own in part.pixels], [own for part in done for own in part.signs])
    if not strips.pixels:
        raise TenfoldError("no lines were found on the pages: draw more of them (line.pages)")
    return strips


def _found(page_network: Path, pages: Pages) -> Strips:
    finder = finder_of(page_network)
    strips = Strips([], [])
    for index, page in enumerate(pages.pixels):
        page, marks = turned(page, pages.marks_of(index), -int(pages.turns[index]) % 4)
        rng = np.random.default_rng([index, int(page[0].sum())])  # index counts within this part of the pages
        least = rng.uniform(*_DOUBT)
        found = apart(list(finder.find(page, may_turn=False).digits))
        likely = digit_boxes([one for one in found if one.score >= least])
        there = marks[marks[:, 0] < DIGITS, 1:].astype(np.float64)
        sides = np.tile(there[:, 2:] - there[:, :2], 2)
        for boxes in (likely, there + rng.normal(0, _INEXACT, there.shape) * sides):
            for strip in line_strips(page, boxes, _STORED_HEIGHT, _STORED_DIGIT):
                too_small = _STORED_DIGIT / strip.down < _SMALLEST
                signs = _signs(strip, boxes, marks)
                if not too_small and strip.pixels.shape[1] < _LONGEST * _STORED_DIGIT and _anchors(signs).any():
                    strips.pixels.append(strip.pixels)
                    strips.signs.append(signs)
    return strips


def _signs(strip: Strip, lined: NDArray[np.float64], marks: Floats) -> Floats:
    """The signs of a strip: the page's marks [m, 5] that stand on it, and boxes [n, 4] on it that hold no digit."""
    boxes = marks[:, 1:].astype(np.float64)
    is_digit, unknown = marks[:, 0] < DIGITS, marks[:, 0] == UNKNOWN
    seen = strip.aside(boxes) < strip.pixels.shape[0] / 2
    held = is_digit & strip.holds(boxes)
    labels = np.where(held, marks[:, 0], _NOBODY_KNOWS)
    kept = held | (seen & (is_digit | unknown))
    known = np.stack([labels, *strip.middles(boxes)], axis=1)[kept]
    spare = np.stack([np.full(len(lined), _NOTHING), *strip.middles(lined)], axis=1)[strip.holds(lined)]
    if len(known):
        away = np.abs(spare[:, None, 1] - known[:, 1]).min(axis=1)
        spare = spare[away > 0.5 * np.maximum(spare[:, 2], CELL)]
    return np.concatenate([known, spare]).astype(np.float32)


def _anchors(signs: Floats) -> NDArray[np.bool_]:
    """Of which signs views may be taken."""
    return np.asarray(signs[:, 0] != _NOBODY_KNOWS)


class StripViews:
    """Views of strips in batches: batch i of a seed is the same whenever it is asked for."""

    def __init__(self, strips: Strips, plan: Plan) -> None:
        self._strips, self._plan = strips, plan

    def batch(self, step: int) -> tuple[Tensor, Tensor]:
        """Pieces of strips float32 [n, 1, 40, 160] in [0, 1] and the labels of their cells int64 [n, 40]."""
        rng = np.random.default_rng([self._plan.seed, step])
        seen, labels = zip(*(self._view(rng) for _ in range(self._plan.batch)), strict=True)
        return torch.from_numpy(np.stack(seen)).unsqueeze(1).float().div_(255), torch.from_numpy(np.stack(labels))

    def _view(self, rng: np.random.Generator) -> tuple[Grey, NDArray[np.int64]]:
        row = int(rng.integers(len(self._strips.pixels)))
        return _view(self._strips.pixels[row], self._strips.signs[row], rng)


def _view(strip: Grey, signs: Floats, rng: np.random.Generator) -> tuple[Grey, NDArray[np.int64]]:
    """A piece of a strip in its own size, as other hands would have written it, and the labels of its cells."""
    if rng.random() < _REDRAWN:
        strip = redrawn(strip, rng)
    anchors = signs[_anchors(signs)]
    middle = float(anchors[rng.integers(len(anchors)), 1])
    down = DIGIT_HEIGHT / _STORED_DIGIT * np.exp(rng.normal(0, _SCALED))
    across, shear = down * np.exp(rng.normal(0, _STRETCHED)), rng.normal(0, _SHEARED)
    shown_at = _WINDOW * (0.5 + rng.uniform(-_ASIDE, _ASIDE))
    wanted = places(_WINDOW)[:STRIP_HEIGHT] + shifts(_WINDOW, _BENT, _KNOTS, rng)[:STRIP_HEIGHT]
    x, y = wanted[..., 0], wanted[..., 1] - (STRIP_HEIGHT - 1) / 2
    y = (y - rng.normal(0, _MOVED) - rng.normal(0, _SLOPING) * (x - _WINDOW / 2)) / down
    x = (x + 0.5 - shown_at - shear * y) / across + middle - 0.5
    # What lies beyond the strip has the level of most of what is seen of it.
    first, last = max(0, int(x.min())), min(strip.shape[1], int(x.max()) + 2)
    strip = np.ascontiguousarray(strip[:, first:last] if last > first else strip)
    where = np.stack([x - first, y + (strip.shape[0] - 1) / 2], axis=-1).astype(np.float32)
    view = taken_from(strip, where, float(np.median(strip)))
    known = signs[signs[:, 0] != _NOTHING]
    middles, widths = (known[:, 1] - middle) * across + shown_at, np.maximum(known[:, 2] * across, 6)
    labels = _labels(known[:, 0].astype(np.int64), middles, widths)
    if rng.random() < _CUT_OFF:
        view, labels = _cut_off(view, labels, middles[known[:, 0] >= 0], widths[known[:, 0] >= 0], rng)
    return np.asarray(255 - view if rng.random() < _NEGATIVE else view, np.uint8), labels


_CELLS = (np.arange(_WINDOW // CELL) + 0.5) * CELL


def _labels(labels: NDArray[np.int64], middles: Floats, widths: Floats) -> NDArray[np.int64]:
    """The label of each cell, from those of signs [n], their middles and widths in pixels."""
    away, cells = np.abs(_CELLS - middles[:, None]), np.full(len(_CELLS), NO_DIGIT)
    cells[(away < np.maximum(_NEAR * widths, _LEAST_NEAR)[:, None]).any(axis=0)] = IGNORED
    cells[(away[labels < 0] < _SPREAD * widths[labels < 0, None]).any(axis=0)] = IGNORED
    for label, own, width in zip(labels, away, widths, strict=True):
        if label >= 0:
            cells[own <= max(_MIDDLE * width, _LEAST_MIDDLE)] = label
    return cells


def _cut_off(
    view: Grey, labels: NDArray[np.int64], middles: Floats, widths: Floats, rng: np.random.Generator
) -> tuple[Grey, NDArray[np.int64]]:
    """A view whose picture ends close to some of its digits, paper beyond."""
    left, right, top, bottom = 0, _WINDOW, 0, STRIP_HEIGHT
    inside = np.flatnonzero((middles > 0) & (middles < _WINDOW))
    if len(inside):
        one = inside[middles[inside].argmin()] if rng.random() < 0.6 else rng.choice(inside)
        last = inside[middles[inside].argmax()]
        if rng.random() < 0.7:
            left = int(np.clip(middles[one] - widths[one] * rng.uniform(0.4, 0.8), 0, _WINDOW - 8))
        if rng.random() < 0.5:
            right = int(np.clip(middles[last] + widths[last] * rng.uniform(0.4, 0.8), left + 8, _WINDOW))
    edge = (STRIP_HEIGHT - DIGIT_HEIGHT) / 2
    if rng.random() < 0.6:
        top = max(0, int(edge + rng.uniform(-4, 3)))
    if rng.random() < 0.5:
        bottom = min(STRIP_HEIGHT, int(STRIP_HEIGHT - edge + rng.uniform(-3, 4)))
    seen = view[top:bottom, left:right]
    cut = np.full_like(view, np.uint8(np.median(seen)))
    cut[top:bottom, left:right] = seen
    return cut, np.where((left - 1 > _CELLS) | (right + 1 < _CELLS), NO_DIGIT, labels)
