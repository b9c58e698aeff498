"""How good are the small recipes, each taught by one run of good, over five seeds?"""

from collections.abc import Sequence

from benchmarks.machine import keep_row
from benchmarks.seeds import over_seeds, trained_run

RECIPES = ("tiny", "pocket", "micro")
SEEDS = (0, 1, 2, 3, 4)

TEACHERS: dict[str, dict[str, float]] = {"micro": {"label_smoothing": 0.0}}
"""What a recipe's teacher, a run of good with seed 0, has instead of good's values (docs/log.md)."""


def main(tiny: bool = False, recipes: Sequence[str] = RECIPES) -> None:
    """Measure and keep the result, in which other recipes' rows stay; tiny only shows that it runs."""
    little = {"epochs": 1, "data.limit": 500} if tiny else {}
    seeds = SEEDS[:1] if tiny else SEEDS
    for recipe in recipes:
        teacher = trained_run("good", little | {"seed": 0} | TEACHERS.get(recipe, {}))
        row = over_seeds(recipe, seeds, **little, **{"teacher.run": str(teacher.path)})
        row["teacher_accuracy"] = (teacher.scores or {})["accuracy"]
        if not tiny:
            print(f"kept in {keep_row('small', row, key=('recipe',))}")
