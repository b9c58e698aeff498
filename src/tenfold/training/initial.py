"""Transfer: weights to start from, and layers that stay as they are."""

from pathlib import Path

from safetensors import safe_open
from torch import Tensor, nn

from tenfold import models
from tenfold.errors import TenfoldError, UsageError
from tenfold.inference.classifier import Classifier
from tenfold.models import FrozenStem
from tenfold.recipes.paths import check_hash, weights_file
from tenfold.recipes.schema import Init
from tenfold.run import Run


def take_weights(model: nn.Module, init: Init, classes: tuple[str, ...]) -> list[str]:
    """Give the model, in place, the weights of a run, layer by layer; the names of the layers that start fresh.

    A layer is taken whole or not at all: where it is in both under one name and all its tensors have the same shapes.
    The classifier starts fresh too where the run's classes are not these. Raises TenfoldError where there is no such
    run, it is not the one that the recipe means, or no layer fits; UsageError where a layer to be frozen starts fresh.
    """
    folder = weights_file(init).parent
    if folder.is_file():
        raise TenfoldError(f"init.run = '{init.run}': a model's file has no layers to start from: give a run's folder")
    run = Run.open(folder)
    check_hash("init", init)
    if "members" in run.recipe:
        members = " or ".join(run.recipe["members"])
        raise TenfoldError(f"init.run = '{init.run}': an ensemble has no weights of its own: name a member, {members}")
    tensors = _tensors(weights_file(init))
    layers = models.named_layers(model)
    classifier = list(layers)[-1]
    same_classes = Classifier(run.onnx, threads=1).card.classes == classes
    fresh = []
    for name, layer in layers.items():
        own = layer.state_dict()
        given = {key: tensors[f"{name}.{key}"] for key in own if f"{name}.{key}" in tensors}
        fits = {key: tensor.shape for key, tensor in given.items()} == {key: t.shape for key, t in own.items()}
        if fits and (name != classifier or same_classes):
            layer.load_state_dict(given)
        else:
            fresh.append(name)
    if len(fresh) == len(layers):
        raise TenfoldError(f"init.run = '{init.run}': no layer of its {run.recipe['model']} fits this model")
    for named in init.freeze:
        for name in models.part(model, named, "init.freeze"):
            if name in fresh:
                raise UsageError(f"init.freeze = '{named}': layer {name} starts fresh, and frozen it would never learn")
    if isinstance(model, FrozenStem):
        model.fitted = "stem" not in fresh
    return fresh


def freeze(model: nn.Module, names: list[str]) -> list[nn.Module]:
    """Stop the named parts of a model from being trained; the layers that are frozen.

    Raises UsageError for a name that is no part of the model, or where nothing is left to train.
    """
    layers = models.named_layers(model)
    frozen = [layers[layer] for name in names for layer in models.part(model, name, "init.freeze")]
    for layer in frozen:
        layer.requires_grad_(False)
    if not any(parameter.requires_grad for parameter in model.parameters()):
        raise UsageError(f"init.freeze = {names}: nothing is left to train")
    return frozen


def _tensors(path: Path) -> dict[str, Tensor]:
    try:
        with safe_open(path, "pt") as file:
            return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except Exception as error:
        raise TenfoldError(f"{path}: no weights to start from ({error})") from None
