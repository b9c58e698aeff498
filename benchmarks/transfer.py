"""How many labelled images does a new task need: from scratch, from MNIST, from Fashion-MNIST?

The tasks are KMNIST, ten characters of old Japanese writing, and Fashion-MNIST. Every run is `compact` on so many of
the task's training images, a share of each class, all layers trained, about as many steps whatever the number; it is
scored on the task's test images. Sources are runs of `compact` on all of MNIST and all of Fashion-MNIST. Where only
KMNIST's test images can be had, a fifth of them is held out to score on and the rest is the task: the result says so.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from benchmarks import seeds as over
from benchmarks.machine import write_result
from benchmarks.seeds import over_seeds, trained_run
from tenfold.data import load_dataset
from tenfold.errors import TenfoldError

TASKS: dict[str, tuple[str, ...]] = {"kmnist": ("mnist", "fashion-mnist"), "fashion-mnist": ("mnist",)}
"""Each task and what its runs may start from, beside scratch."""

LABELLED = (10, 30, 100, 300, 1_000, 3_000, 10_000)
SEEDS = (0, 1, 2)
RECIPE, BATCH = "compact", 128
STEPS = 300
"""Of each run at least: ten images make one step an epoch."""

EPOCHS = 10
"""Of each run at least: ten thousand images make 790 steps."""


def main(tiny: bool = False) -> None:
    """Measure and keep the result; tiny only shows that it runs."""
    if tiny:
        measure("mnist", ("mnist",), (40,), (0,), {"data.limit": 500, "epochs": 1})
        return
    tasks = [measure(task, sources, LABELLED, SEEDS) for task, sources in TASKS.items()]
    print(f"kept in {write_result('transfer', {'tasks': tasks})}")


def measure(
    task: str,
    sources: Sequence[str],
    labelled: Sequence[int],
    seeds: Sequence[int],
    source_overrides: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """A row for each start, None for scratch, and number of labelled images: test accuracy over seeds.

    A number above what the task has is all of its images.
    """
    data, note = _images_of(task)
    there = len(load_dataset(data, "train"))
    starts: dict[str | None, dict[str, Any]] = {None: {}}
    for source in sources:
        run = trained_run(RECIPE, {"data.name": source, **(source_overrides or {})})
        starts[source] = {"init.run": str(run.path)}
    rows = []
    for n in dict.fromkeys(min(n, there) for n in labelled):
        for origin, start in starts.items():
            # Nothing is held out: ten images are ten images, and nothing is chosen.
            given = {"data.name": data, "data.limit": n, "data.validation": 0.0, "epochs": epochs(n), **start}
            print(f"{n:>6} images of {task}, from {origin or 'scratch'}: ", end="")
            row = over_seeds(RECIPE, seeds, **given)
            rows.append({"from": origin, "labelled": n, "epochs": epochs(n), "test_accuracy": row["test_accuracy"]})
    return {"task": task, "note": note, "train": there, "test": len(load_dataset(data, "test")), "rows": rows}


def epochs(n: int) -> int:
    """Epochs of a run on n images."""
    return max(EPOCHS, math.ceil(STEPS / math.ceil(n / BATCH)))


def _images_of(task: str) -> tuple[str, str]:
    """The task as `load_dataset` takes it, and what to know of it."""
    try:
        load_dataset(task, "train")
    except TenfoldError:
        test = load_dataset(task, "test")
        over.RUNS.mkdir(parents=True, exist_ok=True)
        path = over.RUNS / f"{task}-test.npz"
        np.savez(path, images=test.images, labels=test.labels, classes=np.array(test.classes))
        return str(path), f"the {len(test):,} published test images, a fifth of them held out to score on"
    return task, ""
