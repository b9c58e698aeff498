"""How a dataset is written, image by image: how much ink, how wide the strokes, how far they lean.

Each measure is a few sums over an image, so that 60,000 images take a second.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MEASURES = ("ink", "stroke_width", "slant")

_BATCH = 4000


@dataclass(frozen=True)
class Handwriting:
    """Three measures [n] of n images.

    ink: the mean of the pixels, 0 to 1. stroke_width: in pixels; slant: in degrees from upright, above 0 to the right;
    both are nan for an image without ink, and slant for one whose ink is all in one row.
    """

    ink: Floats = field(repr=False)
    stroke_width: Floats = field(repr=False)
    slant: Floats = field(repr=False)


def measure_handwriting(images: NDArray[np.uint8]) -> Handwriting:
    """Ink, stroke width and slant of images uint8 [n, height, width], light ink on black."""
    starts = range(0, len(images), _BATCH)
    parts = [_measure(images[start : start + _BATCH]) for start in starts]
    ink, width, slant = (np.concatenate(column).astype(np.float64) for column in zip(*parts, strict=True))
    return Handwriting(ink, width, slant)


def _measure(images: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    shares = np.asarray(np.pad(images, ((0, 0), (1, 1), (1, 1))) / np.float32(255), np.float32)
    total = shares.sum(axis=(1, 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        return total / images[0].size, 2 * total / _edge_length(shares), _slant(shares, total)


def _edge_length(shares: NDArray[np.float32]) -> NDArray[np.float32]:
    """The length of ink's outline [n] in pixels: the sum of the steps between neighbours (the coarea formula).

    A stroke's area is its width times its length, and its outline twice its length, so 2 area / outline is its
    width: also where strokes are narrower than a pixel, and without a threshold between ink and paper.
    """
    across, down = np.diff(shares, axis=2)[:, :-1], np.diff(shares, axis=1)[:, :, :-1]
    steps = np.sqrt(across**2 + down**2).sum(axis=(1, 2))
    return np.asarray(steps, np.float32)


def _slant(shares: NDArray[np.float32], total: NDArray[np.float32]) -> NDArray[np.float32]:
    """How far ink leans [n], in degrees: the shear that makes its columns and rows uncorrelated."""
    rows, columns = (np.arange(size, dtype=np.float32) for size in shares.shape[1:])
    by_row, by_column = shares.sum(axis=2), shares.sum(axis=1)
    y, x = by_row @ rows / total, by_column @ columns / total
    upright = by_row @ rows**2 / total - y**2
    together = (shares @ columns) @ rows / total - x * y
    flat = upright < 1e-3
    return np.asarray(np.where(flat, np.nan, -np.degrees(np.arctan(together / np.where(flat, 1, upright)))), np.float32)
