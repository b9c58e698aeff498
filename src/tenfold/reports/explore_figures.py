"""The charts of a dataset's page: one function a chart, plain arrays in, a matplotlib figure out."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tenfold.exploration.projection import Projection
from tenfold.formatting import count, percent
from tenfold.reports.canvas import LIGHT, WIDTH, new_figure, styled

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
def draw_measure(
    values: NDArray[np.floating], labels: NDArray[np.int64], classes: Sequence[str], title: str, unit: str
) -> "Figure":
    """How a measure [n] is spread: a histogram of all images; below, a class a row: 5 to 95 %, quartiles, median."""
    figure, [axes, below] = new_figure(
        2.6 + 0.2 * len(classes), rows=2, sharex=True, height_ratios=(1.6, max(0.6, 0.2 * len(classes)))
    )
    known = ~np.isnan(values)
    low, high = np.percentile(values[known], [0.1, 99.9]) if known.any() else (0.0, 1.0)
    room = max(high - low, 1e-3) * 0.04
    counts, edges = np.histogram(values[known], 48, (low - room, high + room))
    shares = counts / max(1, known.sum())
    axes.stairs(shares, edges, fill=True, color=LIGHT["blue"])
    axes.set_ylim(0, max(0.01, 1.06 * shares.max()))
    axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.3g} %")
    axes.set_title(title)
    for place in range(len(classes)):
        own = values[known & (labels == place)]
        if len(own):
            least, lower, middle, upper, most = np.percentile(own, [5, 25, 50, 75, 95])
            below.plot([least, most], [place, place], color=LIGHT["muted"], linewidth=1)
            below.plot([lower, upper], [place, place], color=LIGHT["blue"], linewidth=5, solid_capstyle="butt")
            below.plot(
                [middle], [place], color=LIGHT["surface"], marker="o", markersize=4.5, markeredgecolor=LIGHT["ink"]
            )
    below.set_yticks(range(len(classes)), classes, fontsize=min(9.5, 250 / len(classes)))
    below.set(ylim=(len(classes) - 0.4, -0.6), xlim=(low - room, high + room), xlabel=unit)
    below.grid(axis="y", visible=False)
    return figure


SHOWN_PANELS = 12
"""Classes that the map has a panel for."""

_OTHERS, _OWN = 250, 120
"""Points of a panel: of all images, and of its class."""


@styled
def draw_map(projection: Projection, labels: NDArray[np.int64], classes: Sequence[str]) -> "Figure":
    """Where each class lies on the map: a panel a class, its images blue over some of all in grey."""
    columns = 4
    shown = classes[:SHOWN_PANELS]
    rows = -(-len(shown) // columns)
    figure, panels = new_figure(1.32 * rows + 0.1, rows=rows, columns=columns, sharex=True, sharey=True)
    random, places = np.random.default_rng(0), projection.places
    some = places[random.permutation(len(places))[:_OTHERS]]
    for axes in panels:
        axes.set(xticks=[], yticks=[], aspect="equal")
        axes.spines[:].set_visible(False)
    for label, (axes, name) in enumerate(zip(panels, shown, strict=False)):
        own = places[random.permutation(np.flatnonzero(labels == label))[:_OWN]]
        axes.plot(*some.T, ".", color=LIGHT["muted"], alpha=0.3, markersize=3, markeredgewidth=0)
        axes.plot(*own.T, ".", color=LIGHT["blue"], markersize=3.5, markeredgewidth=0)
        axes.set_title(name if len(name) <= 11 else f"{name[:10]}…", fontsize=9.5, pad=2)
    return figure


@styled
def draw_picture(image: NDArray[np.uint8]) -> "Figure":
    """One picture [height, width], as large as the figure."""
    figure, [axes] = new_figure(WIDTH * image.shape[0] / image.shape[1])
    axes.imshow(image, cmap="gray_r", vmin=0, vmax=255, interpolation="nearest")
    axes.axis("off")
    return figure


@styled
def draw_images(rows: Sequence[NDArray[np.uint8]], names: Sequence[str], columns: int = 1) -> "Figure":
    """One named row of images [k, 28, 28] a class; rows may differ in length. columns: room for at least so many."""
    cell = 32
    columns = max(columns, max(map(len, rows)))
    names = [name if len(name) <= 14 else f"{name[:13]}…" for name in names]
    sheet = np.zeros((cell * len(rows), cell * columns), np.uint8)
    for y, images in enumerate(rows):
        for x, image in enumerate(images):
            sheet[cell * y + 2 : cell * y + 30, cell * x + 2 : cell * x + 30] = image
    room = WIDTH - 0.5 - 0.09 * max(map(len, names))  # inches, beside the names
    figure, [axes] = new_figure(max(0.6, room * len(rows) / columns + 0.2))
    axes.imshow(sheet, cmap="gray_r", vmin=0, vmax=255, interpolation="nearest")
    axes.set_yticks(cell * np.arange(len(rows)) + cell / 2, names)
    axes.set_xticks([])
    axes.grid(False)
    axes.spines[:].set_visible(False)
    return figure
