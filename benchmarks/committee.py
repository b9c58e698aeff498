"""How good are several models as one, their recipe and seeds fixed beforehand?"""

from dataclasses import dataclass
from typing import Any

from benchmarks import seeds as over
from benchmarks.machine import write_result
from tenfold.ensembles import ensemble


@dataclass(frozen=True)
class Committee:
    """A recipe and its seeds, nobody chosen; goal: the accuracy that it is to reach, where one was set."""

    recipe: str
    seeds: tuple[int, ...]
    goal: float | None = None


COMMITTEES = (
    Committee("good", tuple(range(1, 6)), 0.9970),
    Committee("best", tuple(range(1, 11)), 0.9985),
    # What half an hour of two cores comes to, three times: no member is in two of them.
    *(Committee("best", seeds) for seeds in ((1, 2, 3), (4, 5, 6), (7, 8, 9))),
    # And what an hour comes to.
    Committee("fashion", tuple(range(1, 5))),
)


def measure(committee: Committee, **overrides: Any) -> dict[str, Any]:
    """Train a recipe with each seed, or take the run that did so before; all of them as one, scored on the test set."""
    runs = [over.trained_run(committee.recipe, overrides | {"seed": seed}) for seed in committee.seeds]
    made = ensemble(runs, out=over.RUNS)
    row = {
        "recipe": committee.recipe,
        "seeds": list(committee.seeds),
        "goal": committee.goal,
        "commits": sorted({str(run.environment["git_commit"]) for run in runs}),
        "parameters": made.environment["training"]["parameters"],
        "train_seconds": made.environment["training"]["train_seconds"],
        "ece": (made.scores or {})["ece"],
        **(made.members or {}),
    }
    print(f"{committee.recipe}, {len(runs)} seeds: {row['against_best']['sentence']}", flush=True)
    return row


def main(tiny: bool = False) -> None:
    """Measure and keep the result; tiny only shows that it runs."""
    if tiny:
        measure(Committee("mlp-sgd", (0, 1)), **{"epochs": 1, "data.limit": 500})
        return
    rows = [measure(committee) for committee in COMMITTEES]
    print(f"kept in {write_result('committee', {'rows': rows})}")
