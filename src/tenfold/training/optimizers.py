"""Which parameters are trained at which learning rate, and how the rate changes."""

import math
from collections.abc import Mapping
from typing import Any

from torch import nn

from tenfold.models.parts import GENERAL, named_layers, part
from tenfold.recipes import Recipe
from tenfold.recipes.schema import Schedule


def parameter_groups(model: nn.Module, factors: Mapping[str, float]) -> list[dict[str, Any]]:
    """The model's trained parameters as torch's groups, each with the "factor" of its learning rate.

    factors are a recipe's optimizer.groups; what none of them names has the factor 1. The name of a module counts
    before `features` and `classifier`, a longer one before a shorter. Raises UsageError for a name that is no part of
    the model.
    """
    layers = named_layers(model)
    found = dict.fromkeys((parameter for parameter in model.parameters() if parameter.requires_grad), 1.0)
    for name in sorted(factors, key=lambda name: (name not in GENERAL, len(name))):
        for layer in part(model, name, "optimizer.groups"):
            found |= {parameter: factors[name] for parameter in layers[layer].parameters() if parameter in found}
    return [
        {"params": [parameter for parameter, its in found.items() if its == factor], "factor": factor}
        for factor in dict.fromkeys(found.values())
    ]


def learning_rate(recipe: Recipe, progress: float, plateau_factor: float = 1.0) -> float:
    """The learning rate at a point of training: a pure function, so a resumed run needs no scheduler state.

    progress: share of the run's images seen so far, in (0, 1). plateau_factor is the product of the drops that
    validation has caused so far.
    """
    schedule, peak = recipe.schedule, recipe.optimizer.lr
    if progress < schedule.warmup:
        return peak * progress / schedule.warmup
    after_warmup = (progress - schedule.warmup) / (1 - schedule.warmup)
    return peak * plateau_factor * _shape(schedule, after_warmup, int(progress * recipe.epochs))


def _shape(schedule: Schedule, progress: float, epoch: int) -> float:
    """The rate as a share of the peak; progress in [0, 1) is counted from the end of warm-up, epoch from 0."""
    match schedule.name:
        case "constant" | "plateau":
            return 1.0
        case "cosine":
            return schedule.final + (1 - schedule.final) * (1 + math.cos(math.pi * progress)) / 2
        case "one-cycle":
            return schedule.final + (1 - schedule.final) * (1 - progress)
        case "step":
            return float(schedule.factor ** (epoch // schedule.every))
        case _:  # exponential
            return float(schedule.factor**epoch)


class Plateau:
    """Drops the rate when val_loss has not fallen for `patience` epochs."""

    def __init__(self, schedule: Schedule) -> None:
        self.schedule = schedule
        self.factor, self.best, self.waited = 1.0, math.inf, 0

    def update(self, val_loss: float) -> None:
        """Take in an epoch's validation loss."""
        if self.schedule.name != "plateau":
            return
        if val_loss < self.best:
            self.best, self.waited = val_loss, 0
            return
        self.waited += 1
        if self.waited >= self.schedule.patience:
            self.factor *= self.schedule.factor
            self.waited = 0

    def state(self) -> dict[str, float]:
        """What a checkpoint keeps."""
        return {"factor": self.factor, "best": self.best, "waited": self.waited}

    def restore(self, state: dict[str, float]) -> None:
        """Go on from a checkpoint's state."""
        self.factor, self.best, self.waited = state["factor"], state["best"], int(state["waited"])
