"""Paragraphs, columns and boxes of print: what all printed sheets are put together from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from tenfold.data.pages.canvas import Canvas
from tenfold.data.pages.fonts import line_width, print_line

Align = Literal["left", "middle", "right"]

MOST_MARKS = 150
"""A page with about this many digits and separators gets no more."""

_SMALL = 12
"""Print lower than this many pixels needs more ink to be read."""


@dataclass(frozen=True)
class Style:
    """A font's file, the height of its digits in pixels, its ink, and the pixels between characters besides."""

    font: str
    height: float
    value: float
    tracking: float = 0.0

    def width(self, text: str) -> float:
        """Pixels that a text takes."""
        return line_width(self.font, text, self.height, self.tracking)

    def fit(self, text: str, width: float) -> str:
        """As much of a text's beginning as a width holds."""
        while text and self.width(text) > width:
            text = text[: max(len(text) - 1, 0) if len(text) < 4 else int(len(text) * 0.8)]
        return text.rstrip()

    def put(self, canvas: Canvas, text: str, x: float, baseline: float, align: Align = "left") -> float:
        """Print a text that begins, ends, or has its middle at x. Returns the x at which it ends."""
        if align != "left":
            width = self.width(text)
            x -= width if align == "right" else width / 2
        return print_line(canvas, self.font, text, x, baseline, self.height, self.value, 1.0, self.tracking)


def log_uniform(rng: np.random.Generator, least: float, most: float) -> float:
    """A random size, each factor as likely as any other."""
    return float(least * (most / least) ** rng.random())


def ink_on(rng: np.random.Generator, ground: float, height: float, least: float = 0.35) -> float:
    """Brightness of an ink that is read well on a ground: darker on a light one, lighter on a dark one."""
    share, contrast = rng.uniform(max(least, 0.55) if height < _SMALL else least, 1.0), 0.3
    if ground > 0.5:
        return float(max(ground - max(share * ground, contrast), 0.0))
    return float(min(ground + max(share * (1 - ground), contrast), 1.0))


def ground_of(canvas: Canvas) -> float:
    """Brightness of the paper."""
    return float(np.median(canvas.tone[::8, ::8]))


def panel(canvas: Canvas, box: tuple[float, float, float, float], value: float, border: float | None = None) -> None:
    """Fill a box (left, top, right, bottom), with a border of 1 to 3 pixels if it has a brightness."""
    left, top, right, bottom = box
    if border is not None:
        thick = int(canvas.rng.integers(1, 4))
        canvas.rectangle(left - thick, top - thick, right + thick, bottom + thick, border)
    canvas.rectangle(left, top, right, bottom, value)


def rule(canvas: Canvas, left: float, y: float, right: float, value: float, thick: int = 1) -> None:
    """A horizontal rule."""
    canvas.rectangle(left, y, right, round(y) + thick, value)


def flow(
    canvas: Canvas,
    style: Style,
    words: Sequence[str],
    box: tuple[float, float, float, float],
    leading: float,
    align: Align = "left",
) -> float:
    """Fill a box (left, top, right, bottom) with running text, a line every `leading` heights, as far as words go.

    A word wider than the box is cut. Returns the y below the last line.
    """
    left, top, right, bottom = box
    x = {"left": left, "middle": (left + right) / 2, "right": right}[align]
    baseline = top + style.height
    space = style.width("n n") - 2 * style.width("n")
    line: list[str] = []
    room = right - left
    for word in words:
        width = style.width(word)
        if line and width > room:
            style.put(canvas, " ".join(line), x, baseline, align)
            baseline += style.height * leading
            line, room = [], right - left
        if baseline > bottom:
            return baseline
        if width > room:
            word = style.fit(word, room)
            width = style.width(word)
        if word:
            line.append(word)
            room -= width + space
    if line:
        style.put(canvas, " ".join(line), x, baseline, align)
        baseline += style.height * leading
    return baseline - style.height * (leading - 0.4)
