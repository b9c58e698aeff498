"""Digits of made-up pages with their surroundings, as the glyph network learns from them."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from tenfold.data.pages.make import Pages, turned
from tenfold.errors import TenfoldError
from tenfold.reading.detector.peaks import DIGITS, digit_boxes
from tenfold.reading.glyph_crops import CROP_SIDE, SURROUNDINGS, glyph_crops
from tenfold.training.page.bending import places, redrawn, shifts, taken_from
from tenfold.training.page.looking import finder_of, looked_at
from tenfold.training.page.matching import NOBODY_KNOWS, matched
from tenfold.training.page.plan import Plan

NO_DIGIT = DIGITS
"""Label of what is no digit."""

_STORED_SIDE = 72
"""Pixels: crops are kept this large, so that views of them can be moved, turned and shrunk."""

_LEAST_SIZE = 8.0
"""Pixels of a digit's longer side; smaller ones nobody reads."""

_SHIFTED, _RESIZED = 0.04, 0.06
"""Standard deviations by which a box is moved and by which its size is changed: a detector's boxes are off so much."""

_TURNED, _SHEARED = 0.07, 0.15
"""Standard deviations of a view's turn in radians and of its slant."""

_BENT, _KNOTS = 1.6, 4
"""How far views are bent: `most` and `knots` of `bending.shifts`."""

_REDRAWN = 0.3
"""Share of views whose lighter parts are spread over the darker ones, or the other way round: another pen."""

_NEGATIVE = 0.2
"""Share of views that are shown as their negatives."""


@dataclass(frozen=True)
class Crops:
    """pixels uint8 [n, 72, 72], labels int64 [n]: 0 to 9, or NO_DIGIT."""

    pixels: NDArray[np.uint8]
    labels: NDArray[np.int64]


def found_crops(pages: Pages, page_network: Path, processes: int) -> Crops:
    """What a page network takes for digits on pages, rightly or not, and all digits of 8 pixels or more.

    Raises TenfoldError where there is nothing of either, or a process dies.
    """
    done = looked_at(pages, processes, partial(_found, page_network))
    labels = np.concatenate([crops.labels for crops in done])
    if not len(labels):
        raise TenfoldError("nothing was found on the pages, and they hold no digits: draw more of them (glyph.pages)")
    pixels = np.empty((len(labels), _STORED_SIDE, _STORED_SIDE), np.uint8)
    last = len(labels)
    while done:  # each is dropped once it is copied: there are gigabytes of them
        crops = done.pop()
        pixels[last - len(crops.labels) : last] = crops.pixels
        last -= len(crops.labels)
    return Crops(pixels, labels)


def _found(page_network: Path, pages: Pages) -> Crops:
    finder = finder_of(page_network)
    pixels, labels = [], []
    for index, page in enumerate(pages.pixels):
        page, marks = turned(page, pages.marks_of(index), -int(pages.turns[index]) % 4)
        boxes = digit_boxes(finder.find(page, may_turn=False).digits)
        truth = matched(boxes, marks)
        digits = marks[(marks[:, 0] < DIGITS) & ((marks[:, 3:5] - marks[:, 1:3]).max(axis=1, initial=0) >= _LEAST_SIZE)]
        known = truth != NOBODY_KNOWS
        boxes = np.concatenate([boxes[known], digits[:, 1:]])
        pixels.append(glyph_crops(page, boxes, 0, _STORED_SIDE, SURROUNDINGS * _STORED_SIDE / CROP_SIDE))
        labels.append(np.concatenate([np.where(truth < 0, NO_DIGIT, truth)[known], digits[:, 0].astype(np.int64)]))
    return Crops(np.concatenate(pixels), np.concatenate(labels))


class CropViews:
    """Views of crops in batches: batch i of a seed is the same whenever it is asked for."""

    def __init__(self, crops: Crops, plan: Plan) -> None:
        self._crops, self._plan = crops, plan

    def batch(self, step: int) -> tuple[Tensor, Tensor]:
        """Pages' crops float32 [n, 1, 48, 48] in [0, 1] and their labels int64 [n]."""
        rng = np.random.default_rng([self._plan.seed, step])
        rows = rng.integers(0, len(self._crops.labels), self._plan.batch)
        seen = np.stack([_view(self._crops.pixels[row], rng) for row in rows])
        return torch.from_numpy(seen).unsqueeze(1).float().div_(255), torch.from_numpy(self._crops.labels[rows])


def _view(crop: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """A crop in its own size, as another hand would have written it and another box around it would show it."""
    if rng.random() < _REDRAWN:
        crop = redrawn(crop, rng)
    angle, shear = rng.normal(0, _TURNED), rng.normal(0, _SHEARED)
    scale = np.exp(rng.normal(0, _RESIZED, 2))
    cos, sin = np.cos(angle), np.sin(angle)
    linear = np.array([[cos, -sin], [sin, cos]]) @ np.array([[scale[0], shear], [0, scale[1]]])
    middle = (_STORED_SIDE - 1) / 2 + rng.normal(0, _SHIFTED * CROP_SIDE / SURROUNDINGS, 2)
    from_middle = places(CROP_SIDE) - (CROP_SIDE - 1) / 2 + shifts(CROP_SIDE, _BENT, _KNOTS, rng)
    view = taken_from(crop, from_middle @ linear.T.astype(np.float32) + middle.astype(np.float32))
    return np.asarray(255 - view if rng.random() < _NEGATIVE else view, np.uint8)
