"""Work that waits its turn: a bounded queue before a few threads."""

import asyncio
import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from tenfold.serving.problems import Problem
from tenfold.system import cores

T = TypeVar("T")

_LEAST_THREADS = 2
"""So that a drawing passes a page of a second beside it."""


class Jobs:
    """Runs functions in threads; at most `queue` wait or run at a time, and one more is a Problem 503."""

    def __init__(self, queue: int, workers: int) -> None:
        self.queue = queue
        self.threads = max(_LEAST_THREADS, cores() // workers)
        self.waiting = 0
        self._pool: ThreadPoolExecutor | None = None

    async def run(self, work: Callable[[], T]) -> T:
        """What work returns. Raises Problem 503 at once where the queue is full."""
        if self.waiting >= self.queue:
            raise busy(f"{self.waiting} requests are waiting already: try again shortly")
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self.threads, "tenfold-read")
        self.waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        finally:
            self.waiting -= 1

    def close(self) -> None:
        """Waits for what is running, and ends the threads; another run starts new ones."""
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None


def busy(detail: str, seconds: float = 1) -> Problem:
    """503, and when to come again."""
    return Problem(503, detail, {"Retry-After": str(math.ceil(seconds))})
