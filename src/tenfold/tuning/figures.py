"""The charts of a search: trials in, a matplotlib figure out."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tenfold.reports.canvas import LIGHT, new_figure, plain_log_ticks, styled
from tenfold.tuning.objectives import OBJECTIVES
from tenfold.tuning.space import Dimension

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from optuna.trial import FrozenTrial

_SHOWN = 9
"""Keys that the charts have room for, the most important first."""


@styled
def draw_history(
    done: Sequence["FrozenTrial"],
    stopped: Mapping[int, float],
    untuned: "FrozenTrial | None",
    best: "FrozenTrial",
    objective: str,
) -> "Figure":
    """Each trial's value in their order, the best so far as a line; stopped: the last values of those cut short."""
    from matplotlib.ticker import MaxNLocator

    figure, (axes,) = new_figure(3.3)
    up = OBJECTIVES[objective].maximize
    numbers, values = [trial.number for trial in done], [trial.values[0] for trial in done]
    axes.plot(numbers, values, "o", color=LIGHT["blue"], markersize=5, label="trained to the end")
    if stopped:
        axes.plot(list(stopped), list(stopped.values()), "x", color=LIGHT["muted"], markersize=5, label="stopped early")
    bests = [(max if up else min)(values[: place + 1]) for place in range(len(values))]
    axes.step(numbers, bests, where="post", color=LIGHT["blue"], linewidth=1.2, label="best so far")
    if untuned is not None:
        axes.axhline(untuned.values[0], color=LIGHT["orange"], linewidth=1.2, linestyle=(0, (4, 3)), label="untuned")
    axes.plot(
        best.number, best.values[0], "o", markersize=11, markerfacecolor="none", color=LIGHT["ink"], label="winner"
    )
    axes.set(xlabel="trial", ylabel="")
    _focus(axes, values)
    _percent(axes, objective)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_title(OBJECTIVES[objective].title.capitalize(), pad=34)
    axes.legend(
        loc="lower left", bbox_to_anchor=(-0.02, 1.0), ncols=3, fontsize=8.5, handlelength=1.4, columnspacing=1.2,
        borderaxespad=0.3,
    )  # fmt: skip
    return figure


@styled
def draw_importances(importances: Mapping[str, float]) -> "Figure":
    """A bar a key: its share of what sets good trials apart."""
    shown = list(importances.items())[:_SHOWN]
    figure, (axes,) = new_figure(0.9 + 0.3 * len(shown))
    places = range(len(shown))
    axes.barh(places, [share for _, share in shown], color=LIGHT["blue"], height=0.6)
    for place, (_, share) in zip(places, shown, strict=True):
        axes.annotate(
            f"{100 * share:.0f} %", (share, place), xytext=(5, 0), textcoords="offset points", va="center",
            fontsize=8.5, color=LIGHT["muted"],
        )  # fmt: skip
    axes.set_yticks(places, [key for key, _ in shown])
    axes.invert_yaxis()
    axes.margins(x=0.14)
    axes.grid(visible=False)
    axes.xaxis.set_visible(False)
    axes.spines["bottom"].set_visible(False)
    axes.set_title("What mattered")
    return figure


@styled
def draw_values(
    done: Sequence["FrozenTrial"], space: Sequence[Dimension], best: "FrozenTrial", objective: str
) -> "Figure":
    """A panel a key: every trial's value of it against what the trial reached."""
    shown = space[:_SHOWN]
    rows = -(-len(shown) // 2)
    figure, panels = new_figure(0.5 + 1.9 * rows, rows=rows, columns=2)
    for axes in panels[len(shown) :]:
        axes.set_visible(False)
    for axes, dimension in zip(panels, shown, strict=False):
        _draw_values(axes, dimension, [trial for trial in done if dimension.key in trial.params], best)
        _focus(axes, [trial.values[0] for trial in done])
        _percent(axes, objective)
    return figure


@styled
def draw_front(
    done: Sequence["FrozenTrial"], best: "FrozenTrial", front: Sequence[int], objectives: Sequence[str]
) -> "Figure":
    """The first objective against the second: filled are the trials that no other beats in all objectives."""
    figure, (axes,) = new_figure(3.3)
    for trial in done:
        face = LIGHT["blue"] if trial.number in front else "none"
        axes.plot(trial.values[1], trial.values[0], "o", color=LIGHT["blue"], markerfacecolor=face, markersize=5.5)
    axes.plot(best.values[1], best.values[0], "o", markersize=12, markerfacecolor="none", color=LIGHT["ink"])
    axes.set(xlabel=OBJECTIVES[objectives[1]].title)
    if max(t.values[1] for t in done) > 5 * min(t.values[1] for t in done) > 0:
        axes.set_xscale("log")
        plain_log_ticks(axes.xaxis)
    _focus(axes, [trial.values[0] for trial in done])
    _percent(axes, objectives[0])
    axes.set_title(f"{OBJECTIVES[objectives[0]].title.capitalize()} against cost")
    return figure


def _draw_values(axes: "Axes", dimension: Dimension, trials: Sequence["FrozenTrial"], best: "FrozenTrial") -> None:
    names = [_short(choice) for choice in dimension.choices]
    for trial in trials:
        value: Any = trial.params[dimension.key]
        x = dimension.choices.index(dimension.value(value)) if names else value
        won = trial.number == best.number
        axes.plot(
            x, trial.values[0], "o", color=LIGHT["orange" if won else "blue"], markersize=6 if won else 4,
            zorder=3 if won else 2,
        )  # fmt: skip
    if names:
        crowded = sum(map(len, names)) > 20
        axes.set_xticks(range(len(names)), names, rotation=25 if crowded else 0, ha="right" if crowded else "center")
        axes.set_xlim(-0.5, len(names) - 0.5)
    elif dimension.log:
        axes.set_xscale("log")
        plain_log_ticks(axes.xaxis, steps=(1, 3))
    axes.tick_params(labelsize=7.5)
    axes.set_title(dimension.key.removeprefix("model_options.").removeprefix("augmentation."), fontsize=9, pad=5)


def _short(choice: Any) -> str:
    text = "–".join(map(str, choice)) if isinstance(choice, list | tuple) else str(choice)
    return text if len(text) <= 9 else f"{text[:8]}…"


def _focus(axes: "Axes", values: Sequence[float]) -> None:
    """Leaves out of sight what is far worse than most, as trials that learned nothing: they would flatten the rest."""
    import numpy as np

    low, middle, high = np.quantile(values, [0.1, 0.5, 0.9])
    reach = max(3 * (high - low), 1e-4)
    bottom, top = max(min(values), middle - reach), min(max(values), middle + reach)
    margin = 0.08 * (top - bottom) or 1e-3
    axes.set_ylim(bottom - margin, top + margin)


def _percent(axes: "Axes", objective: str) -> None:
    if OBJECTIVES[objective].maximize:
        axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.4g} %")
