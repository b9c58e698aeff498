"""The comparison room: several recipes over several seeds, or finished runs, side by side on the same test images.

`gather` finds or trains the runs that recipes and seeds stand for; `compare` gives a table of them with intervals,
costs and paired tests; `write_comparison` makes it a page, a CSV and a JSON file; `summarise` is a recipe over seeds.
"""

from tenfold.comparison.contenders import (
    CLASSICS,
    Contender,
    MapFunction,
    ModelFile,
    Trainings,
    check_seeds,
    gather,
    named,
    trained_run,
)
from tenfold.comparison.files import comparison_folder, write_comparison
from tenfold.comparison.paired import Paired, paired_test
from tenfold.comparison.standings import ComparisonTable, Row, compare
from tenfold.comparison.summary import spread, summarise

__all__ = [
    "CLASSICS",
    "ComparisonTable",
    "Contender",
    "MapFunction",
    "ModelFile",
    "Paired",
    "Row",
    "Trainings",
    "check_seeds",
    "compare",
    "comparison_folder",
    "gather",
    "named",
    "paired_test",
    "spread",
    "summarise",
    "trained_run",
    "write_comparison",
]
