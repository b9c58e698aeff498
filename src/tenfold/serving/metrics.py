"""What Prometheus asks for: counts of requests, their seconds, the queue, the digits read, what was refused."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tenfold.reading import Reading

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"

BOUNDS = (0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24)
"""Upper bounds in seconds of the histogram's buckets."""

SECONDS = "Seconds from a request's head to its answer's end."

Labels = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Family:
    """A metric: its name without `tenfold_`, kind, meaning, and its samples: the name's ending, labels, value."""

    name: str
    kind: str
    what: str
    samples: tuple[tuple[str, Labels, float], ...]

    @classmethod
    def of(cls, name: str, kind: str, what: str, values: Mapping[Labels, float]) -> "Family":
        """A family whose samples are called as itself."""
        return cls(name, kind, what, tuple(("", labels, value) for labels, value in sorted(values.items())))

    def of_process(self, process: str) -> "Family":
        """The same, labelled with the process that counted it."""
        label = ("process", process)
        return replace(self, samples=tuple((end, (label, *labels), value) for end, labels, value in self.samples))


class Metrics:
    """Counters of one process, changed in its event loop alone."""

    def __init__(self) -> None:
        self.requests: Counter[Labels] = Counter()
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

    def families(self, gauges: dict[str, tuple[str, float]]) -> list[Family]:
        """All of it; gauges: name to what it is and its value now."""
        digits: dict[Labels, float] = {(("digit", name),): count for name, count in self.digits.items()}
        reasons: dict[Labels, float] = {(("reason", reason),): count for reason, count in self.rejected.items()}
        return [
            Family.of("requests_total", "counter", "Requests answered.", self.requests),
            Family("request_seconds", "histogram", SECONDS, tuple(self._histogram())),
            Family.of("digits_total", "counter", "Digits read.", digits),
            Family.of("rejected_total", "counter", "Pieces of ink refused.", reasons),
            Family.of("pages_total", "counter", "Pages read.", {(): self.pages}),
            Family.of("blank_total", "counter", "Pages without ink.", {(): self.blank}),
            Family.of("corrections_total", "counter", "Corrections kept.", {(): self.corrections}),
            *(
                Family.of(name, "counter" if name.endswith("_total") else "gauge", what, {(): value})
                for name, (what, value) in gauges.items()
            ),
        ]

    def _histogram(self) -> Iterator[tuple[str, Labels, float]]:
        for route, row in sorted(self.seconds.items()):
            label = ("route", route)
            for bound, count in zip(BOUNDS, row, strict=False):
                yield "_bucket", (label, ("le", f"{bound:g}")), count
            yield "_bucket", (label, ("le", "+Inf")), row[-2]
            yield "_count", (label,), row[-2]
            yield "_sum", (label,), round(row[-1], 6)


def text(families: Sequence[Family]) -> str:
    """Families in Prometheus's text format; those of one name, of several processes, become one."""
    lines = []
    for name in dict.fromkeys(family.name for family in families):
        same = [family for family in families if family.name == name]
        lines += [f"# HELP tenfold_{name} {same[0].what}", f"# TYPE tenfold_{name} {same[0].kind}"]
        lines += [
            _sample(f"tenfold_{name}{end}", labels, value) for family in same for end, labels, value in family.samples
        ]
    return "\n".join(lines) + "\n"


def _sample(name: str, labels: Labels, value: float) -> str:
    spelled = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels)
    return f"{name}{{{spelled}}} {value:.10g}" if labels else f"{name} {value:.10g}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
