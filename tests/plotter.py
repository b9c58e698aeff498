"""Glyphs that a plotter writes, one a sign: pages are drawn with them where no data is."""

import cv2
import numpy as np

from tenfold.data.pages.fields import FIELD_SIDE, centred, ink_box, middle_field
from tenfold.data.pages.glyphs import SCRIBBLE, Glyphs

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def plotter_glyphs(times: int = 1) -> Glyphs:
    """A bank of digits, letters, a foreign sign and a scribble, each so many times."""
    signs = {**{digit: digit for digit in "0123456789"}, **{f"pen {letter}": letter for letter in LETTERS}}
    signs |= {"foreign": "@", SCRIBBLE: "&"}
    fields = []
    for sign in signs.values():
        ink = np.zeros((FIELD_SIDE, FIELD_SIDE), np.uint8)
        cv2.putText(ink, sign, (8, 52), cv2.FONT_HERSHEY_SIMPLEX, 1.6, 1, 1)
        fields.append(middle_field(centred(ink)))
    n = times * len(fields)
    return Glyphs(
        np.repeat(np.array(fields), times, axis=0),
        np.repeat(np.array(list(signs)), times),
        np.repeat(np.array([ink_box(field) for field in fields], np.int16), times, axis=0),
        np.zeros(n, np.float32),
        np.full(n, -1, np.int16),
        np.arange(n, dtype=np.int32),
    )
