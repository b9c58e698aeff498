"""How good are the seven classics, over seeds, beside what their tutorials reported?"""

import json
from collections.abc import Sequence

from benchmarks.machine import RESULTS, write_result
from benchmarks.seeds import over_seeds
from tenfold.comparison import CLASSICS

SEEDS = (0, 1, 2)


def main(tiny: bool = False, recipes: Sequence[str] = CLASSICS) -> None:
    """Measure and keep the result; recipes left out keep the rows they have. tiny only shows that it runs."""
    if tiny:
        over_seeds("mlp-sgd", (0,), **{"epochs": 1, "data.limit": 500})
        return
    path = RESULTS / "classics.json"
    known = json.loads(path.read_text(encoding="utf-8"))["rows"] if path.is_file() else []
    rows = {row["recipe"]: row for row in known}
    rows |= {recipe: over_seeds(recipe, SEEDS) for recipe in recipes}
    result = {"rows": [rows[recipe] for recipe in CLASSICS if recipe in rows]}
    print(f"kept in {write_result('classics', result)}")
