"""How long a model takes for one image."""

import statistics
import time
from collections.abc import Callable

from tenfold.inference.classifier import Views

_WARM_UP = 10
_LIMIT = 0.5
"""Seconds: a slow model's median is known after fewer calls."""


def latency_ms(answers: Callable[[Views], object], view: Views, calls: int = 100) -> float:
    """The median time in milliseconds in which one view uint8 [1, 28, 28] is answered.

    Of at most `calls` calls, fewer where they take more than half a second.
    """
    for _ in range(_WARM_UP):
        answers(view)
    durations: list[float] = []
    while len(durations) < calls and sum(durations) < _LIMIT:
        start = time.perf_counter()
        answers(view)
        durations.append(time.perf_counter() - start)
    return 1e3 * statistics.median(durations)
