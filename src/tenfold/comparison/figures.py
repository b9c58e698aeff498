"""The charts of a comparison: standings in, a matplotlib figure out. Contenders keep their colour, mark and number."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tenfold.comparison.contenders import Contender
from tenfold.comparison.standings import Row
from tenfold.reports.canvas import LIGHT, SERIES, new_figure, plain_log_ticks, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MARKS = "osD^vP*X<>"
_Values = NDArray[np.float64]

_LEAST_ERROR = 5e-4
"""On a log scale an error of none has no place: half an image of a thousand stands for it."""

_NAME = 20
"""Characters of a name that a legend has room for."""

_SIDES = (
    (9, 0),
    (-9, 0),
    (0, 10),
    (0, -10),
    (10, 8),
    (-10, 8),
    (10, -9),
    (-10, -9),
    (20, 0),
    (0, 20),
    (-20, 0),
    (0, -20),
)
"""Where a point's number may stand, in points from its middle; the first place that is free is taken."""


@styled
def draw_curves(rows: Sequence[Row]) -> "Figure":
    """Validation error over epochs, then over seconds of training: a line a contender, the mean over its runs.

    Where a contender trained few epochs a dashed line leads there: its error on the training images as it saw them.
    """
    from matplotlib.ticker import MaxNLocator

    lines = [(place, *curve) for place, row in enumerate(rows) if (curve := _curve(row.contender)) is not None]
    legend = 0.24 * -(-len(lines) // 2)  # inches
    figure, panels = new_figure(5.0 + legend, rows=2)
    for place, epochs, seconds, errors in lines:
        for axes, x in zip(panels, (epochs, seconds), strict=True):
            axes.plot(x, errors, label=_name(place, rows[place].name), markersize=4, linewidth=1.4, **_look(place))
    for place, *within, errors in _approaches(rows):
        for axes, x in zip(panels, within, strict=True):
            axes.plot(x, errors, linewidth=1, linestyle=(0, (4, 2)), color=_look(place)["color"])
    for axes, label in zip(panels, ("epoch", "seconds of training"), strict=True):
        axes.set(yscale="log", xlabel=label)
        plain_log_ticks(axes.yaxis, "{:,.10g} %", 100)
    panels[0].xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    long = any(len(epochs) > 1 for _, epochs, _, _ in lines) or has_approaches(rows)
    panels[0].margins(x=0.05 if long else 0.5)
    panels[1].set_xscale("log")
    plain_log_ticks(panels[1].xaxis)
    panels[0].set_title("Wrong on the validation split", pad=16 + 72 * legend)
    panels[0].legend(
        loc="lower left", bbox_to_anchor=(-0.02, 1.0), ncols=2, handlelength=1.6, fontsize=8.5, borderaxespad=0.3
    )
    return figure


def has_curves(rows: Sequence[Row]) -> bool:
    """Whether any contender kept a history of its validation."""
    return any(_curve(row.contender) is not None for row in rows)


def has_approaches(rows: Sequence[Row]) -> bool:
    """Whether some contender trained so few epochs that `draw_curves` draws a dashed line for it."""
    return bool(_approaches(rows))


@styled
def draw_trade_offs(rows: Sequence[Row]) -> "Figure":
    """Test accuracy against training time, size and latency: the line joins those that no other beats in both."""
    measures: tuple[tuple[str, Callable[[Row], float | None]], ...] = (
        ("seconds of training", lambda row: row.train_seconds["mean"] if row.train_seconds else None),
        ("size, kB", lambda row: row.size_bytes / 1e3),
        ("one image, ms", lambda row: row.latency_ms["mean"]),
    )
    figure, panels = new_figure(8.6, rows=3)
    drawn = []
    for axes, (label, cost) in zip(panels, measures, strict=True):
        shown = [(place, value, row) for place, row in enumerate(rows) if (value := cost(row)) is not None]
        drawn.append((axes, *_draw_trade_off(axes, shown)))
        axes.set_xlabel(label)
    panels[0].set_title("Test accuracy against what it costs")
    figure.draw_without_rendering()  # only then is it known where in the figure a point lies
    for axes, places, points in drawn:
        _number(axes, places, points, 72 / figure.dpi)
    return figure


def pareto(points: Sequence[tuple[float, float]]) -> list[int]:
    """Places of the points (cost, accuracy) that no other matches at less cost or beats at the same, by cost."""
    best, kept = -np.inf, []
    for place in sorted(range(len(points)), key=lambda i: (points[i][0], -points[i][1])):
        if points[place][1] > best:
            best = points[place][1]
            kept.append(place)
    return kept


def _draw_trade_off(
    axes: "Axes", shown: Sequence[tuple[int, float, Row]]
) -> tuple[list[int], list[tuple[float, float]]]:
    """Draws them, and returns their places among the rows and their points."""
    points = [(cost, row.accuracy["mean"]) for _, cost, row in shown]
    for (place, _, row), (x, y) in zip(shown, points, strict=True):
        low, high = row.accuracy_ci95
        axes.errorbar(x, y, yerr=[[max(0, y - low)], [max(0, high - y)]], elinewidth=0.9, markersize=6, **_look(place))
    front = [points[place] for place in pareto(points)]
    axes.plot(*zip(*front, strict=True), color=LIGHT["muted"], linewidth=0.9, linestyle=(0, (2, 3)), zorder=0)
    axes.set_xscale("log")
    axes.margins(x=0.12, y=0.12)
    plain_log_ticks(axes.xaxis)
    axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.4g} %")
    return [place for place, _, _ in shown], points


def _number(axes: "Axes", places: Sequence[int], points: Sequence[tuple[float, float]], size: float) -> None:
    """Each point's number beside it, clear of the other points and numbers; size: of a dot of the figure, in points."""
    taken = [tuple(size * axes.transData.transform(point)) for point in points]
    for place, (x, y) in zip(places, list(taken), strict=True):
        spots = [(x + dx, y + dy) for dx, dy in _SIDES]
        free = [spot for spot in spots if all(max(abs(spot[0] - a), 1.1 * abs(spot[1] - b)) > 8.5 for a, b in taken)]
        spot = (free or spots)[0]
        taken.append(spot)
        axes.annotate(
            str(place + 1),
            points[places.index(place)],
            xytext=(spot[0] - x, spot[1] - y),
            textcoords="offset points",
            ha="center",
            va="center",
            fontsize=8.5,
            color=LIGHT[SERIES[place % len(SERIES)]],
            fontweight="bold",
        )


def _curve(contender: Contender) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]] | None:
    """Epochs, seconds since the start, and validation error, each the mean over runs as far as all of them went."""
    tables = [np.array([(row["seconds"], row["val_accuracy"]) for row in run.history]) for run in contender.runs]
    tables = [table for table in tables if table.size and not np.isnan(table[:, 1]).any()]
    if not tables:
        return None
    length = min(map(len, tables))
    seconds, accuracy = np.mean([table[:length] for table in tables], axis=0).T
    return np.arange(1.0, length + 1), np.cumsum(seconds), np.maximum(1 - accuracy, _LEAST_ERROR)


def _approaches(rows: Sequence[Row]) -> list[tuple[int, _Values, _Values, _Values]]:
    """Place, epochs, seconds and training error of the contenders whose runs all kept their steps, means as those of
    `_curve`."""
    found = []
    for place, row in enumerate(rows):
        runs = row.contender.runs
        curve = _curve(row.contender)
        if curve is None or not all(run.steps for run in runs):
            continue
        length = min(len(run.steps) for run in runs)
        tables = [[(step["epoch"], step["train_accuracy"]) for step in run.steps[:length]] for run in runs]
        epochs, accuracy = np.mean(tables, axis=0).T
        seconds = np.interp(epochs, [0, *curve[0]], [0, *curve[1]])
        found.append((place, epochs, seconds, np.maximum(1 - accuracy, _LEAST_ERROR)))
    return found


def _look(place: int) -> dict[str, Any]:
    return {"color": LIGHT[SERIES[place % len(SERIES)]], "marker": _MARKS[place % len(_MARKS)]}


def _name(place: int, name: str) -> str:
    return f"{place + 1} {name if len(name) <= _NAME else name[: _NAME - 1] + '…'}"
