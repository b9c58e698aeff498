"""A recipe's network as model.onnx without training it: speed does not depend on what the weights are."""

from pathlib import Path

import torch

from tenfold import __version__, models
from tenfold.exporting import export_onnx
from tenfold.inference.classifier import ModelCard
from tenfold.inference.frame import FRAMING
from tenfold.recipes import load_recipe

_TEMPERATURE = 1.5
"""Any but 1, by which the graph would not divide: a trained model's does."""


def untrained_onnx(recipe: str, folder: Path) -> Path:
    """Write folder/<recipe>.onnx with random weights for ten classes; the reader rejects nothing."""
    _name, resolved = load_recipe(recipe)
    torch.manual_seed(0)
    model = models.build(resolved.model, 10, resolved.model_options)
    classes = tuple(str(digit) for digit in range(10))
    path = folder / f"{recipe}.onnx"
    export_onnx(model, ModelCard(classes, FRAMING, _TEMPERATURE, 0.0, recipe, "", __version__), path)
    return path
