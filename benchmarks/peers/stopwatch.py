"""How long calls take. Standard library only, for every peer's environment measures with it."""

import statistics
import time
from collections.abc import Callable
from typing import Any

_WARM_UP = 0.2
"""Share of the seconds that is spent before measuring: caches fill, compilers compile."""

_FEWEST = 5


def call_seconds(call: Callable[[], Any], seconds: float) -> list[float]:
    """The duration of each call, made again and again for so many seconds, five times at least."""
    _repeat(call, _WARM_UP * seconds)
    return _repeat(call, seconds)


def latency(call: Callable[[], Any], seconds: float) -> dict[str, float]:
    """Median and 99th percentile of a call's duration in µs."""
    percentiles = statistics.quantiles(call_seconds(call, seconds), n=100, method="inclusive")
    return {"p50_us": 1e6 * percentiles[49], "p99_us": 1e6 * percentiles[98]}


def rate(call: Callable[[], Any], images: int, seconds: float) -> dict[str, float]:
    """Images a second: how many a call takes, by its median duration."""
    return {"images_per_second": images / statistics.median(call_seconds(call, seconds))}


def _repeat(call: Callable[[], Any], seconds: float) -> list[float]:
    durations: list[float] = []
    end = time.perf_counter() + seconds
    while len(durations) < _FEWEST or time.perf_counter() < end:
        start = time.perf_counter()
        call()
        durations.append(time.perf_counter() - start)
    return durations
