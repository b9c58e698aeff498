"""How fast is an epoch of each classic, against the same model in Keras on TensorFlow and on JAX, in turn?"""

import statistics
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.machine import write_result
from benchmarks.peers import run_peer
from tenfold.comparison import CLASSICS
from tenfold.data import load_dataset

PEERS = ("tenfold", "keras-tensorflow", "keras-jax")
IMAGES = {recipe: 54_000 if recipe.startswith("mlp") else 6_000 for recipe in CLASSICS} | {"cnn-deep": 1_500}
"""An epoch that lasts about a second in either library: an MLP's over 6,000 images would be mostly its overhead."""

VALIDATION = 0.1


def measure(images: dict[str, int], epochs: int, repeats: int, peers: tuple[str, ...] = PEERS) -> dict[str, Any]:
    """Training images a second, validation included: the median epoch, each run's first left out.

    images: how many each recipe trains on.
    """
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for recipe, count in images.items():
            data = Path(folder) / f"{count}.npz"
            if not data.exists():
                _write_data(data, count)
            seconds: dict[str, list[float]] = {peer: [] for peer in peers}
            versions: dict[str, Any] = {}
            for _ in range(repeats):
                for peer in peers:
                    library, _, backend = peer.partition("-")
                    answer = run_peer(backend or None, f"{library}_epochs", [recipe, str(data), str(epochs)])
                    seconds[peer] += answer["seconds"][1:]
                    versions[peer] = answer["versions"]
            speed = {peer: count / statistics.median(values) for peer, values in seconds.items()}
            row = {"recipe": recipe, "images": count, "images_per_second": speed}
            rows.append(row | {"seconds": seconds, "versions": versions})
            print(_line(row), flush=True)
    return {"epochs": epochs, "repeats": repeats, "rows": rows}


def _write_data(path: Path, images: int) -> None:
    train = load_dataset("mnist", "train")
    held = round(images * VALIDATION)
    x, y = train.images, train.labels
    np.savez(path, x=x[:images], y=y[:images], x_val=x[images : images + held], y_val=y[images : images + held])


def _line(row: dict[str, Any]) -> str:
    speeds = "   ".join(f"{peer} {speed:>9,.0f} images/s" for peer, speed in row["images_per_second"].items())
    return f"{row['recipe']:<16} {speeds}   {ratio_text(row)}"


def ratio_text(row: dict[str, Any]) -> str:
    """How many times as fast as Keras tenfold was, 1.49×; empty where Keras was not measured."""
    speed = row["images_per_second"]
    keras = speed.get("keras-tensorflow")
    return f"{speed['tenfold'] / keras:.2f}×" if keras else ""


def main(tiny: bool = False) -> None:
    """Measure and keep the result; tiny only shows that it runs."""
    if tiny:
        measure({"mlp-sgd": 500}, epochs=2, repeats=1, peers=("tenfold",))
        return
    path = write_result("epoch", measure(IMAGES, epochs=3, repeats=2))
    print(f"kept in {path}")
