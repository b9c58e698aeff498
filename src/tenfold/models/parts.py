"""A model's layers by name: what a recipe can freeze, train at its own rate, or take from another run."""

from torch import nn

from tenfold.errors import UsageError

FEATURES, CLASSIFIER = GENERAL = "features", "classifier"
"""Parts of every model: all layers but the last, and the last."""

_Norm = nn.BatchNorm1d | nn.BatchNorm2d


def named_layers(model: nn.Module) -> dict[str, nn.Module]:
    """The layers that hold weights or statistics, in order, by the name that their weights have in a run's file."""
    leaves = ((name, module) for name, module in model.named_modules() if not list(module.children()))
    return {name: module for name, module in leaves if module.state_dict()}


def part(model: nn.Module, name: str, key: str) -> list[str]:
    """The names of the layers that `features`, `classifier`, or the name of a module stands for, in the model's order.

    Raises UsageError, which says at which key of the recipe and what there is, where that is none.
    """
    layers = list(named_layers(model))
    if name in GENERAL:
        return layers[:-1] if name == FEATURES else layers[-1:]
    found = [layer for layer in layers if f"{layer}.".startswith(f"{name}.")]
    if not found:
        raise UsageError(f"{key}: the model has no part '{name}': there are {', '.join((*GENERAL, *layers))}")
    return found


def folded_parameter_count(model: nn.Module) -> int:
    """How many numbers a model needs to answer, each batch normalisation folded into the layer right before it.

    Normalising a convolution's answers only scales its filters and moves its bias: one without a bias gains it, one
    with a bias stays as it is, and so model.onnx holds them. A normalisation that follows no such layer counts a factor
    and a summand a channel. Frozen weights count too.
    """
    count, before = 0, None
    for module in model.modules():
        if list(module.children()):
            continue
        if isinstance(module, _Norm) and isinstance(before, nn.Conv2d | nn.Linear):
            count += module.num_features if before.bias is None else 0
        elif isinstance(module, _Norm):
            count += 2 * module.num_features
        else:
            count += sum(parameter.numel() for parameter in module.parameters())
        before = module
    return count
