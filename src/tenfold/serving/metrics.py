"""What Prometheus asks for: counts of requests, their seconds, the queue, the digits read, what was refused."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from tenfold.reading import Reading

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"

BOUNDS = (0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24)
"""Upper bounds in seconds of the histogram's buckets."""

Series = tuple[tuple[str, str], ...]


class Metrics:
    """Counters of one process, changed in its event loop alone."""

    def __init__(self) -> None:
        self.requests: Counter[Series] = Counter()
        self.seconds: dict[str, list[float]] = {}
        self.digits: Counter[str] = Counter()
        self.rejected: Counter[str] = Counter()
        self.pages = self.blank = self.corrections = 0

    def count_request(self, route: str, method: str, status: int, seconds: float) -> None:
        """route: the path as declared, never as sent, so that nobody can invent series."""
        self.requests[("route", route), ("method", method), ("status", str(status))] += 1
        row = self.seconds.setdefault(route, [0.0] * (len(BOUNDS) + 2))
        for index, bound in enumerate(BOUNDS):
            row[index] += seconds <= bound
        row[-2] += 1
        row[-1] += seconds

    def count_readings(self, readings: Sequence[Reading]) -> None:
        """What came of pictures."""
        for reading in readings:
            self.pages += 1
            self.blank += reading.blank
            self.digits.update(digit.name for digit in reading.digits)
            self.rejected.update(left.reason for left in reading.rejected)

    def text(self, gauges: dict[str, tuple[str, float]]) -> str:
        """All of it in Prometheus's text format; gauges: name to what it is and its value now."""
        return "\n".join(self._lines(gauges)) + "\n"

    def _lines(self, gauges: dict[str, tuple[str, float]]) -> Iterator[str]:
        yield from _family("requests_total", "counter", "Requests answered.", self.requests)
        yield from self._histogram()
        by_digit: dict[Series, float] = {(("digit", name),): count for name, count in self.digits.items()}
        yield from _family("digits_total", "counter", "Digits read.", by_digit)
        by_reason: dict[Series, float] = {(("reason", reason),): count for reason, count in self.rejected.items()}
        yield from _family("rejected_total", "counter", "Pieces of ink refused.", by_reason)
        yield from _family("pages_total", "counter", "Pages read.", {(): self.pages})
        yield from _family("blank_total", "counter", "Pages without ink.", {(): self.blank})
        yield from _family("corrections_total", "counter", "Corrections kept.", {(): self.corrections})
        for name, (what, value) in gauges.items():
            yield from _family(name, "counter" if name.endswith("_total") else "gauge", what, {(): value})

    def _histogram(self) -> Iterator[str]:
        name = "tenfold_request_seconds"
        yield f"# HELP {name} Seconds from a request's head to its answer's end."
        yield f"# TYPE {name} histogram"
        for route, row in sorted(self.seconds.items()):
            for bound, count in zip(BOUNDS, row, strict=False):
                yield f'{name}_bucket{{route="{route}",le="{bound:g}"}} {count:g}'
            yield f'{name}_bucket{{route="{route}",le="+Inf"}} {row[-2]:.0f}'
            yield f'{name}_count{{route="{route}"}} {row[-2]:.0f}'
            yield f'{name}_sum{{route="{route}"}} {row[-1]:.6f}'


def _family(name: str, kind: str, what: str, values: Mapping[Series, float]) -> Iterator[str]:
    yield f"# HELP tenfold_{name} {what}"
    yield f"# TYPE tenfold_{name} {kind}"
    for labels, value in sorted(values.items()):
        spelled = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels)
        yield f"tenfold_{name}{{{spelled}}} {value:.10g}" if labels else f"tenfold_{name} {value:.10g}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
