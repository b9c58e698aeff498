"""How long does a command take from its start to a scored run with its report, beside a Keras script to its accuracy?

tenfold is `tenfold train RECIPE` in a fresh process, the report included. The Keras scripts are peers/keras_script.py:
the same MLP, and for `fast` and `good` the tutorials' cnn-dropout, trained for as many epochs as it needed for 99 % in
time-to-accuracy, scored once. A process that only imports torch is measured in the same turns.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.machine import result_file, write_result
from benchmarks.peers import keeping_compiled, run_peer
from benchmarks.time_to_accuracy import write_data

RECIPES = ("fast", "good", "mlp-dropout")
IMPORT, KERAS_MLP, KERAS_CNN = "import torch", "Keras, mlp-dropout", "Keras, cnn-dropout to 99 %"
KERAS = {"fast": KERAS_CNN, "good": KERAS_CNN, "mlp-dropout": KERAS_MLP}
"""The Keras script that each recipe is measured beside."""

_KERAS_CNN_EPOCHS = 6
"""Where time-to-accuracy was not measured here: what the median of its kept repeats needed."""


def measure(
    repeats: int, recipes: tuple[str, ...] = RECIPES, options: tuple[str, ...] = (), keras: bool = True
) -> dict[str, Any]:
    """Wall seconds of whole processes, in turn, after one turn that is not counted. options: more for tenfold train."""
    with tempfile.TemporaryDirectory() as folder, keeping_compiled(Path(folder) / "compiled"):
        contenders: dict[str, Callable[[], dict[str, Any]]] = {IMPORT: _import_torch}
        contenders |= {f"tenfold {recipe}": _tenfold(recipe, Path(folder, "runs"), options) for recipe in recipes}
        if keras:
            data = Path(folder) / "mnist.npz"
            write_data(data, 60_000)
            contenders[KERAS_MLP] = _keras("mlp-dropout", data, 10)
            contenders[KERAS_CNN] = _keras("cnn-dropout", data, _epochs_to_99())
        found: dict[str, list[dict[str, Any]]] = {name: [] for name in contenders}
        for repeat in range(repeats + 1):
            for name, run in contenders.items():
                start = time.perf_counter()
                answer = run()
                answer["seconds"] = time.perf_counter() - start
                if repeat > 0:  # the first finds cold disks, and writes what Python compiles
                    found[name].append(answer)
                    print(f"{name:<28} {answer['seconds']:7.2f} s  {answer}", flush=True)
    rows = [{"name": name, **_medians(answers), "all": answers} for name, answers in found.items()]
    return {"repeats": repeats, "rows": [row | _compared(row, rows) for row in rows]}


def _medians(answers: list[dict[str, Any]]) -> dict[str, float | None]:
    """Of the wall seconds, and of the training seconds and accuracies where there are some."""
    keys = ("seconds", "train_seconds", "test_accuracy")
    return {key: statistics.median(one[key] for one in answers) if key in answers[0] else None for key in keys}


def _compared(row: dict[str, Any], rows: list[dict[str, Any]]) -> dict[str, float | None]:
    """A row's seconds without training and the import of torch, and Keras's seconds as a multiple of its own."""
    if not row["name"].startswith("tenfold"):
        return {}
    seconds = {one["name"]: one["seconds"] for one in rows}
    keras = seconds.get(KERAS.get(row["name"].removeprefix("tenfold "), ""))
    besides = row["seconds"] - seconds[IMPORT] - row["train_seconds"]
    return {"besides_seconds": besides, "times_keras": keras / row["seconds"] if keras else None}


def _import_torch() -> dict[str, Any]:
    subprocess.run([sys.executable, "-c", "import torch"], check=True)
    return {}


def _tenfold(recipe: str, out: Path, options: tuple[str, ...]) -> Callable[[], dict[str, Any]]:
    command = [sys.executable, "-m", "tenfold", "train", recipe, "--out", str(out), "--json", *options]

    def run() -> dict[str, Any]:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        record = json.loads(done.stdout.splitlines()[-1])
        return {key: record[key] for key in ("train_seconds", "test_accuracy")}

    return run


def _keras(recipe: str, data: Path, epochs: int) -> Callable[[], dict[str, Any]]:
    return lambda: {
        "epochs": epochs,
        "test_accuracy": run_peer("tensorflow", "keras_script", [recipe, str(data), str(epochs)])["test_accuracy"],
    }


def _epochs_to_99() -> int:
    """Epochs that Keras's cnn-dropout needed for 99 % in the median of the kept repeats."""
    path = result_file("time-to-accuracy")
    if not path.exists():
        return _KERAS_CNN_EPOCHS
    rows = json.loads(path.read_text(encoding="utf-8"))["rows"]
    curves = next(row["curves"] for row in rows if row["name"] == "Keras on TensorFlow, cnn-dropout")
    needed = [next((e for e, right in enumerate(c["test_accuracy"], 1) if right >= 0.99), 30) for c in curves]
    return statistics.median_low(needed)


def main(tiny: bool = False) -> None:
    """Measure and keep the result; tiny only shows that it runs."""
    if tiny:
        measure(1, ("mlp-sgd",), ("--epochs", "1", "--set", "data.limit=1000"), keras=False)
        return
    print(f"kept in {write_result('wall-clock', measure(repeats=5))}")
