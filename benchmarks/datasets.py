"""How good are recipes on other datasets than MNIST, over seeds?"""

from typing import Any

from benchmarks.machine import write_result
from benchmarks.seeds import over_seeds
from tenfold.data import load_dataset
from tenfold.errors import TenfoldError

QUESTIONS: tuple[tuple[str, str, int, dict[str, Any]], ...] = (
    ("fashion", "fashion-mnist", 3, {}),
    ("good", "fashion-mnist", 3, {}),
    ("fast", "fashion-mnist", 5, {}),
    ("good", "usps", 5, {"epochs": 66}),  # as many steps as on MNIST
    ("good", "kmnist", 3, {}),
    ("good", "emnist-digits", 3, {"epochs": 2}),
    ("good", "emnist-letters", 3, {}),
    ("good", "qmnist", 3, {}),
)
"""A recipe, a dataset, how many seeds, and what else is set."""


def main(tiny: bool = False) -> None:
    """Measure and keep the result; tiny only shows that it runs. A dataset that cannot be had is said to be missing."""
    little = {"data.limit": 500, "epochs": 1} if tiny else {}
    rows, missing = [], []
    for recipe, data, seeds, given in QUESTIONS:
        try:
            load_dataset(data, "train")
        except TenfoldError as error:
            missing.append(data)
            print(f"{data}: left out ({error})")
            continue
        row = over_seeds(recipe, range(1 if tiny else seeds), **{"data.name": data, **given, **little})
        rows.append({"data": data, "set": given, **row})
    if not tiny:
        print(f"kept in {write_result('datasets', {'rows': rows, 'missing': missing})}")
