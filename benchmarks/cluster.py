"""Does Ray pay: what it costs one training, tasks a second, and reading with one and with two workers?

One training is `tenfold compare` of a recipe and a run that is there, as a command of its own, with and without --ray
local in turn. A worker has a core: two parts are read at once, or one where each asks for all cores. Pictures are MNIST
test digits on a small page, as PNG; the same folder each time, by the shipped model. Load is kept beside the figures:
on a busy machine the second core is not there to be used.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from benchmarks.machine import write_result
from tenfold.cluster import Cluster, connected, read_in_parts
from tenfold.comparison import trained_run
from tenfold.data import load_dataset
from tenfold.reading.batch import prepared
from tenfold.system import cores

PICTURES, PART, ROUNDS, TASKS = 2_000, 50, 3, 200
_QUICK = ("--set", "epochs=1", "--set", "data.limit=2000")
"""So short that what Ray costs is plain beside it."""


def measure(pictures: int, rounds: int) -> dict[str, Any]:
    """Seconds of Ray's start, tasks a second, and pictures a second with one core and with all, in turn."""
    load = os.getloadavg()
    with tempfile.TemporaryDirectory() as folder:
        images = load_dataset("mnist", "test").images
        for number in range(pictures):
            page = Image.fromarray(255 - np.pad(images[number % len(images)], 16))
            page.save(Path(folder) / f"{number:06d}.png")
        cpu_each = _cpu_seconds(sorted(Path(folder).iterdir())[:200])
        started = time.perf_counter()
        with connected("local") as cluster:
            list(cluster.map(_nothing, [0]))
            start = time.perf_counter() - started
            began, worked = time.perf_counter(), time.process_time()
            list(cluster.map(_nothing, range(TASKS), ahead=20))
            tasks, worked = TASKS / (time.perf_counter() - began), time.process_time() - worked
            rates: dict[int, list[float]] = {1: [], 2: []}
            bytes_each = 0.0
            for round_ in range(rounds + 1):
                for workers in rates:
                    with tempfile.TemporaryDirectory() as out:
                        began = time.perf_counter()
                        found = read_in_parts([folder], Path(out), Cluster(cores() // workers), size=PART)
                        seconds = time.perf_counter() - began
                    bytes_each = found["bytes"] / found["pictures"]
                    if round_:  # the first loads the model in each worker
                        rates[workers].append(pictures / seconds)
    one, two = (statistics.median(rates[workers]) for workers in (1, 2))
    return {
        "load_before": load,
        "load_after": os.getloadavg(),
        "pictures": pictures,
        "part": PART,
        "start_seconds": start,
        "tasks_per_second": tasks,
        "driver_cpu_seconds_per_task": worked / TASKS,
        "cpu_seconds_per_picture": cpu_each,
        "pictures_per_second": {"one": one, "two": two},
        "speedup": two / one,
        "bytes_per_picture": bytes_each,
    }


def _cpu_seconds(pictures: list[Path]) -> float:
    """Of one picture, in this process with one thread: what a core has to do, however busy the machine is."""
    read = prepared(None, {}, (), threads=1)
    read((str(pictures[0]), str(pictures[0])))
    began = time.process_time()
    for picture in pictures:
        read((str(picture), str(picture)))
    return (time.process_time() - began) / len(pictures)


def measure_overhead(rounds: int) -> dict[str, Any]:
    """Seconds of a command that trains once, here and over Ray in turn, and the median of the differences."""
    seconds: dict[str, list[float]] = {"here": [], "ray": []}
    with tempfile.TemporaryDirectory() as folder:
        there = trained_run("cnn-baseline", {"epochs": 1, "data.limit": 2000}, out=folder)[0].path
        for round_ in range(rounds + 1):
            for name, options in (("here", ()), ("ray", ("--ray", "local"))):
                took = _seconds_of(["compare", str(there), "mlp-sgd", "--seeds", "1", *_QUICK, *options])
                if round_:  # the first finds nothing in the disk's cache
                    seconds[name].append(took)
    differences = [ray - here for here, ray in zip(seconds["here"], seconds["ray"], strict=True)]
    return {"seconds": seconds, "overhead_seconds": statistics.median(differences)}


def _seconds_of(arguments: list[str]) -> float:
    """Of a tenfold command that finds nothing where it trains."""
    with tempfile.TemporaryDirectory() as out:
        began = time.perf_counter()
        command = [sys.executable, "-m", "tenfold", *arguments, "--out", out, "--page", f"{out}/page"]
        subprocess.run(command, check=True, capture_output=True)
        return time.perf_counter() - began


def _nothing(task: int) -> int:
    return task


def main() -> None:
    """Measure, print, keep."""
    found = measure(PICTURES, ROUNDS) | {"one_training": measure_overhead(ROUNDS)}
    rate = found["pictures_per_second"]
    print(f"{1e3 * found['cpu_seconds_per_picture']:.2f} ms of one core a picture")
    print(f"{1e3 * found['driver_cpu_seconds_per_task']:.2f} ms of the driver's core a task")
    print(f"start {found['start_seconds']:.1f} s, {found['tasks_per_second']:.0f} tasks/s")
    print(f"--ray local costs one training {found['one_training']['overhead_seconds']:.1f} s")
    print(f"one worker {rate['one']:.0f} pictures/s, two {rate['two']:.0f}: {found['speedup']:.2f} times")
    print(f"load {found['load_before'][0]:.1f} before, {found['load_after'][0]:.1f} after")
    print(write_result("cluster", found))
