"""Ink on even paper, in arithmetic so plain that an ONNX graph can do all of it.

`find_ink` follows shadows and drops what is no stroke; this is for one digit on paper of one brightness, and is what
`tenfold.exporting` builds into a graph that any runtime runs. Every number here is whole, or a float64 made of whole
ones in one order, so both come to the same strength of ink to the last bit.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.reading.measures import edge, otsu_threshold

FAINTEST = 16.0
"""Grey levels between paper and ink below which nobody wrote anything."""

SOFT, SOLID = 0.25, 0.85
"""Shares of the way from paper to ink at which a pixel begins to count as ink, and at which it is full of it."""

CORE = 128
"""Strength of a stroke's pixels, of which at least two of the eight around have as much; else it is dust."""

Grey = NDArray[np.uint8]


def plain_strength(grey: Grey) -> Grey:
    """The ink of one digit on even paper: strength uint8 [h, w], 0 on paper, 255 where it is solid.

    grey uint8 [h, w] of any size, dark on light or light on dark. All zero where nothing is written.
    """
    counts = np.bincount(grey.ravel(), minlength=256)
    difference = _difference(counts, _paper(grey))
    off = difference[grey]
    inked = off > otsu_threshold(off)
    if not inked.any():
        return np.zeros_like(grey)
    paper, ink = float(off[~inked].mean()), float(off[inked].mean())
    if ink - paper < FAINTEST:
        return np.zeros_like(grey)
    shares = ((difference - paper) / (ink - paper) - SOFT) / (SOLID - SOFT)
    strength: Grey = np.rint(np.clip(shares, 0, 1) * 255).astype(np.uint8)[grey]
    return strength * _near_strokes(strength)


def _paper(grey: Grey) -> int:
    """The level that most of the border shows: its median, the lower where there are two."""
    border = edge(grey)
    return int(np.sort(border)[(len(border) - 1) // 2])


def _difference(counts: NDArray[np.int64], paper: int) -> Grey:
    """How far each of the 256 levels is from paper, to the side on which ink lies; 0 on the other."""
    lighter = np.arange(256) - paper
    # Ink covers little and differs much, so squares that keep their sign add up to its side.
    dark_on_light = int((counts * lighter * np.abs(lighter)).sum()) <= 0
    return np.maximum(-lighter if dark_on_light else lighter, 0).astype(np.uint8)


def _near_strokes(strength: Grey) -> Grey:
    """1 where a pixel or one beside it belongs to a stroke, else 0: uint8 [h, w]."""
    core = (strength >= CORE).astype(np.uint8)
    stroke = core & (_in_three_by_three(core) >= 3)
    return (_in_three_by_three(stroke) > 0).astype(np.uint8)


def _in_three_by_three(mask: Grey) -> Grey:
    """How many of a pixel and its neighbours are set."""
    counted = cv2.boxFilter(mask, -1, (3, 3), normalize=False, borderType=cv2.BORDER_CONSTANT)
    return np.asarray(counted, np.uint8)
