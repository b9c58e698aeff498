"""How long does training take to 98, 99, 99.2 and 99.5 % on the test set, for tenfold and for its peers, in turn?"""

import math
import statistics
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.machine import write_result
from benchmarks.peers import run_peer
from tenfold.data import load_dataset

TARGETS = (0.98, 0.99, 0.992, 0.995)


@dataclass(frozen=True)
class Contender:
    """Who is measured, how often, and when a repeat may stop: after so many seconds or at the last target.

    script and recipe are of benchmarks/peers; environment is the peer's own, None for tenfold's.
    """

    name: str
    script: str
    recipe: str
    environment: str | None = None
    repeats: int = 3
    seconds: float = math.inf
    epochs: int = 0


CONTENDERS = (
    Contender("tenfold fast", "tenfold_epochs", "fast", repeats=5),
    Contender("tenfold good", "tenfold_epochs", "good"),
    Contender("tenfold best", "tenfold_epochs", "best", repeats=1),
    Contender("Keras on TensorFlow, cnn-dropout", "keras_epochs", "cnn-dropout", "tensorflow", 3, 90, 30),
    Contender("Keras on JAX, cnn-dropout", "keras_epochs", "cnn-dropout", "jax", 1, 90, 30),
    Contender("plain PyTorch, cnn-dropout", "torch_epochs", "cnn-dropout", None, 1, 90, 30),
    Contender("PyTorch's MNIST example", "torch_epochs", "pytorch-example", None, 1, 90, 14),
)
"""Repeats are taken in turn, so that a noisy minute of the machine falls on everybody."""


def measure(contenders: tuple[Contender, ...] = CONTENDERS, images: int = 60_000) -> dict[str, Any]:
    """Seconds from the model's construction to the end of the first epoch at which the test set says so.

    Every contender trains on the same images; tenfold holds its validation split out of them. The clock stops while
    the test set is scored. Nothing is chosen by that score: it only says where the curve is.
    """
    curves: dict[str, list[dict[str, Any]]] = {contender.name: [] for contender in contenders}
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "mnist.npz"
        write_data(data, images)
        for repeat in range(max(contender.repeats for contender in contenders)):
            for contender in contenders:
                if repeat < contender.repeats:
                    curves[contender.name].append(_curve(contender, data, repeat))
                    print(_line(contender.name, curves[contender.name][-1]), flush=True)
    rows = [_row(contender, curves[contender.name]) for contender in contenders]
    return {"targets": TARGETS, "images": images, "rows": rows}


def _curve(contender: Contender, data: Path, repeat: int) -> dict[str, Any]:
    """One training: cumulative seconds and test accuracy after each epoch."""
    stop = [str(contender.epochs), str(contender.seconds), str(TARGETS[-1])]
    seed = [str(repeat)] if contender.script == "tenfold_epochs" else []
    answer = run_peer(contender.environment, contender.script, [contender.recipe, str(data), *stop, *seed])
    seconds = np.cumsum([answer["build_seconds"], *answer["seconds"]])[1:]
    return {"seconds": seconds.tolist(), "test_accuracy": answer["test_accuracy"], "versions": answer["versions"]}


def _row(contender: Contender, curves: list[dict[str, Any]]) -> dict[str, Any]:
    reached = {str(target): [_seconds_to(target, curve) for curve in curves] for target in TARGETS}
    return {
        "name": contender.name,
        "repeats": len(curves),
        "stopped_after_seconds": contender.seconds if math.isfinite(contender.seconds) else None,
        "seconds_to": {target: _median_or_none(values) for target, values in reached.items()},
        "reached": {target: sum(map(math.isfinite, values)) for target, values in reached.items()},
        "curves": curves,
    }


def _seconds_to(target: float, curve: Mapping[str, Any]) -> float:
    """Infinite where the curve never gets there."""
    pairs = zip(curve["seconds"], curve["test_accuracy"], strict=True)
    return next((seconds for seconds, accuracy in pairs if accuracy >= target), math.inf)


def _median_or_none(values: list[float]) -> float | None:
    """The median repeat; None where fewer than half of the repeats got there."""
    median = statistics.median_high(values)
    return median if math.isfinite(median) else None


def _line(name: str, curve: dict[str, Any]) -> str:
    last = f"{curve['seconds'][-1]:7.2f} s  {100 * curve['test_accuracy'][-1]:.2f} % at the end"
    firsts = "  ".join(
        f"{100 * target:g} %: {seconds:.2f} s"
        for target in TARGETS
        if math.isfinite(seconds := _seconds_to(target, curve))
    )
    return f"{name:<34} {last}   {firsts}"


def write_data(path: Path, images: int) -> None:
    """MNIST as peers load it: x and y, so many training images, x_test and y_test."""
    train, test = load_dataset("mnist", "train"), load_dataset("mnist", "test")
    np.savez(path, x=train.images[:images], y=train.labels[:images], x_test=test.images, y_test=test.labels)


def main(tiny: bool = False) -> None:
    """Measure and keep the result; tiny only shows that it runs."""
    if tiny:
        plain = Contender("plain PyTorch", "torch_epochs", "cnn-dropout", repeats=1, epochs=1)
        measure((Contender("tenfold", "tenfold_epochs", "fast", repeats=1), plain), images=1000)
        return
    print(f"kept in {write_result('time-to-accuracy', measure())}")
