"""How good are the small recipes, each taught by one run of good, over five seeds?"""

import json
from collections.abc import Sequence

from benchmarks.machine import RESULTS, write_result
from benchmarks.seeds import over_seeds, trained_run

RECIPES = ("tiny", "pocket", "micro")
SEEDS = (0, 1, 2, 3, 4)

TEACHER = {"seed": 0, "label_smoothing": 0.0}
"""Of good's values, what the teacher has instead: smoothed labels make a worse one (docs/log.md)."""


def main(tiny: bool = False, recipes: Sequence[str] = RECIPES) -> None:
    """Measure and keep the result, in which other recipes' rows stay; tiny only shows that it runs."""
    little = {"epochs": 1, "data.limit": 500} if tiny else {}
    teacher = trained_run("good", little | TEACHER)
    given = little | {"teacher.run": str(teacher.path)}
    told = {"teacher_accuracy": (teacher.scores or {})["accuracy"]}
    rows = {recipe: over_seeds(recipe, SEEDS[:1] if tiny else SEEDS, **given) | told for recipe in recipes}
    if not tiny:
        kept = json.loads((RESULTS / "small.json").read_text(encoding="utf-8"))["rows"]
        rows = {row["recipe"]: row for row in kept} | rows
        print(f"kept in {write_result('small', {'rows': [rows[name] for name in RECIPES if name in rows]})}")
