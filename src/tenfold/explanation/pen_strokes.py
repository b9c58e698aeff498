"""Straight strokes of a pen or an eraser on a view: the changes that are tried on it."""

from itertools import product

import numpy as np
from numpy.typing import NDArray

from tenfold.inference.frame import SIDE

Floats = NDArray[np.float32]
Views = NDArray[np.uint8]

PEN_WIDTH, ERASER_WIDTH = 2.4, 3.4
"""Pixels: MNIST's strokes are a little over 2 wide; what rubs one out is wider by the soft edge of both sides."""

_FIRST, _LAST, _STEP = 4, 24, 4
"""The grid of a stroke's ends, in pixels: the box that a framed digit fills."""

LONGEST = 12.0
"""Pixels: more than half a digit is no small change."""


def grid_strokes() -> Floats:
    """Every stroke [n, 4] as x, y of one end and x, y of the other: ends on the grid, no longer than LONGEST."""
    at = np.arange(_FIRST, _LAST + 1, _STEP, dtype=np.float32) - 0.5
    ends = np.stack(np.meshgrid(at, at), axis=-1).reshape(-1, 2)
    one, other = np.triu_indices(len(ends))
    return _short(np.concatenate([ends[one], ends[other]], axis=1))[0]


def moved(strokes: Floats, step: float) -> tuple[Floats, NDArray[np.int64]]:
    """Strokes [n, 4] with either end where it is or step pixels off, itself left out; and which each was made of."""
    moves = np.array(list(product((-step, 0, step), repeat=4)), np.float32)
    moves = moves[(moves != 0).any(axis=1)]
    owner = np.repeat(np.arange(len(strokes)), len(moves))
    found, kept = _short((strokes[:, None] + moves).reshape(-1, 4))
    return found, owner[kept]


def _short(strokes: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Those no longer than LONGEST, and which they are."""
    kept = np.hypot(strokes[:, 0] - strokes[:, 2], strokes[:, 1] - strokes[:, 3]) <= LONGEST
    return strokes[kept], kept


def cover(strokes: Floats, width: float) -> Floats:
    """How much of each pixel strokes [n, 4] of a width cover: [n, 28, 28] in [0, 1], with round ends and soft edges."""
    y, x = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    ax, ay, bx, by = (column[:, None, None] for column in strokes.T)
    dx, dy = bx - ax, by - ay
    along = ((x - ax) * dx + (y - ay) * dy) / np.maximum(dx * dx + dy * dy, np.float32(1e-6))
    along = np.clip(along, 0, 1)
    distance = np.hypot(x - ax - along * dx, y - ay - along * dy)
    return np.asarray(np.clip(np.float32(width / 2 + 0.5) - distance, 0, 1), np.float32)


def changed(view: Views, strokes: Floats, inking: NDArray[np.bool_]) -> Views:
    """A view uint8 [28, 28] after each stroke by itself: uint8 [n, 28, 28]; inking [n]: added, else rubbed out."""
    results = np.empty((len(strokes), SIDE, SIDE), np.float32)
    results[inking] = np.maximum(view, 255 * cover(strokes[inking], PEN_WIDTH))
    results[~inking] = view * (1 - cover(strokes[~inking], ERASER_WIDTH))
    return np.rint(results).astype(np.uint8)


def sizes(view: Views, results: Views) -> NDArray[np.float64]:
    """How much of a view uint8 [28, 28] each result [n, 28, 28] changes, in pixels from paper to ink or back."""
    return np.asarray(np.abs(results.astype(np.int16) - view).sum(axis=(1, 2)) / 255)
