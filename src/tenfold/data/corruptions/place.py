"""Digits that stand elsewhere: sheared, scaled, turned, moved. What comes from beyond the edge is empty."""

import numpy as np
from numpy.typing import NDArray

from tenfold.data.corruptions.sampling import Places, Shares, sample
from tenfold.inference.frame import SIDE

_MIDDLE = (SIDE - 1) / 2
"""The point that shearing, scaling and turning leave where it is."""


def shear(images: Shares, rng: np.random.Generator, angle: float) -> Shares:
    """Leaning by an angle in radians, to either side, and taller by its cosine.

    Each upright of the result is taken from one as long that leans: what scikit-image called shear in 2019.
    """
    angles = angle * _signs(rng, len(images))
    one = np.ones_like(angles)
    return _warp(images, ((one, -np.sin(angles)), (0 * one, np.cos(angles))))


def scale(images: Shares, rng: np.random.Generator, size: float) -> Shares:
    """Shrunk to this share of its width and height; nothing is drawn at random."""
    factor = np.full(len(images), 1 / size)
    return _warp(images, ((factor, 0 * factor), (0 * factor, factor)))


def rotate(images: Shares, rng: np.random.Generator, angle: float) -> Shares:
    """Turned by an angle in radians, to either side."""
    angles = angle * _signs(rng, len(images))
    return _warp(images, ((np.cos(angles), -np.sin(angles)), (np.sin(angles), np.cos(angles))))


def translate(images: Shares, rng: np.random.Generator, pixels: int) -> Shares:
    """Moved by so many pixels both ways, left or right and up or down."""
    down, right = pixels * _signs(rng, len(images)), pixels * _signs(rng, len(images))
    y, x = np.indices((SIDE, SIDE))
    return sample(images, y - down[:, None, None], x - right[:, None, None])


def _signs(rng: np.random.Generator, n: int) -> NDArray[np.float64]:
    return rng.choice([-1.0, 1.0], n)


def _warp(images: Shares, matrix: tuple[tuple[Places, Places], tuple[Places, Places]]) -> Shares:
    """Each pixel (x, y), seen from the middle, taken from where the image's own 2×2 matrix sends it."""
    (xx, xy), (yx, yy) = ((entry[:, None, None] for entry in row) for row in matrix)
    y, x = np.indices((SIDE, SIDE)) - _MIDDLE
    return sample(images, yx * x + yy * y + _MIDDLE, xx * x + xy * y + _MIDDLE)
