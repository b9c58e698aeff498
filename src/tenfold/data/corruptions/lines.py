"""Lines drawn across a digit."""

import numpy as np
from numpy.typing import NDArray

from tenfold.data.corruptions.sampling import Shares
from tenfold.inference.frame import SIDE

Ends = NDArray[np.float64]

_REACH = 2.3
"""Pixels above and below a line over which its ink fades."""

_TOOTH = 2.0
"""Pixels: half the width of a zigzag's tooth, and its height."""


def dotted_line(images: Shares, rng: np.random.Generator) -> Shares:
    """A line from the left edge to the right one, two pixels off, two on."""
    left, right = rng.integers(0, SIDE - 1, (2, len(images))).astype(np.float64)
    line = _line(np.zeros_like(left), left, np.full_like(right, SIDE - 1), right)
    line[:, :, np.arange(SIDE) % 4 < 2] = 0
    return images + line


def zigzag(images: Shares, rng: np.random.Generator) -> Shares:
    """A zigzag from column 2 to column 25 that rises or falls by at most five pixels."""
    first, last, n = 2.0, 25.0, len(images)
    top = rng.integers(0, SIDE - 1, n)
    angle = np.arctan(rng.integers(-5, 5, n) / (last - first))
    length = (last - first) / np.cos(angle)
    # The zigzag lying flat: from the middle up and down, six teeth, and a last piece back towards the middle.
    teeth = np.arange(6)
    along = np.column_stack([np.zeros(n), np.tile(_TOOTH * (2 * teeth + 1), (n, 1)), length])
    rest = length % (2 * _TOOTH)
    across = np.column_stack([np.zeros(n), np.tile(_TOOTH * (-1.0) ** teeth, (n, 1)), -_TOOTH / (2 * rest)])
    cos, sin = np.cos(angle)[:, None], np.sin(angle)[:, None]
    columns, rows = first + cos * along - sin * across, top[:, None] + sin * along + cos * across
    drawn = images.copy()
    for piece in range(columns.shape[1] - 1):
        ends = (columns[:, piece], rows[:, piece], columns[:, piece + 1], rows[:, piece + 1])
        drawn += _line(*ends)
    return drawn


def _line(column: Ends, row: Ends, last_column: Ends, last_row: Ends) -> Shares:
    """The ink [n, 28, 28] of a line each, between its two ends [n]: full on it, log(1 - distance / 2.3) + 1 beside it.

    The distance is the vertical one, so steep lines are thin.
    """
    grid = np.arange(SIDE)
    slope = (last_row - row) / (last_column - column)
    middle = slope[:, None] * (grid - column[:, None]) + row[:, None]
    distance = np.abs(grid[:, None] - middle[:, None, :])
    ink = 1 + np.log1p(-np.minimum(distance / _REACH, 1 - 1e-10))
    on = (grid >= np.floor(column)[:, None]) & (grid < np.ceil(last_column)[:, None])
    return np.asarray(ink.clip(0, 1) * on[:, None, :], np.float32)
