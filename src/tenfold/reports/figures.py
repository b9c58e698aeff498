"""The charts of a report: one function a chart, plain arrays in, a matplotlib figure out."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tenfold.formatting import count, percent, plural
from tenfold.metrics import Reliability, wilson_interval
from tenfold.reports.canvas import LIGHT, WIDTH, new_figure, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.ticker import Locator

_NUMBERED_CLASSES = 15
"""With more classes than this, a confusion matrix has no room for a number in each cell."""


@styled
def draw_curves(
    history: Sequence[Mapping[str, float]], kept: int, steps: Sequence[Mapping[str, float]] = ()
) -> "Figure":
    """Loss and accuracy over the epochs, training and validation; kept: the epoch whose weights were kept.

    steps: of a run of few epochs, how training went within them: then both are drawn over the steps, validation where
    its epochs end.
    """
    from matplotlib.ticker import MaxNLocator

    figure, panels = new_figure(4.6, rows=2, sharex=True)
    ends = {row["epoch"]: _last_step(steps, row["epoch"]) if steps else row["epoch"] for row in history}
    for axes, measure in zip(panels, ("loss", "accuracy"), strict=True):
        for name, prefix, colour in (("training", "train", LIGHT["muted"]), ("validation", "val", LIGHT["blue"])):
            within = bool(steps) and prefix == "train"
            rows = steps if within else history
            values = np.array([row[f"{prefix}_{measure}"] for row in rows])
            if np.isnan(values).all():
                continue
            dot = "o" if len(history) <= 30 and not within else ""
            places = [row["step"] for row in steps] if within else list(ends.values())
            axes.plot(places, values, color=colour, label=name, marker=dot, markersize=3.5)
        axes.axvline(ends.get(kept, kept), color=LIGHT["ink"], linewidth=0.9, linestyle=(0, (2, 3)), zorder=0)
        axes.set_title("Loss" if measure == "loss" else "Accuracy")
    panels[0].legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2, handlelength=1.4, borderaxespad=0.2)
    panels[1].set_title(f"kept: epoch {kept}", loc="right", color=LIGHT["muted"], fontweight="normal", fontsize=9.5)
    panels[1].yaxis.set_major_formatter(lambda value, _: f"{100 * value:.4g} %")
    panels[1].xaxis.set_major_locator(MaxNLocator(integer=True))
    panels[1].margins(x=0.03 if len(steps or history) > 1 else 0.5)
    panels[1].set_xlabel("step" if steps else "epoch")
    return figure


def _last_step(steps: Sequence[Mapping[str, float]], epoch: float) -> float:
    """The step with which an epoch ended."""
    return max((row["step"] for row in steps if row["epoch"] <= epoch), default=0.0)


@styled
def draw_confusion(confusion: NDArray[np.int64], classes: Sequence[str], *, shares: bool) -> "Figure":
    """The confusion matrix [classes, classes], rows true, in counts or in shares of each true class.

    Right answers are blue; mistakes are orange with their own scale, from none to the commonest, in which the
    root of the count decides, or one common mistake would hide the rest.
    """
    from matplotlib.patches import Rectangle

    figure, [axes] = new_figure(WIDTH)
    size = len(classes)
    values = confusion / np.maximum(1, confusion.sum(axis=1, keepdims=True)) if shares else confusion
    mistakes = values - np.diag(np.diag(values))
    for true, predicted in zip(*np.nonzero(confusion), strict=True):
        value, right = values[true, predicted], true == predicted
        strength = 0.14 if right else 0.08 + 0.82 * float(np.sqrt(value / mistakes.max()))
        colour = LIGHT["blue" if right else "orange"]
        corner = (predicted - 0.47, true - 0.47)
        axes.add_patch(Rectangle(corner, 0.94, 0.94, facecolor=colour, alpha=strength, linewidth=0))
        if size <= _NUMBERED_CLASSES:
            text = _share(value) if shares else f"{value:.0f}"
            ink = LIGHT["on-orange" if strength > 0.7 else "ink"]
            weight = "bold" if right else "normal"
            axes.text(
                predicted, true, text, color=ink, ha="center", va="center_baseline", fontsize=8.5, fontweight=weight
            )
    axes.set(xlim=(-0.5, size - 0.5), ylim=(size - 0.5, -0.5), aspect="equal", xlabel="read as", ylabel="true class")
    axes.set_title("Confusion, % of each true class" if shares else "Confusion, number of images")
    axes.grid(False)
    axes.spines[:].set_visible(False)
    _name_classes(axes, classes)
    return figure


def _share(value: float) -> str:
    """A share above 0 in percent, short enough for a cell; only 1 reads as 100."""
    if value == 1:
        return "100"
    return f"{min(99.9, 100 * value):.1f}" if value >= 0.0005 else "<0.1"


def _name_classes(axes: "Axes", classes: Sequence[str]) -> None:
    ticks = range(len(classes))
    names = [name if len(name) <= 14 else f"{name[:13]}…" for name in classes]
    size = min(9.5, 250 / len(classes))  # points; the matrix is about 300 wide
    axes.set_yticks(ticks, names, fontsize=size)
    slant = 45 if max(map(len, names)) > 2 else 90 if len(classes) > 30 else 0
    axes.set_xticks(ticks, names, fontsize=size, rotation=slant, ha="right" if slant == 45 else "center")


@styled
def draw_confidence(right: NDArray[np.int64], wrong: NDArray[np.int64]) -> "Figure":
    """How sure the model was: right and wrong answers [steps] in equal steps of confidence, in shares of each."""
    figure, panels = new_figure(4.4, rows=2, sharex=True)
    middles = (np.arange(len(right)) + 0.5) / len(right)
    for axes, counts, name, colour in (
        (panels[0], right, "right answer", LIGHT["blue"]),
        (panels[1], wrong, "wrong answer", LIGHT["orange"]),
    ):
        shares = counts / max(1, counts.sum())
        axes.bar(middles, shares, width=0.88 / len(right), color=colour)
        axes.set_title(plural(int(counts.sum()), name))
        axes.set_ylim(0, max(0.1, 1.08 * shares.max()))
        axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.3g} %")
        axes.tick_params(axis="x", pad=7)
        axes.grid(axis="x", visible=False)
    panels[1].xaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f} %")
    panels[1].set(xlim=(0, 1), xlabel="confidence in the answer")
    return figure


@styled
def draw_reliability(before: Reliability, after: Reliability) -> "Figure":
    """Accuracy against confidence, before and after the temperature; below, how many answers each bin holds."""
    figure, [axes, below] = new_figure(5.0, rows=2, sharex=True, height_ratios=(4, 1))
    axes.plot([0, 1], [0, 1], color=LIGHT["muted"], linewidth=0.9, linestyle=(0, (2, 3)))
    held = before.counts > 0
    axes.plot(
        before.confidence[held],
        before.accuracy[held],
        color=LIGHT["orange"],
        marker="o",
        markersize=4.5,
        markerfacecolor=LIGHT["surface"],
        linewidth=1.2,
        clip_on=False,
        label=f"before, error {percent(before.error)}",
    )
    held = after.counts > 0
    share = after.accuracy[held]
    right = np.rint(share * after.counts[held]).astype(np.int64)
    intervals = np.array([wilson_interval(int(r), int(n)) for r, n in zip(right, after.counts[held], strict=True)])
    axes.errorbar(
        after.confidence[held],
        share,
        yerr=np.abs(intervals.T - share),
        color=LIGHT["blue"],
        marker="o",
        markersize=4.5,
        linewidth=1.4,
        elinewidth=0.9,
        clip_on=False,
        label=f"after, error {percent(after.error)}",
    )
    axes.set(xlim=(0, 1), ylim=(0, 1.02), ylabel="share that is right")
    axes.set_title("Reliability, before and after calibration", pad=30)
    axes.legend(loc="lower left", bbox_to_anchor=(-0.02, 1.0), ncols=2, handlelength=1.4, columnspacing=1.4)
    axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f} %")
    _draw_counts(below, after.counts)
    return figure


def _draw_counts(axes: "Axes", counts: NDArray[np.int64]) -> None:
    bins = len(counts)
    axes.bar((np.arange(bins) + 0.5) / bins, counts, width=0.88 / bins, color=LIGHT["blue"], alpha=0.45)
    # Nearly all answers of a good model fall into the last bin; only a log scale shows the others.
    axes.set_yscale("log")
    axes.set_ylim(0.7, 3 * max(1, counts.max()))
    axes.yaxis.set_major_formatter(lambda value, _: count(value))
    axes.yaxis.set_minor_locator(_no_ticks())
    axes.xaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f} %")
    axes.set(xlabel="confidence in the answer", ylabel="answers")
    axes.grid(axis="x", visible=False)


def _no_ticks() -> "Locator":
    from matplotlib.ticker import NullLocator

    return NullLocator()


@styled
def draw_mistakes(images: NDArray[np.uint8], captions: Sequence[str]) -> "Figure":
    """Images [n, 28, 28], n at least 1, six a row, each under its caption."""
    columns, cell = 6, 40  # pixels: an image of 28 with its caption above and room to the next
    rows = -(-len(images) // columns)
    sheet = np.zeros((rows * cell, columns * cell), np.uint8)
    # One axes for all: an axes for each would take seconds to lay out.
    figure, [axes] = new_figure(WIDTH * rows / columns)
    for place, (image, caption) in enumerate(zip(images, captions, strict=True)):
        y, x = cell * (place // columns), cell * (place % columns)
        sheet[y + 10 : y + 38, x + 6 : x + 34] = image
        axes.text(x + cell / 2, y + 5, caption, ha="center", va="center", fontsize=7.5)
    axes.imshow(sheet, cmap="gray_r", vmin=0, vmax=255, interpolation="nearest")
    axes.axis("off")
    return figure
