"""How good are the seven classics, over seeds, beside what their tutorials reported?"""

from collections.abc import Sequence

from benchmarks.machine import keep_row
from benchmarks.seeds import over_seeds
from tenfold.comparison import CLASSICS

SEEDS = (0, 1, 2)


def main(tiny: bool = False, recipes: Sequence[str] = CLASSICS) -> None:
    """Measure and keep the result; recipes left out keep the rows they have. tiny only shows that it runs."""
    if tiny:
        over_seeds("mlp-sgd", (0,), **{"epochs": 1, "data.limit": 500})
        return
    for recipe in recipes:
        print(f"kept in {keep_row('classics', over_seeds(recipe, SEEDS), key=('recipe',))}")
