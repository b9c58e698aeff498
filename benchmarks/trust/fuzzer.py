"""One target in this process: `python -m benchmarks.trust.fuzzer TARGET TOLD -runs=N CORPUS`, as libFuzzer is told."""

import importlib
import json
import sys
import time
from pathlib import Path
from typing import Any

import atheris

from benchmarks.trust import targets

_MODULES = (
    "tenfold.data.idx", "tenfold.data.tables", "tenfold.data.views", "tenfold.recipes.load", "tenfold.recipes.schema",
    "tenfold.models.registry", "tenfold.reading.classifier", "tenfold.reading.graph", "tenfold.reading.formats",
    "tenfold.reading.page", "tenfold.reading.levels", "tenfold.reading.results", "tenfold.reading.reader",
)  # fmt: skip
"""What coverage is taken of."""


class Told:
    """Counts, and writes them down once a second, for libFuzzer ends the process without a word to Python."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.inputs = 0
        self.worst = 0.0
        self.settled = 0.0
        self.written = time.monotonic()

    def note(self, took: float) -> None:
        """Another input, and the seconds it took."""
        self.inputs += 1
        self.worst = max(self.worst, took)
        if self.inputs == 2000:  # by now everything is loaded that is loaded once
            self.settled = _memory()
        if time.monotonic() - self.written > 1 or self.inputs % 1000 == 0:
            self.write()

    def write(self) -> None:
        """What libFuzzer's process leaves behind."""
        grown = _memory() - self.settled if self.settled else 0.0
        found: dict[str, Any] = {"inputs": self.inputs, "worst_seconds": self.worst, "grown_mebibytes": round(grown, 1)}
        self.path.write_text(json.dumps(found))
        self.written = time.monotonic()


def _memory() -> float:
    """Mebibytes that this process holds now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20


def main() -> None:
    """Fuzz until libFuzzer has had enough."""
    name, path, *options = sys.argv[1:]
    told = Told(Path(path))
    with atheris.instrument_imports(include=["tenfold", "tomllib"]):
        for module in _MODULES:
            importlib.import_module(module)

    def test_one_input(content: bytes) -> None:
        started = time.monotonic()
        targets.try_one(name, content)
        told.note(time.monotonic() - started)

    atheris.Setup([sys.argv[0], *options], test_one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
