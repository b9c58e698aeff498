"""One target in this process: `python -m benchmarks.trust.fuzzer TARGET TOLD -runs=N CORPUS`, as libFuzzer is told."""

import ctypes
import importlib
import json
import resource
import sys
import time
from pathlib import Path

import atheris

from benchmarks.trust import targets

_MODULES = (
    "tenfold.data.idx", "tenfold.data.tables", "tenfold.data.views", "tenfold.recipes.load", "tenfold.recipes.schema",
    "tenfold.models.registry", "tenfold.inference.classifier", "tenfold.inference.graph", "tenfold.reading.formats",
    "tenfold.reading.page", "tenfold.reading.levels", "tenfold.reading.results", "tenfold.reading.reader",
)  # fmt: skip
"""What coverage is taken of."""


class Told:
    """Counts, and writes them down a thousand times on the way: libFuzzer ends the process without a word to Python."""

    def __init__(self, path: Path, runs: int) -> None:
        self.path = path
        self.every = max(1, runs // 1000)
        self.settles_at = min(2000, max(1, runs // 10))
        self.inputs = 0
        self.worst = 0.0
        self.settled = 0.0

    def note(self, took: float) -> None:
        """Another input, and the seconds it took."""
        self.inputs += 1
        self.worst = max(self.worst, took)
        if self.inputs == self.settles_at:  # by now everything is loaded that is loaded once
            self.settled = _memory()
        if self.inputs % self.every == 0:
            grown = round(_memory() - self.settled, 1) if self.settled else 0.0
            told = {"inputs": self.inputs, "worst_seconds": self.worst, "grown_mebibytes": grown}
            self.path.write_text(json.dumps(told))


def _memory() -> float:
    """Mebibytes that this process holds now, without what is free and only not yet handed back to the kernel."""
    ctypes.CDLL(None).malloc_trim(0)
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20


def main() -> None:
    """Fuzz until libFuzzer has had enough."""
    name, path, *options = sys.argv[1:]
    told = Told(Path(path), next(int(one[6:]) for one in options if one.startswith("-runs=")))
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
