"""From a recipe to a trained model: the loop, schedules, checkpoints, resume."""

from tenfold.training import patience  # noqa: F401  before torch is loaded

# isort: split
from tenfold.training.board import board, check_board
from tenfold.training.fit import Fit, fit
from tenfold.training.records import DivergedError

__all__ = ["DivergedError", "Fit", "board", "check_board", "fit"]
