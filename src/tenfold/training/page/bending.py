"""Pictures bent out of shape (Simard et al. 2003): hands differ more than those that pages are drawn with."""

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_BENT, _KNOTS = 3.0, 9
"""A page's `most` and `knots`, as of `shifts`: its digits are far smaller than it is."""


def bent(page: NDArray[np.uint8], marks: Floats, rng: np.random.Generator) -> tuple[NDArray[np.uint8], Floats]:
    """A page [side, side] out of shape, and its marks [m, 5] where they lie now."""
    side = page.shape[0]
    source = shifts(side, _BENT, _KNOTS, rng)
    moved = marks.copy()
    for _ in range(2):  # the source of where an edge comes to lie, not of where it lay
        left, top, right, bottom = np.clip(moved[:, 1:].T, 0, side - 1).astype(int)
        x, y = (left + right) // 2, (top + bottom) // 2
        by = [source[y, left, 0], source[top, x, 1], source[y, right, 0], source[bottom, x, 1]]
        moved[:, 1:] = marks[:, 1:] - np.stack(by, axis=1)
    return taken_from(page, places(side) + source), moved


def shifts(side: int, most: float, knots: int, rng: np.random.Generator) -> Floats:
    """How far from itself, in x and y, each pixel of a picture comes from: float32 [side, side, 2].

    most: pixels, the largest standard deviation at each of so many knots a side; it is smooth between them.
    """
    moves = rng.normal(0, most * rng.random(), (knots, knots, 2)).astype(np.float32)
    return np.asarray(cv2.resize(moves, (side, side), interpolation=cv2.INTER_CUBIC), np.float32)


def redrawn(picture: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """A picture as another pen would have drawn it: its lighter parts spread over the darker ones, or the other way."""
    pen = np.ones((2, 2) if rng.random() < 0.6 else (3, 3), np.uint8)
    return np.asarray((cv2.erode if rng.random() < 0.5 else cv2.dilate)(picture, pen), np.uint8)


@cache
def places(side: int) -> Floats:
    """x and y of each pixel of a picture [side, side, 2]."""
    return np.moveaxis(np.mgrid[:side, :side][::-1], 0, -1).astype(np.float32)


def taken_from(picture: NDArray[np.uint8], where: Floats, beyond: float | None = None) -> NDArray[np.uint8]:
    """The picture [h, w] whose pixels come from places [h, w, 2] of another. beyond: its level where that has none;
    None: its edge goes on."""
    border = cv2.BORDER_REPLICATE if beyond is None else cv2.BORDER_CONSTANT
    level = 0.0 if beyond is None else beyond
    seen = cv2.remap(picture, where[..., 0], where[..., 1], cv2.INTER_LINEAR, borderMode=border, borderValue=(level,))
    return np.asarray(seen, np.uint8)
