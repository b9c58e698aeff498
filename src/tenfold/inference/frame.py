"""From the ink of one digit to the 28×28 view a model was trained on: MNIST's own framing.

MNIST's digits were scaled into a 20×20 box with their aspect kept, then placed so that their centre of mass
falls on the middle of a 28×28 field (LeCun et al. 1998). In its files the ink's longer side is 20 pixels in
59,987 of 60,000 training images, and the centre of mass lies within half a pixel of index 14.

Shrinking is a product with two matrices, one for rows and one for columns, so any runtime that multiplies matrices can
do it, and so does the ONNX graph of `tenfold.exporting`. A thin line, shrunk, is a faint one: a hair of a
thousand-pixel drawing would vanish. So it is drawn with a broader pen (a wider filter) and brought back to full
strength.
"""

import numpy as np
from numpy.typing import NDArray

FRAMING = "mnist-1"
"""Names this framing in a model's metadata: a reader refuses a model framed otherwise."""

SIDE = 28
BOX = 20
CENTRE = 14

THIN = 2.2
"""Pixels of the view: MNIST's strokes are about this wide; narrower ones are drawn with a broader pen."""

BROADEST = 1.7
"""Pixels of the view: half the width of the broadest pen's filter; 1 is that of plain shrinking."""

FULL = 0.8
"""How full MNIST's ink is: the mean of its pixels, each weighted by itself, as a share of 255."""

STRONGEST = 60.0
"""The most that faint ink is strengthened."""

Floats = NDArray[np.float64]


def ink_box(ink: NDArray[np.uint8], threshold: int = 0) -> tuple[int, int, int, int] | None:
    """The smallest box (x, y, width, height) in pixels that holds all ink above threshold; None without ink."""
    rows = np.flatnonzero((ink > threshold).any(axis=1))
    if len(rows) == 0:
        return None
    columns = np.flatnonzero((ink > threshold).any(axis=0))
    x, y = int(columns[0]), int(rows[0])
    return x, y, int(columns[-1]) - x + 1, int(rows[-1]) - y + 1


def frame(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The 28×28 view of one digit's ink.

    ink uint8 [height, width], 0 where there is none, of any size. Returns uint8 [28, 28]: the ink's longer side
    20 pixels, its centre of mass at index (14, 14); all zero where there is no ink.
    """
    box = ink_box(ink)
    if box is None:
        return np.zeros((SIDE, SIDE), np.uint8)
    x, y, width, height = box
    cut = ink[y : y + height, x : x + width] * np.float64(1 / 255)
    scale = BOX / max(width, height)
    pen = max(scale, float(np.clip(1 + (THIN - stroke_width(cut) * scale) / 2, 1, BROADEST)))
    mass = float(cut.sum())
    rows = _shrinking(cut.sum(axis=1), mass, scale, pen)
    columns = _shrinking(cut.sum(axis=0), mass, scale, pen)
    view = rows @ cut @ columns.T
    fullness = float((view * view).sum() / view.sum())
    view *= 255 * min(max(FULL / fullness, 1), STRONGEST)
    return np.rint(np.minimum(view, 255)).astype(np.uint8)


def stroke_width(cut: Floats) -> float:
    """About how many pixels wide the strokes of ink in [0, 1] are: twice their area by the length of their edges."""
    inside = np.abs(cut[1:] - cut[:-1]).sum() + np.abs(cut[:, 1:] - cut[:, :-1]).sum()
    steps = float(inside + cut[0].sum() + cut[-1].sum() + cut[:, 0].sum() + cut[:, -1].sum())
    # Steps along rows and columns are 4/π times the length of an edge that runs in all directions alike.
    return 2 * float(cut.sum()) / (steps * np.pi / 4)


def _shrinking(profile: Floats, mass: float, scale: float, pen: float) -> Floats:
    """The matrix [28, n] that shrinks n rows (or columns) of ink onto the view, their centre of mass at its middle.

    profile [n]: ink a row; scale: view pixels a row; pen: half the width in view pixels of the triangular filter.
    """
    at = (np.arange(len(profile)) + 0.5) * scale
    centre = float(profile @ at) / mass
    # A lopsided digit may not fit its mass centred; it then keeps inside the field.
    start = min(max(CENTRE + 0.5 - centre, 0), SIDE - len(profile) * scale)
    pixels = np.arange(SIDE)[:, None] + (0.5 - start)
    weights: Floats = np.maximum(1 - np.abs(pixels - at) * (1 / pen), 0) * (scale / pen)
    return weights
