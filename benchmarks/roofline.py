"""How much of the machine's arithmetic does training reach?

The work is what torch counts in one epoch through the training loop, a product and its sum as two: forward and
backward of what is trained, a frozen stem once. The machine's rate is that of a large matrix product in the precision
that the recipe trains in. Loading, validation and scoring are left out of both work and time.
"""

import statistics
import time
from typing import Any

from tenfold.comparison import CLASSICS
from tenfold.training import patience  # noqa: F401  before torch is loaded

# isort: split
import numpy as np
import torch
from torch.utils.flop_counter import FlopCounterMode

from benchmarks.machine import write_result
from tenfold import models
from tenfold.data import load_dataset
from tenfold.recipes import Recipe, load_recipe, recipe_names
from tenfold.training.device import choose_precision
from tenfold.training.inputs import Split
from tenfold.training.loop import Loop
from tenfold.training.memory import keep_freed_memory

RECIPES = ("fast", "compact", "good", "best", *(name for name in CLASSICS if name.startswith("cnn")))
PRECISIONS = (torch.float32, torch.bfloat16)


def measure(recipes: tuple[str, ...], images: int, side: int, repeats: int) -> dict[str, Any]:
    """Work a second of each recipe's training on so many images, and its share of a side × side matrix product's."""
    keep_freed_memory()
    rates = {_name(precision): _matrix_rate(precision, side, repeats) for precision in PRECISIONS}
    print("matrix product  " + "   ".join(f"{name} {rate / 1e9:,.0f} GFLOP/s" for name, rate in rates.items()))
    train = load_dataset("mnist", "train").take(np.arange(images))
    split = Split(torch.from_numpy(train.images[:, None]), torch.from_numpy(train.labels))
    rows = [_row(name, split, repeats, rates) for name in recipes]
    return {
        "images": images,
        "repeats": repeats,
        "matrix_side": side,
        "matrix_gflops_per_second": {name: rate / 1e9 for name, rate in rates.items()},
        "rows": rows,
    }


def _name(precision: torch.dtype) -> str:
    return str(precision).removeprefix("torch.")


def _matrix_rate(precision: torch.dtype, side: int, repeats: int) -> float:
    """Floating-point operations a second of a product of two square matrices: the median, the first left out."""
    a, b = (torch.randn(side, side).to(precision) for _ in range(2))
    seconds = []
    for _ in range(repeats + 1):
        start = time.perf_counter()
        a @ b
        seconds.append(time.perf_counter() - start)
    return float(2 * side**3 / statistics.median(seconds[1:]))


def _row(name: str, split: Split, repeats: int, rates: dict[str, float]) -> dict[str, Any]:
    recipe = load_recipe(name, {"epochs": 1})[1]
    with FlopCounterMode(display=False) as counter:
        precision, _ = _train(recipe, split)
    seconds = statistics.median(_train(recipe, split)[1] for _ in range(repeats))
    flops = counter.get_total_flops()
    row = {
        "recipe": name,
        "precision": precision,
        "mflops_per_image": flops / len(split) / 1e6,
        "images_per_second": len(split) / seconds,
        "gflops_per_second": flops / seconds / 1e9,
        "share_of_matrix_rate": flops / seconds / rates[precision],
    }
    print(
        f"{name:<16} {precision:<9} {row['mflops_per_image']:>8.2f} MFLOP an image "
        f"{row['gflops_per_second']:>8.1f} GFLOP/s {100 * row['share_of_matrix_rate']:>5.1f} %",
        flush=True,
    )
    return row


def _train(recipe: Recipe, split: Split) -> tuple[str, float]:
    """The precision and the seconds of an epoch, the stem's features included, without validation."""
    torch.manual_seed(0)
    model = models.build(recipe.model, 10, recipe.model_options)
    precision = choose_precision(recipe.compute.precision, torch.device("cpu"), model)
    start = time.perf_counter()
    Loop(recipe, model, precision, split, Split(split.images[:0], split.labels[:0])).run(None, None, None)
    return _name(precision), time.perf_counter() - start


def main(tiny: bool = False) -> None:
    """Measure and keep the result; tiny only shows that it runs."""
    if tiny:
        measure(("fast",), images=256, side=128, repeats=1)
        return
    recipes = tuple(name for name in RECIPES if name in recipe_names())
    print(f"kept in {write_result('roofline', measure(recipes, images=6_000, side=4_096, repeats=5))}")
