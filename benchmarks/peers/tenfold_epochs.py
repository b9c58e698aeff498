"""Epochs of a recipe in tenfold: what keras_epochs.py does, through the training loop that `train` uses."""

import json
import sys
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import torch

from tenfold import __version__, models
from tenfold.data import stratified_split
from tenfold.recipes import load_recipe
from tenfold.training.device import choose_precision
from tenfold.training.inputs import Split, score
from tenfold.training.loop import Loop
from tenfold.training.memory import keep_freed_memory
from tenfold.training.records import Epoch


class _ReachedError(Exception):
    """Time or accuracy is up."""


def main(name: str, data: str, epochs: str, limit: str = "inf", target: str = "inf", seed: str = "0") -> None:
    """Train, and print what the clock saw. EPOCHS 0 means as many as the recipe says."""
    keep_freed_memory()
    recipe = load_recipe(name, {"seed": int(seed)} | ({"epochs": int(epochs)} if int(epochs) else {}))[1]
    train, validation, test = _splits(Path(data), recipe.data.validation, recipe.seed)
    start = time.perf_counter()
    torch.manual_seed(recipe.seed)
    model = models.build(recipe.model, 10, recipe.model_options)
    precision = choose_precision(recipe.compute.precision, torch.device("cpu"), model)
    loop = Loop(recipe, model, precision, train, validation)
    built = time.perf_counter() - start
    accuracy: list[float] = []
    seconds: list[float] = []

    def after_epoch(row: Epoch) -> None:
        seconds.append(row.seconds)
        if test is None:
            return
        accuracy.append(float((score(loop.kept, test).argmax(1) == test.labels.numpy()).mean()))
        if sum(seconds) >= float(limit) or accuracy[-1] >= float(target):
            raise _ReachedError

    with suppress(_ReachedError):
        loop.run(None, None, after_epoch)
    versions = {"tenfold": __version__, "torch": torch.__version__, "precision": str(precision)}
    print(json.dumps({"build_seconds": built, "seconds": seconds, "test_accuracy": accuracy, "versions": versions}))


def _splits(data: Path, share: float, seed: int) -> tuple[Split, Split, Split | None]:
    """Training, validation and test images; without x_val the recipe's share of x is held out, as `train` does."""
    with np.load(data) as arrays:
        content = dict(arrays)
    if "x_val" not in content:
        kept, held = stratified_split(content["y"], share, seed)
        content |= {"x_val": content["x"][held], "y_val": content["y"][held]}
        content |= {"x": content["x"][kept], "y": content["y"][kept]}
    train, validation, test = (
        Split(torch.from_numpy(content["x" + part][:, None]), torch.from_numpy(content["y" + part]))
        if "x" + part in content
        else None
        for part in ("", "_val", "_test")
    )
    assert train is not None
    assert validation is not None
    return train, validation, test


if __name__ == "__main__":
    main(*sys.argv[1:])
