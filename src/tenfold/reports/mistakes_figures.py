"""The charts of a page of mistakes: one function a chart, plain values in, a matplotlib figure out."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tenfold.reports.canvas import LIGHT, WIDTH, new_figure, styled

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_CELL = 40
"""Pixels of a cell: an image of 28 with its caption above and room to the next."""


@styled
def draw_confusions(names: Sequence[str], counts: Sequence[int], doubtful: Sequence[int]) -> "Figure":
    """How often each class was read as another, a bar each; paler, the part whose labels are likely wrong."""
    figure, [axes] = new_figure(0.9 + 0.25 * len(names))
    places, numbers, doubts = np.arange(len(names)), np.array(counts), np.array(doubtful)
    axes.barh(places, numbers - doubts, height=0.72, color=LIGHT["orange"])
    axes.barh(places, doubts, left=numbers - doubts, height=0.72, color=LIGHT["orange"], alpha=0.4)
    for place, (number, doubt) in enumerate(zip(counts, doubtful, strict=True)):
        text = f"{number}" + (f", {doubt} in doubt" if doubt else "")
        axes.text(number + 0.02 * max(counts), place, text, va="center_baseline", fontsize=8.5, color=LIGHT["muted"])
    axes.set(ylim=(len(names) - 0.4, -0.6), xlim=(0, 1.3 * max(counts)))
    axes.set_yticks(places, [name if len(name) <= 22 else f"{name[:21]}…" for name in names])
    axes.set_xticks([])
    axes.grid(False)
    axes.spines["bottom"].set_visible(False)
    axes.set_title("True class → read as")
    return figure


@styled
def draw_neighbours(images: NDArray[np.uint8], captions: Sequence[Sequence[str]]) -> "Figure":
    """A mistake a row, then its neighbours: images [rows, columns, 28, 28], each under its caption."""
    rows, columns = images.shape[:2]
    sheet = np.zeros((rows * _CELL, columns * _CELL), np.uint8)
    figure, [axes] = new_figure(WIDTH * rows / columns)
    for y in range(rows):
        for x in range(columns):
            sheet[y * _CELL + 10 : y * _CELL + 38, x * _CELL + 6 : x * _CELL + 34] = images[y, x]
            colour = LIGHT["orange"] if x == 0 else LIGHT["ink"]
            middle = (x + 0.5) * _CELL, y * _CELL + 5
            axes.text(*middle, captions[y][x], ha="center", va="center", fontsize=7.5, color=colour)
    axes.imshow(sheet, cmap="gray_r", vmin=0, vmax=255, interpolation="nearest")
    axes.axis("off")
    return figure
