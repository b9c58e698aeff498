"""The charts of a dataset's page: one function a chart, plain arrays in, a matplotlib figure out."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tenfold.evaluation.canvas import LIGHT, WIDTH, new_figure, styled
from tenfold.evaluation.wording import count, percent

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@styled
def draw_classes(counts: NDArray[np.int64], classes: Sequence[str]) -> "Figure":
    """How many images each class has; the dotted line is what even classes would have."""
    figure, [axes] = new_figure(max(2.2, 0.7 + 0.27 * len(classes)))
    places = range(len(classes))
    axes.barh(places, counts, height=0.72, color=LIGHT["blue"])
    axes.axvline(counts.mean(), color=LIGHT["ink"], linewidth=0.9, linestyle=(0, (2, 3)))
    for place, number in enumerate(counts.tolist()):
        inside = number > 0.2 * counts.max()  # the bar has room for its number
        colour, side = (LIGHT["surface"], "right") if inside else (LIGHT["muted"], "left")
        axes.text(number, place, f" {count(number)} ", va="center_baseline", fontsize=8.5, color=colour, ha=side)
    axes.set(ylim=(len(classes) - 0.4, -0.6), xlim=(0, 1.05 * max(1, counts.max())))
    axes.set_yticks(places, classes)
    axes.xaxis.set_major_formatter(lambda value, _: count(value))
    axes.grid(axis="y", visible=False)
    axes.set_title("Images of each class")
    return figure


@styled
def draw_pixels(counts: NDArray[np.int64]) -> "Figure":
    """How often each pixel value 0 to 255 occurs (counts [256]), in steps of 4, on a log scale."""
    figure, [axes] = new_figure(3.2)
    total = max(1, int(counts.sum()))
    shares = counts.reshape(64, 4).sum(axis=1) / total
    axes.stairs(shares, np.arange(0, 257, 4), fill=True, color=LIGHT["blue"], baseline=1e-9)
    axes.set_yscale("log")
    lowest = shares[shares > 0].min()
    axes.set(xlim=(0, 256), ylim=(lowest / 2, 2), xlabel="pixel value: 0 paper, 255 ink")
    axes.set_xticks([0, 64, 128, 192, 255])
    axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:g} %")
    axes.minorticks_off()
    axes.set_title(f"Pixel values: {percent(counts[0] / total, 1)} are 0")
    return figure


@styled
def draw_images(rows: Sequence[NDArray[np.uint8]], names: Sequence[str]) -> "Figure":
    """One named row of images [k, 28, 28] a class; rows may differ in length."""
    cell = 32
    columns = max(1, max(map(len, rows)))
    sheet = np.zeros((cell * len(rows), cell * columns), np.uint8)
    for y, images in enumerate(rows):
        for x, image in enumerate(images):
            sheet[cell * y + 2 : cell * y + 30, cell * x + 2 : cell * x + 30] = image
    room = WIDTH - 0.43 - 0.07 * max(map(len, names))  # inches, beside the names
    figure, [axes] = new_figure(max(0.6, room * len(rows) / columns + 0.2))
    axes.imshow(sheet, cmap="gray_r", vmin=0, vmax=255, interpolation="nearest")
    axes.set_yticks(cell * np.arange(len(rows)) + cell / 2, names)
    axes.set_xticks([])
    axes.grid(False)
    axes.spines[:].set_visible(False)
    return figure
