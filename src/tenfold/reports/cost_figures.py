"""The charts of what a model costs and what refusing buys: plain numbers in, a matplotlib figure out."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from tenfold.evaluation.rejection import Rejection
from tenfold.formatting import percent
from tenfold.reports.canvas import LIGHT, new_figure, styled

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_NUMBER: dict[str, Any] = {"va": "center_baseline", "fontsize": 8.5, "color": LIGHT["muted"]}

PARTS = {
    "start": "loading libraries",
    "data": "loading data",
    "model": "building the model",
    "steps": "training steps",
    "validation": "validating",
    "checkpoints": "checkpoints",
    "export": "exporting, checking",
    "scoring": "scoring on test",
}
"""The parts of a run's seconds, in their order, as people call them; the report's own come after it is written."""


@styled
def draw_rejection(found: Rejection) -> "Figure":
    """The error of the answers that are left against the share of images refused, and the model's own threshold."""
    figure, [axes] = new_figure(3.6)
    refused = 1 - found.coverage
    shown = refused <= 0.5  # beyond that nobody would use it, and the first mistake decides all
    axes.step(refused[shown], found.error[shown], where="post", color=LIGHT["blue"])
    highest = max(0.0005, float(found.error[shown].max(initial=0.0)))
    place = 1 - found.own.coverage
    # So wide that its own threshold is in sight, unless it refuses so much that the rest would shrink to a line.
    limit = max(0.05, 1.5 * place) if place <= 0.3 else 0.2
    if found.own.error is not None and place <= limit:
        axes.plot([place], [found.own.error], "o", color=LIGHT["orange"], markersize=7, clip_on=False)
        axes.annotate(
            f"its own threshold:\n{percent(place)} refused, {percent(found.own.error)} wrong",
            (place, found.own.error),
            xytext=(0.97, 0.9),
            textcoords="axes fraction",
            ha="right",
            va="top",
            color=LIGHT["muted"],
            arrowprops={"arrowstyle": "-", "color": LIGHT["muted"], "linewidth": 0.8, "shrinkB": 5},
        )
    axes.set(xlim=(0, limit), ylim=(0, 1.12 * highest), xlabel="images refused", ylabel="wrong among the rest")
    axes.xaxis.set_major_formatter(lambda value, _: f"{100 * value:.3g} %")
    axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.3g} %")
    axes.tick_params(axis="x", pad=7)
    axes.set_title("What refusing the least sure buys")
    return figure


@styled
def draw_anatomy(seconds: Mapping[str, float]) -> "Figure":
    """Where a run's seconds went, part by part (keys of PARTS; others are left out), each with its share."""
    parts = [(name, seconds[key]) for key, name in PARTS.items() if key in seconds]
    total = max(1e-9, sum(took for _, took in parts))
    figure, [axes] = new_figure(max(1.6, 0.8 + 0.27 * len(parts)))
    places = np.arange(len(parts))
    for place, (name, took) in enumerate(parts):
        own = name in (PARTS["steps"], PARTS["validation"])
        axes.barh(place, took, height=0.68, color=LIGHT["blue"], alpha=1.0 if own else 0.45)
        share = f"{100 * took / total:.0f} %" if took >= 0.005 * total else "<1 %"
        for x, text in ((0.84, f"{took:,.1f} s"), (1.0, share)):
            axes.text(x, place, text, transform=axes.get_yaxis_transform(), ha="right", **_NUMBER)
    # A third of the width is for the numbers: a bar never runs into them.
    axes.set(ylim=(len(parts) - 0.4, -0.6), xlim=(0, 1.5 * max([1e-9, *(took for _, took in parts)])))
    axes.set_yticks(places, [name for name, _ in parts])
    axes.set_xticks([])
    axes.grid(False)
    axes.spines["bottom"].set_visible(False)
    axes.set_title(f"Where {total:,.1f} seconds went" if total < 100 else f"Where {total:,.0f} seconds went")
    return figure
