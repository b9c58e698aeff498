"""Inputs that a coverage-guided fuzzer makes, for every reader of files: clean errors only, no growth, no hang."""

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.machine import write_result
from benchmarks.trust.targets import TARGETS

SECONDS = 20
"""Most that one input may take, on a machine that does other work too."""

MEBIBYTES = 3072
"""Most that a target's process may hold: a file may unpack to a gibibyte before it is refused."""


def main(arguments: Sequence[str] = ()) -> None:
    """Fuzz each target in a process of its own, and keep what was found."""
    parser = argparse.ArgumentParser("python -m benchmarks fuzz", description=__doc__)
    parser.add_argument("--share", type=float, default=1.0, help="of a whole campaign's inputs, which are a million")
    parser.add_argument("--minutes", type=float, default=60, help="at most, for each target")
    parser.add_argument("--targets", nargs="*", choices=list(TARGETS), default=list(TARGETS))
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(list(arguments))
    if importlib.util.find_spec("atheris") is None:
        print("skipped: fuzzing needs atheris, which is not installed here: pip install atheris", file=sys.stderr)
        return
    rows = []
    for name in chosen.targets:
        rows.append(fuzz(name, round(TARGETS[name].runs * chosen.share), 60 * chosen.minutes, chosen.seed))
        print(rows[-1], flush=True)
    load = [round(one, 1) for one in os.getloadavg()]  # a worst time means little on a busy machine
    path = write_result("fuzz", {"load_average": load, "seed": chosen.seed, "limit_seconds": SECONDS, "rows": rows})
    print(f"kept in {path}")


def fuzz(name: str, runs: int, seconds: float, seed: int) -> dict[str, Any]:
    """A target's row: inputs, worst seconds, growth of memory; find: the input, in hex, that was not borne.

    Where the process died before it could keep that input, find is its exit code.
    """
    with tempfile.TemporaryDirectory() as folder:
        corpus, told = Path(folder, "corpus"), Path(folder, "told.json")
        corpus.mkdir()
        for number, content in enumerate(TARGETS[name].seeds()):
            (corpus / f"seed-{number}").write_bytes(content)
        options = {
            "runs": runs,
            "seed": seed,
            "max_total_time": round(seconds),
            "max_len": TARGETS[name].longest,
            "timeout": SECONDS,
            "report_slow_units": SECONDS,
            "rss_limit_mb": MEBIBYTES,
            "artifact_prefix": f"{folder}/find-",
        }
        command = [sys.executable, "-m", "benchmarks.trust.fuzzer", name, str(told)]
        command += [*(f"-{key}={value}" for key, value in options.items()), str(corpus)]
        started = time.monotonic()
        ended = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
        none: dict[str, Any] = {"inputs": 0, "worst_seconds": 0.0, "grown_mebibytes": 0.0}
        row = json.loads(told.read_text()) if told.exists() else none
        found = sorted(Path(folder).glob("find-*"))
        row |= {"target": name, "code": ended.returncode, "seconds": round(time.monotonic() - started, 1)}
        row["find"] = (
            found[0].read_bytes().hex() if found else f"exit code {ended.returncode}" if ended.returncode else None
        )
        if row["find"]:
            print(ended.stdout[-3000:], ended.stderr[-1000:], file=sys.stderr)
        return row
