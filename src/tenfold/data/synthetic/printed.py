"""Printed letters and digits, drawn in the fonts that OpenCV brings: forms that no pen writes."""

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.data.dataset import Images
from tenfold.inference.frame import SIDE, frame

LETTERS = "AaCDdEeFfGHhJjKkLMmNnPpQRrTtUuVvWwXxYy"
"""Letters that no digit looks like in any of the fonts."""

_CANVAS = 160
"""Pixels a side that a glyph is drawn on before it is framed."""

_FONTS = (
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_COMPLEX,
    cv2.FONT_HERSHEY_TRIPLEX,
    cv2.FONT_HERSHEY_COMPLEX_SMALL,
)
_THINNEST, _BOLDEST = 3, 22


def printed(symbols: str, rng: np.random.Generator) -> Images:
    """Each symbol as a framed view [n, 28, 28], in a font, weight, slant and width of its own."""
    return np.array([frame(_glyph(symbol, rng)) for symbol in symbols], np.uint8).reshape(-1, SIDE, SIDE)


def _glyph(symbol: str, rng: np.random.Generator) -> NDArray[np.uint8]:
    """One symbol's ink, uint8 [_CANVAS, _CANVAS]."""
    font = _FONTS[rng.integers(len(_FONTS))] | (cv2.FONT_ITALIC if rng.random() < 0.2 else 0)
    weight = round(_THINNEST * (_BOLDEST / _THINNEST) ** rng.random())
    (_wide, tall), _base = cv2.getTextSize(symbol, font, 1.0, 1)
    size = 0.5 * _CANVAS / tall
    (wide, tall), _base = cv2.getTextSize(symbol, font, size, 1)
    ink = np.zeros((_CANVAS, _CANVAS), np.uint8)
    at = (_CANVAS - wide) // 2, (_CANVAS + tall) // 2
    cv2.putText(ink, symbol, at, font, size, 255, weight, cv2.LINE_AA)
    across, lean, turn = np.exp(rng.normal(0, 0.15)), rng.normal(0, 0.1), rng.normal(0, 0.05)
    matrix = np.array([[across, lean, 0], [turn, 1, 0]])
    matrix[:, 2] = _CANVAS / 2 * (1 - matrix[:, :2].sum(axis=1))
    return np.asarray(cv2.warpAffine(ink, matrix, (_CANVAS, _CANVAS)), np.uint8)
