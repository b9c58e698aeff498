"""The figures of docs/accuracy.md, docs/benchmarks.md and docs/robustness.md."""

from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("Agg")
from matplotlib import pyplot as plt
from matplotlib.ticker import FuncFormatter

from tenfold.evaluation.robustness import spoken


def time_to_accuracy(result: dict[str, Any], path: Path) -> None:
    """Test error against seconds of training, both logarithmic: each contender's repeats in one colour."""
    figure, axes = plt.subplots(figsize=(8, 4.8), layout="constrained")
    for number, row in enumerate(result["rows"]):
        ours = row["name"].startswith("tenfold")
        for curve in row["curves"]:
            errors = [100 * (1 - accuracy) for accuracy in curve["test_accuracy"]]
            style: dict[str, Any] = {"marker": "o", "linewidth": 1.6} if ours else {"marker": ".", "linewidth": 1}
            label = row["name"] if curve is row["curves"][0] else None
            axes.plot(curve["seconds"], errors, color=f"C{number}", alpha=0.8, markersize=4, label=label, **style)
    axes.set(xscale="log", yscale="log", xlabel="seconds of training", ylabel="test error, %")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.set_yticks([0.3, 0.5, 0.8, 1, 2, 5])
    axes.minorticks_off()
    axes.grid(alpha=0.3)
    axes.legend(frameon=False, fontsize="small")
    figure.savefig(path, dpi=110)
    plt.close(figure)


def robustness(result: dict[str, Any], path: Path) -> None:
    """Each corruption's wrong answers: the tutorials' CNN, whose worst is on top, the shipped model, the reader."""
    peer, shipped = ({row["corruption"]: row["error"] for row in model["corruptions"]} for model in result["rows"])
    names = sorted(peer, key=lambda name: peer[name])
    figure, axes = plt.subplots(figsize=(8, 5.2), layout="constrained")
    for name, errors, marker in (
        ("cnn-dropout", peer, "s"),
        ("shipped model", shipped, "o"),
        ("whole reader", result["reader"]["errors"], "D"),
    ):
        axes.plot([100 * errors[n] for n in names], range(len(names)), marker, markersize=6, alpha=0.85, label=name)
    axes.set_yticks(range(len(names)), [spoken(name) for name in names])
    axes.set(xlim=(-1, None), xlabel="wrong answers at MNIST-C's severity, %")
    axes.grid(alpha=0.3)
    axes.legend(frameon=False, loc="lower right")
    figure.savefig(path, dpi=110)
    plt.close(figure)


def transfer(result: dict[str, Any], path: Path) -> None:
    """Test accuracy against the number of labelled images: a panel a task, a line a start, with the spread of seeds."""
    tasks = result["tasks"]
    figure, panels = plt.subplots(1, len(tasks), figsize=(4.6 * len(tasks), 4.2), layout="constrained", squeeze=False)
    colours = {None: "C7", "mnist": "C0", "fashion-mnist": "C1"}
    for axes, task in zip(panels[0], tasks, strict=True):
        for start in dict.fromkeys(row["from"] for row in task["rows"]):
            rows = [row for row in task["rows"] if row["from"] == start]
            means, spreads = ([100 * row["test_accuracy"][key] for row in rows] for key in ("mean", "spread"))
            counts = [row["labelled"] for row in rows]
            style: dict[str, Any] = {"marker": "o", "markersize": 4, "capsize": 3, "color": colours.get(start)}
            axes.errorbar(counts, means, spreads, label=f"from {start or 'scratch'}", **style)
        axes.set(xscale="log", title=task["task"], xlabel="labelled images", ylabel="test accuracy, %")
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
        axes.grid(alpha=0.3)
        axes.legend(frameon=False, loc="lower right")
    figure.savefig(path, dpi=110)
    plt.close(figure)
