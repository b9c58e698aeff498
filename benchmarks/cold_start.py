"""How long does a fresh process take to read one picture, against a script that loads a saved Keras model?

tenfold is `tenfold read PICTURE --model MODEL` with the `fast` model; the script is peers/keras_read.py with the
tutorials' cnn-dropout. Seconds run from the process's start to its end. Weights are untrained.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from benchmarks.machine import write_result
from benchmarks.peers import run_peer
from benchmarks.untrained import untrained_onnx

CONTENDERS = ("tenfold", "keras-tensorflow")


def measure(repeats: int, contenders: tuple[str, ...] = CONTENDERS) -> dict[str, Any]:
    """Wall seconds of a process: the median of the repeats, taken in turn after one that is not counted."""
    with tempfile.TemporaryDirectory() as folder:
        picture = Path(folder) / "seven.png"
        _draw_seven(picture)
        commands = {name: MAKERS[name](Path(folder), picture) for name in contenders}
        seconds: dict[str, list[float]] = {name: [] for name in contenders}
        for repeat in range(repeats + 1):
            for name, command in commands.items():
                took = _wall_seconds(command)
                if repeat > 0:  # the first finds cold disks, and writes what Python compiles
                    seconds[name].append(took)
    rows = [{"contender": name, "seconds": statistics.median(seconds[name]), "all": seconds[name]} for name in seconds]
    for row in rows:
        print(f"{row['contender']:<17} {row['seconds']:>7.3f} s", flush=True)
    return {"repeats": repeats, "rows": rows, "times_keras": _times_keras(seconds)}


def _draw_seven(path: Path) -> None:
    paper = Image.new("L", (200, 200), 240)
    ImageDraw.Draw(paper).line([(60, 50), (140, 50), (90, 155)], fill=20, width=14, joint="curve")
    paper.save(path)


def _tenfold(folder: Path, picture: Path) -> Callable[[], Any]:
    command = [sys.executable, "-m", "tenfold", "read", str(picture), "--model", str(untrained_onnx("fast", folder))]
    return lambda: subprocess.run(command, capture_output=True, check=True)


def _keras(folder: Path, picture: Path) -> Callable[[], Any]:
    model = str(folder / "cnn-dropout.keras")
    run_peer("tensorflow", "keras_read", ["save", model])
    return lambda: run_peer("tensorflow", "keras_read", [model, str(picture)])


MAKERS = {"tenfold": _tenfold, "keras-tensorflow": _keras}


def _wall_seconds(command: Callable[[], Any]) -> float:
    start = time.perf_counter()
    command()
    return time.perf_counter() - start


def _times_keras(seconds: dict[str, list[float]]) -> float | None:
    """How many times as fast as Keras tenfold was; None where Keras was not measured."""
    if "keras-tensorflow" not in seconds:
        return None
    return statistics.median(seconds["keras-tensorflow"]) / statistics.median(seconds["tenfold"])


def main(tiny: bool = False) -> None:
    """Measure and keep the result; tiny only shows that it runs."""
    if tiny:
        measure(1, contenders=("tenfold",))
        return
    print(f"kept in {write_result('cold-start', measure(repeats=9))}")
