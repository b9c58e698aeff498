"""How good are the small recipes, each taught by one run of good, over five seeds?"""

from collections.abc import Sequence

from benchmarks.machine import write_result
from benchmarks.seeds import over_seeds, trained_run

RECIPES = ("tiny", "pocket", "micro")
SEEDS = (0, 1, 2, 3, 4)


def main(tiny: bool = False, recipes: Sequence[str] = RECIPES) -> None:
    """Measure and keep the result; tiny only shows that it runs."""
    little = {"epochs": 1, "data.limit": 500} if tiny else {}
    teacher = trained_run("good", little | {"seed": 0})
    given = little | {"teacher.run": str(teacher.path)}
    rows = [over_seeds(recipe, SEEDS[:1] if tiny else SEEDS, **given) for recipe in recipes]
    if not tiny:
        accuracy = (teacher.scores or {})["accuracy"]
        print(f"kept in {write_result('small', {'teacher_accuracy': accuracy, 'rows': rows})}")
