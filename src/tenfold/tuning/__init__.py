"""The tuning room: a recipe's values searched with Optuna, chosen on validation, the winner scored on test once.

`tune` gives the study, its winner as a recipe and both on test; `write_tuning` makes a page and JSON of it.
"""

from tenfold.tuning.files import write_tuning
from tenfold.tuning.tuned import Tuned, tune

__all__ = ["Tuned", "tune", "write_tuning"]
