"""How long does a fresh process take to read one picture, against the least it can do, and against a Keras model?

tenfold is `tenfold read PICTURE`, with the model that it ships. `bare` is peers/bare_read.py, which loads numpy, Pillow
and ONNX Runtime and runs the same model once; `bare-opencv` loads OpenCV too, which finds the ink for tenfold.
`keras-tensorflow` is peers/keras_read.py with the tutorials' cnn-dropout, untrained. Seconds run from the process's
start to its end, with all modules compiled before.
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
from benchmarks.peers import HERE, keeping_compiled, run_peer
from tenfold.inference.classifier import SHIPPED

CONTENDERS = ("tenfold", "bare", "bare-opencv", "keras-tensorflow")


def measure(repeats: int, contenders: tuple[str, ...] = CONTENDERS) -> dict[str, Any]:
    """Wall seconds of a process: the median of the repeats, taken in turn after one that is not counted."""
    with tempfile.TemporaryDirectory() as folder, keeping_compiled(Path(folder) / "compiled"):
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
    ratios = {"times_keras": _ratio(seconds, "keras-tensorflow", "tenfold"), **_times_bare(seconds)}
    for name, ratio in ratios.items():
        print(f"{name:<17} {'–' if ratio is None else f'{ratio:.2f}':>7}", flush=True)
    return {"repeats": repeats, "rows": rows, **ratios}


def _draw_seven(path: Path) -> None:
    paper = Image.new("L", (200, 200), 240)
    ImageDraw.Draw(paper).line([(60, 50), (140, 50), (90, 155)], fill=20, width=14, joint="curve")
    paper.save(path)


def _tenfold(_folder: Path, picture: Path) -> Callable[[], Any]:
    return _running("-m", "tenfold", "read", str(picture))


def _bare(_folder: Path, picture: Path) -> Callable[[], Any]:
    # As a file, not as a module of this package, which would load more than the script does.
    return _running(str(HERE / "bare_read.py"), str(SHIPPED), str(picture))


def _bare_opencv(_folder: Path, picture: Path) -> Callable[[], Any]:
    return _running(str(HERE / "bare_read.py"), str(SHIPPED), str(picture), "cv2")


def _keras(folder: Path, picture: Path) -> Callable[[], Any]:
    model = str(folder / "cnn-dropout.keras")
    run_peer("tensorflow", "keras_read", ["save", model])
    return lambda: run_peer("tensorflow", "keras_read", [model, str(picture)])


MAKERS = {"tenfold": _tenfold, "bare": _bare, "bare-opencv": _bare_opencv, "keras-tensorflow": _keras}


def _running(*arguments: str) -> Callable[[], Any]:
    return lambda: subprocess.run([sys.executable, *arguments], capture_output=True, check=True)


def _wall_seconds(command: Callable[[], Any]) -> float:
    start = time.perf_counter()
    command()
    return time.perf_counter() - start


def _times_bare(seconds: dict[str, list[float]]) -> dict[str, float | None]:
    """tenfold's seconds as a multiple of those of each bare script."""
    return {
        "times_bare": _ratio(seconds, "tenfold", "bare"),
        "times_bare_opencv": _ratio(seconds, "tenfold", "bare-opencv"),
    }


def _ratio(seconds: dict[str, list[float]], over: str, under: str) -> float | None:
    """Of two contenders' medians; None where one was not measured."""
    if over not in seconds or under not in seconds:
        return None
    return statistics.median(seconds[over]) / statistics.median(seconds[under])


def main(tiny: bool = False) -> None:
    """Measure and keep the result; tiny only shows that it runs."""
    if tiny:
        measure(1, contenders=("tenfold", "bare", "bare-opencv"))
        return
    print(f"kept in {write_result('cold-start', measure(repeats=25))}")
