"""What lies over a digit or behind it: light, stripes, fog, mud."""

import numpy as np

from tenfold.data.corruptions.sampling import Shares, smooth
from tenfold.inference.frame import SIDE

_MUD = 63 / 255
"""How full a spot of mud looks."""

_ROUGH = 100.0
"""A fog's first roughness; only what each finer level has of it decides the picture."""


def brightness(images: Shares, rng: np.random.Generator, share: float) -> Shares:
    """So much light added everywhere."""
    return images + np.float32(share)


def stripe(images: Shares, rng: np.random.Generator) -> Shares:
    """The left and the right quarter inverted."""
    striped = images.copy()
    for quarter in (slice(0, SIDE // 4), slice(3 * SIDE // 4, SIDE)):
        striped[:, :, quarter] = 1 - striped[:, :, quarter]
    return striped


def fog(images: Shares, rng: np.random.Generator, thickness: float, smoothness: float) -> Shares:
    """Fog added to the image, and both dimmed until the fullest pixel could be no fuller than before.

    The fog is the corner of a plasma fractal of 256×256 pixels from 0 to 1, whose roughness falls by the square of
    `smoothness` from each level to the next finer one.
    """
    fullest = images.max(axis=(1, 2), keepdims=True)
    foggy = images + np.float32(thickness) * _plasma(len(images), smoothness, rng)
    return np.asarray(foggy * fullest / (fullest + thickness))


def _plasma(n: int, smoothness: float, rng: np.random.Generator) -> Shares:
    """The first 28×28 pixels of n fractals of 256×256 pixels, from 0 to 1 over each fractal."""
    heights = np.zeros((n, 1, 1), np.float32)
    roughness = [_ROUGH / smoothness**level for level in range(8)]
    for rough in roughness[:6]:
        heights = _refine(heights, rough, rng)
    # The lowest and the highest are those of every fourth pixel: what lies between would add about 1 %, and
    # sixteen times the work. The two finest levels are worked out around the corner only.
    lowest, highest = heights.min(axis=(1, 2), keepdims=True), heights.max(axis=(1, 2), keepdims=True)
    heights = np.roll(heights, 1, axis=(1, 2))[:, :10, :10]
    for rough in roughness[6:]:
        heights = _refine(heights, rough, rng)
    corner = heights[:, 4 : 4 + SIDE, 4 : 4 + SIDE]
    return np.asarray(((corner - lowest) / (highest - lowest)).clip(0, 1))


def _refine(heights: Shares, rough: float, rng: np.random.Generator) -> Shares:
    """Heights [n, m, m] on a torus, twice as fine: the diamond-square step (Fournier, Fussell and Carpenter 1982).

    A new point is the mean of its four neighbours and a draw from ± rough².
    """
    n, size = heights.shape[:2]

    def between(total: Shares) -> Shares:
        noise = rng.random(total.shape, dtype=np.float32)
        return np.asarray(total / 4 + np.float32(rough**2) * (2 * noise - 1))

    def with_next(grid: Shares, step: int, axis: int) -> Shares:
        return grid + np.roll(grid, step, axis)

    middles = between(with_next(with_next(heights, -1, 1), -1, 2))
    fine = np.empty((n, 2 * size, 2 * size), np.float32)
    fine[:, ::2, ::2], fine[:, 1::2, 1::2] = heights, middles
    fine[:, ::2, 1::2] = between(with_next(heights, -1, 2) + with_next(middles, 1, 1))
    fine[:, 1::2, ::2] = between(with_next(heights, -1, 1) + with_next(middles, 1, 2))
    return fine


def spatter(
    images: Shares, rng: np.random.Generator, wet: float, spread: float, drop: float, least: float, soft: float
) -> Shares:
    """Spots of mud: where noise of mean `wet` and deviation `spread`, smoothed by `drop` pixels, exceeds `least`.

    The spots' edges are smoothed by `soft` pixels; what is then less than four fifths mud is none.
    """
    noise = rng.normal(wet, spread, images.shape).astype(np.float32)
    mud = smooth((smooth(noise, drop) > least).astype(np.float32), soft)
    mud[mud < 0.8] = 0
    return images * (1 - mud) + np.float32(_MUD) * mud
