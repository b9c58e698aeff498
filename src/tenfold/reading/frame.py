"""From the ink of one digit to the 28×28 view a model was trained on: MNIST's own framing.

MNIST's digits were scaled into a 20×20 box with their aspect kept, then placed so that their centre of mass
falls on the middle of a 28×28 field (LeCun et al. 1998). In its files the ink's longer side is 20 pixels in
59,987 of 60,000 training images, and the centre of mass lies within half a pixel of index 14.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

FRAMING = "mnist-1"
"""Names this framing in a model's metadata: a reader refuses a model framed otherwise."""

SIDE = 28
BOX = 20
CENTRE = 14


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
    20 pixels, its centre of mass at index (14, 14) to the nearest pixel; all zero where there is no ink.
    """
    view = np.zeros((SIDE, SIDE), np.uint8)
    box = ink_box(ink)
    if box is None:
        return view
    x, y, width, height = box
    scale = BOX / max(width, height)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    cut = Image.fromarray(np.ascontiguousarray(ink[y : y + height, x : x + width]))
    # Bicubic in Pillow widens its support when shrinking, so thin strokes fade rather than break.
    glyph = np.asarray(cut.resize(size, Image.Resampling.BICUBIC))
    mass = float(glyph.sum()) or 1.0
    centre_y = float(glyph.sum(axis=1) @ np.arange(size[1])) / mass
    centre_x = float(glyph.sum(axis=0) @ np.arange(size[0])) / mass
    # A lopsided digit may not fit its mass centred; it then keeps inside the field.
    top = int(np.clip(round(CENTRE - centre_y), 0, SIDE - size[1]))
    left = int(np.clip(round(CENTRE - centre_x), 0, SIDE - size[0]))
    view[top : top + size[1], left : left + size[0]] = glyph
    return view
