"""How good are fast, good and best, over seeds, and how long do they take?"""

from benchmarks.machine import write_result
from benchmarks.seeds import over_seeds

SEEDS = {"fast": 30, "good": 10, "best": 3}


def main(tiny: bool = False) -> None:
    """Measure and keep the result; tiny only shows that it runs."""
    if tiny:
        over_seeds("fast", (0,), **{"data.limit": 500})
        return
    rows = [over_seeds(recipe, range(count)) for recipe, count in SEEDS.items()]
    print(f"kept in {write_result('efforts', {'rows': rows})}")
