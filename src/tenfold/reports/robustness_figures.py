"""The chart of a model's robustness: one function, a measurement in, a matplotlib figure out."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tenfold.evaluation.robustness import spoken
from tenfold.formatting import percent
from tenfold.reports.canvas import LIGHT, new_figure, styled

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_NUMBER: dict[str, Any] = {"va": "center_baseline", "fontsize": 8.5, "color": LIGHT["muted"]}


@styled
def draw_robustness(found: Mapping[str, Any]) -> "Figure":
    """The error under each corruption, the worst on top: MNIST-C's severity a bar, the five severities dots.

    found: a robustness as JSON.
    """
    rows = sorted(found["corruptions"], key=lambda row: -row["error"])
    figure, [axes] = new_figure(5.4)
    places = range(len(rows))
    axes.barh(places, [row["error"] for row in rows], height=0.62, color=LIGHT["blue"])
    for place, row in enumerate(rows):
        if row["error_by_severity"]:
            axes.plot(
                row["error_by_severity"], [place] * 5, color=LIGHT["orange"], linewidth=0.9, marker="o", markersize=3
            )
        # In a column of their own: beside the dots a number could be taken for the last dot's.
        axes.text(1.16, place, percent(row["error"], 1), transform=axes.get_yaxis_transform(), ha="right", **_NUMBER)
    axes.axvline(found["mean_error"], color=LIGHT["ink"], linewidth=0.9, linestyle=(0, (2, 3)), zorder=1)
    highest = max(0.01, *(max(row["error_by_severity"] or [row["error"]]) for row in rows))
    axes.set(xlim=(0, 1.04 * highest), ylim=(len(rows) - 0.4, -0.6), xlabel="wrong answers")
    axes.set_yticks(places, [spoken(row["corruption"]) for row in rows])
    axes.xaxis.set_major_formatter(lambda value, _: f"{100 * value:.3g} %")
    axes.grid(axis="y", visible=False)
    axes.set_title(f"Corrupted: {percent(found['mean_error'])} wrong; clean: {percent(found['clean_error'])}")
    return figure
