"""Epochs of a classic in tenfold: the same call as keras_epochs.py, through the training loop that `train` uses."""

import json
import sys
from pathlib import Path

import numpy as np
import torch

from tenfold import __version__, models
from tenfold.recipes import load_recipe
from tenfold.training.device import choose_precision
from tenfold.training.inputs import Split
from tenfold.training.loop import Loop
from tenfold.training.memory import keep_freed_memory


def main(name: str, data: str, epochs: str) -> None:
    """Train, and print the epochs' seconds."""
    keep_freed_memory()
    recipe = load_recipe(name, {"epochs": int(epochs), "data.validation": 0.1})[1]
    with np.load(Path(data)) as arrays:
        train, validation = (
            Split(torch.from_numpy(arrays[x][:, None]), torch.from_numpy(arrays[y]))
            for x, y in (("x", "y"), ("x_val", "y_val"))
        )
    torch.manual_seed(0)
    model = models.build(recipe.model, 10, recipe.model_options)
    precision = choose_precision(recipe.compute.precision, torch.device("cpu"), model)
    loop = Loop(recipe, model, precision, train, validation)
    loop.run(None, None, None)
    seconds = [row.seconds for row in loop.history]
    versions = {"tenfold": __version__, "torch": torch.__version__, "precision": str(precision)}
    print(json.dumps({"seconds": seconds, "versions": versions, "parameters": models.parameter_count(model)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
