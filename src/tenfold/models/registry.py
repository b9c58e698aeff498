"""The registry: a model's function name is the name that recipes use."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import nn

from tenfold.errors import UsageError, did_you_mean, first_line, shown

ModelFunction = Callable[..., nn.Module]

MOST_PARAMETERS = 100_000_000
"""A larger model is a mistyped option: for images of 28×28 a hundredth is plenty."""

_models: dict[str, ModelFunction] = {}


def register(function: ModelFunction) -> ModelFunction:
    """Make a model known by its function's name. Raises ValueError where the name is taken."""
    if function.__name__ in _models:
        raise ValueError(f"a model named {function.__name__} is already registered")
    _models[function.__name__] = function
    return function


def names() -> list[str]:
    """The names of all models, sorted."""
    return sorted(_models)


def check(name: str, options: Mapping[str, Any] | None = None) -> None:
    """Raise UsageError for an unknown model, or an option or a value that it does not take, and say what there is."""
    if name not in _models:
        raise UsageError(f"unknown model '{name}'{did_you_mean(name, _models)}: there are {', '.join(names())}")
    allowed = option_defaults(name)
    for key, value in (options or {}).items():
        if key not in allowed:
            meant = did_you_mean(key, allowed)
            raise UsageError(f"model '{name}' has no option '{key}'{meant}: it takes {', '.join(allowed) or 'none'}")
        if not _is_like(value, allowed[key]):
            raise UsageError(f"model '{name}' takes {key} as {_KINDS[type(allowed[key])]}, not {shown(value)}")


def option_defaults(name: str) -> dict[str, Any]:
    """The options of a registered model, each with its default: an int, a share as float, or a tuple of ints."""
    parameters = inspect.signature(_models[name]).parameters
    return {key: parameter.default for key, parameter in parameters.items() if key != "classes"}


_KINDS = {
    int: "a whole number from 1",
    float: "a share, at least 0 and below 1",
    tuple: "a list of whole numbers from 1",
}
"""What an option may be, by its default: a number of units or filters, dropout, or units layer by layer."""


def _is_like(value: Any, default: Any) -> bool:
    """Whether an option's value is of its default's kind. A bool is none, though Python counts it among the numbers."""
    if isinstance(default, tuple):
        return isinstance(value, list | tuple) and all(_is_like(entry, default[0]) for entry in value)
    if isinstance(default, float):
        return type(value) in (int, float) and 0 <= value < 1
    return type(value) is int and value >= 1


def build(name: str, classes: int = 10, options: Mapping[str, Any] | None = None) -> nn.Module:
    """The untrained model of that name, its weights drawn from torch's global generator.

    options are the model function's keyword arguments beside classes. Raises UsageError as `check` does, or where
    an option's value makes no model.
    """
    check(name, options)
    try:
        with torch.device("meta"):  # sizes without numbers: neither memory nor the generator is touched
            count = parameter_count(_models[name](classes, **(options or {})))
        if count > MOST_PARAMETERS:
            raise ValueError(f"{count:,} parameters, more than {MOST_PARAMETERS:,}")
        return _models[name](classes, **(options or {}))
    except (TypeError, ValueError, RuntimeError) as error:
        raise UsageError(
            f"model '{name}' cannot be built with {shown(dict(options or {}))}: {first_line(error)}"
        ) from None


def parameter_count(model: nn.Module) -> int:
    """How many numbers training may change."""
    return sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)
