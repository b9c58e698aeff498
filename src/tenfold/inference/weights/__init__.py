"""The shipped networks; README.md says what they learned from."""

from pathlib import Path

WEIGHTS = Path(__file__).parent
