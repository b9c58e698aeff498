"""How many labelled images does a new task need: from scratch, from MNIST, from Fashion-MNIST?

The task is KMNIST, ten characters of old Japanese writing, which is neither. Every run is `compact` on so many of its
training images, a share of each class, all layers trained, about as many steps whatever the number; it is scored on
KMNIST's 10,000 test images. Sources are runs of `compact` on all of MNIST and all of Fashion-MNIST.
"""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.machine import write_result
from benchmarks.seeds import over_seeds, trained_run

TARGET = "kmnist"
SOURCES = ("mnist", "fashion-mnist")
LABELLED = (10, 30, 100, 300, 1_000, 3_000, 10_000)
SEEDS = (0, 1, 2, 3, 4)
RECIPE, BATCH = "compact", 128
STEPS = 300
"""Of each run at least: ten images make one step an epoch."""

EPOCHS = 10
"""Of each run at least: ten thousand images make 790 steps."""


def main(tiny: bool = False) -> None:
    """Measure and keep the result, and draw its figure; tiny only shows that it runs."""
    if tiny:
        measure("mnist", ("mnist",), (40,), (0,), {"data.limit": 500, "epochs": 1})
        return
    result = measure(TARGET, SOURCES, LABELLED, SEEDS)
    print(f"kept in {write_result('transfer', result)}")
    draw(result, Path(__file__).parents[1] / "docs" / "figures" / "transfer.png")


def measure(
    target: str,
    sources: Sequence[str],
    labelled: Sequence[int],
    seeds: Sequence[int],
    source_overrides: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """A row for each start, None for scratch, and number of labelled images: test accuracy over seeds."""
    starts: dict[str | None, dict[str, Any]] = {None: {}}
    for source in sources:
        run = trained_run(RECIPE, {"data.name": source, **(source_overrides or {})})
        starts[source] = {"init.run": str(run.path)}
    rows = []
    for n in labelled:
        for origin, start in starts.items():
            # Nothing is held out: ten images are ten images, and nothing is chosen.
            given = {"data.name": target, "data.limit": n, "data.validation": 0.0, "epochs": epochs(n), **start}
            print(f"{n:>6} images, from {origin or 'scratch'}: ", end="")
            row = over_seeds(RECIPE, seeds, **given)
            rows.append({"from": origin, "labelled": n, "epochs": epochs(n), "test_accuracy": row["test_accuracy"]})
    return {"target": target, "rows": rows}


def epochs(n: int) -> int:
    """Epochs of a run on n images."""
    return max(EPOCHS, math.ceil(STEPS / math.ceil(n / BATCH)))


def draw(result: Mapping[str, Any], path: Path) -> None:
    """Test accuracy against the number of labelled images, a line a start, with the spread over seeds."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(8, 4.8), layout="constrained")
    for source in dict.fromkeys(row["from"] for row in result["rows"]):
        rows = [row for row in result["rows"] if row["from"] == source]
        means = [100 * row["test_accuracy"]["mean"] for row in rows]
        spreads = [100 * row["test_accuracy"]["spread"] for row in rows]
        counts = [row["labelled"] for row in rows]
        axes.errorbar(counts, means, spreads, marker="o", markersize=4, capsize=3, label=f"from {source or 'scratch'}")
    axes.set(xscale="log", xlabel=f"labelled images of {result['target']}", ylabel="test accuracy, %")
    axes.grid(alpha=0.3)
    axes.legend(frameon=False)
    figure.savefig(path, dpi=110)
    plt.close(figure)
