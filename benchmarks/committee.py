"""How good are several models as one, their recipe and seeds fixed beforehand?"""

from collections.abc import Sequence
from typing import Any

from benchmarks import seeds as over
from benchmarks.machine import write_result
from tenfold.committee import ensemble

COMMITTEES: dict[str, tuple[int, ...]] = {
    "good": tuple(range(1, 6)),
    "best": tuple(range(1, 11)),
    "fashion": tuple(range(1, 5)),
}
"""The seeds of each recipe's committee. Nobody is chosen: what these come to is the result."""

GOALS = {"good": 0.9970, "best": 0.9985}
"""`fashion` has none: four of ten minutes each are what an hour comes to."""


def measure(recipe: str, seeds: Sequence[int], **overrides: Any) -> dict[str, Any]:
    """Train a recipe with each seed, or take the run that did so before; all of them as one, scored on the test set."""
    runs = [over.trained_run(recipe, overrides | {"seed": seed}) for seed in seeds]
    made = ensemble(runs, out=over.RUNS)
    row = {
        "recipe": recipe,
        "seeds": list(seeds),
        "commits": sorted({str(run.environment["git_commit"]) for run in runs}),
        "parameters": made.environment["training"]["parameters"],
        "train_seconds": made.environment["training"]["train_seconds"],
        "ece": (made.scores or {})["ece"],
        **(made.members or {}),
    }
    print(f"{recipe}, {len(seeds)} seeds: {row['against_best']['sentence']}", flush=True)
    return row


def main(tiny: bool = False) -> None:
    """Measure and keep the result; tiny only shows that it runs."""
    if tiny:
        measure("mlp-sgd", (0, 1), **{"epochs": 1, "data.limit": 500})
        return
    rows = [measure(recipe, seeds) for recipe, seeds in COMMITTEES.items()]
    print(f"kept in {write_result('committee', {'rows': rows})}")
