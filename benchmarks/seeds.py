"""A recipe over seeds: how good it is on average, how far seeds spread, and how long it takes."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tenfold import comparison
from tenfold.comparison import summarise
from tenfold.run import Run

RUNS = Path("runs/benchmarks")


def over_seeds(recipe: str, seeds: Iterable[int], **overrides: Any) -> dict[str, Any]:
    """Train a recipe with each seed, or take the run that did so before; scores are of the test set."""
    row = summarise(recipe, [trained_run(recipe, overrides | {"seed": seed}) for seed in seeds])
    accuracy, seconds = row["test_accuracy"], row["train_seconds"]
    print(
        f"{recipe:<16} test {100 * accuracy['mean']:.3f} ± {100 * accuracy['spread']:.3f} %, {len(row['seeds'])} seeds,"
        f" lowest {100 * accuracy['min']:.2f} %, {seconds['mean']:.1f} s",
        flush=True,
    )
    return row


def trained_run(recipe: str, overrides: dict[str, Any]) -> Run:
    """The run of a recipe with these overrides: the one that is there already, or a new one."""
    return comparison.trained_run(recipe, overrides, out=RUNS)[0]
