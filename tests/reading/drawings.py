"""Digits that are clear to anyone, drawn by the generator at three times MNIST's size, and pages to put them on."""

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.data.dataset import DIGITS
from tenfold.data.synthetic.strokes import draw
from tenfold.data.synthetic.strokes_forms import written_forms
from tenfold.data.synthetic.strokes_hand import Hand
from tenfold.data.synthetic.strokes_pen import Pen

Ink = NDArray[np.uint8]
"""255 where a stroke is, 0 where none is."""

SIDE, BOX = 84, 60
"""Pixels of a digit's field, and of its longer side."""

CALM = Hand(slant=0.05, slant_mean=0, rotation=0, jitter=0.01, warp=0, tremor=0, overshoot=0, stroke_shift=0)
EVEN = Pen(radius_spread=0, heavy=0, pressure=0, nib=0, roughness=0, gap=0, speck=0)


@cache
def digits() -> Ink:
    """One clear 0 to 9, uint8 [10, 84, 84]: one part each, strokes eight pixels wide."""
    drawn = draw(DIGITS, written_forms(), (7,), CALM, EVEN.scaled(BOX / 20), SIDE, BOX)
    drawn.setflags(write=False)
    return drawn


def scaled(ink: Ink, by: float) -> Ink:
    """The same, so many times as large."""
    size = (round(ink.shape[1] * by), round(ink.shape[0] * by))
    return np.asarray(cv2.resize(ink, size, interpolation=cv2.INTER_AREA if by < 1 else cv2.INTER_CUBIC), np.uint8)


def written(*lines: str, gap: int = 20, leading: int = 40, margin: int = 40) -> Ink:
    """Lines of digits, one below the other; a space leaves a digit's room. Each digit is cut to its own width."""
    rows = [_row(line, gap) for line in lines]
    width = max(row.shape[1] for row in rows)
    page = np.concatenate([np.pad(row, ((0, leading), (0, width - row.shape[1]))) for row in rows])[:-leading]
    return np.pad(page, margin)


def _row(line: str, gap: int) -> Ink:
    pieces = []
    for character in line:
        ink = np.zeros((SIDE, BOX), np.uint8) if character == " " else digits()[int(character)]
        columns = np.flatnonzero(ink.any(axis=0)) if ink.any() else np.arange(BOX)
        pieces += [ink[:, columns[0] : columns[-1] + 1], np.zeros((SIDE, gap), np.uint8)]
    rows = np.concatenate(pieces[:-1], axis=1)
    return np.ascontiguousarray(rows[(SIDE - BOX) // 2 - 8 : (SIDE + BOX) // 2 + 8])


def on_paper(ink: Ink, paper: object = 235, pen: object = 40) -> NDArray[np.uint8]:
    """Ink of one colour on paper of another: grey levels, or triples of red, green and blue.

    Each may be a field [h, w] of levels, too, as light that falls unevenly gives.
    """
    cover = ink.astype(np.float64) / 255
    paper, pen = np.asarray(paper, float), np.asarray(pen, float)
    if paper.shape == (3,) or pen.shape == (3,):
        cover = cover[..., None]
    return np.rint(paper * (1 - cover) + pen * cover).astype(np.uint8)
