"""Where the seconds of a run go: parts by name, none of them counted twice."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager


class Stopwatch:
    """Adds up seconds by part. What is timed within another part counts for the inner one only."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._within = [0.0]

    @contextmanager
    def timing(self, part: str) -> Iterator[None]:
        """The time that the block takes, less that of parts timed within it, is the part's."""
        start = time.perf_counter()
        self._within.append(0.0)
        try:
            yield
        finally:
            took = time.perf_counter() - start
            self.add({part: took - self._within.pop()})
            self._within[-1] += took

    def add(self, seconds: Mapping[str, float]) -> None:
        """Seconds measured elsewhere, as before a run was resumed."""
        for part, took in seconds.items():
            self.seconds[part] = self.seconds.get(part, 0.0) + took
