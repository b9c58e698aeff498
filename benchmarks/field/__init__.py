"""Real pictures: how often tenfold is right on them, what it takes for digits, and how sure it is of what."""

from benchmarks.field.question import main

__all__ = ["main"]
