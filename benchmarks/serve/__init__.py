"""How many pictures a second does `tenfold serve` read, and does it stay up under whatever it is sent?"""

from benchmarks.serve.question import main

__all__ = ["main"]
