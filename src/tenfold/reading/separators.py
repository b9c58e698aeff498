"""The signs that people write between digits: a point, a comma, a dash; told apart by size and place."""

from typing import Literal

from tenfold.reading.layout import Box

Separator = Literal[".", ",", "-"]

_DASH = 1.8
"""A dash is so many times as wide as high."""

_COMMA = 1.6
"""A comma is so many times as high as wide."""

_LOW = 0.6
"""Points and commas lie in the lower part of the line, below this share of its height."""


def separator(box: Box, top: float, height: float) -> Separator | None:
    """What a small piece of ink within a line is; None where it is dirt, or a mark above the digits.

    box: its own, in pixels; top, height: those of the digits beside it.
    """
    _x, y, wide, tall = box
    middle = (y + tall / 2 - top) / height
    if wide >= _DASH * tall and wide >= 0.2 * height:
        return "-" if 0.2 < middle < 0.9 else None
    if middle < _LOW or max(wide, tall) < 0.05 * height:
        return None
    return "," if tall >= _COMMA * wide or y + tall > top + 1.15 * height else "."
