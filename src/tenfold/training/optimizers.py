"""A recipe's optimizer and learning-rate schedule, as torch's own."""

import math
from collections.abc import Iterable

import torch
from torch import nn

from tenfold.recipes import Recipe
from tenfold.recipes.schema import Optimizer, Schedule


def make_optimizer(parameters: Iterable[nn.Parameter], settings: Optimizer) -> torch.optim.Optimizer:
    """The optimizer a recipe names; fused where torch has one kernel for the whole step.

    A step of a small model is mostly the overhead of its many small operations, so one kernel pays.
    """
    rate, decay = settings.lr, settings.weight_decay
    match settings.name:
        case "adam":
            return torch.optim.Adam(parameters, rate, weight_decay=decay, fused=True)
        case "adamw":
            return torch.optim.AdamW(parameters, rate, weight_decay=decay, fused=True)
        case "sgd":
            return torch.optim.SGD(
                parameters,
                rate,
                settings.momentum,
                weight_decay=decay,
                nesterov=settings.nesterov,
                fused=True,
            )
        case "rmsprop":
            return torch.optim.RMSprop(parameters, rate, momentum=settings.momentum, weight_decay=decay)


def learning_rate(recipe: Recipe, step: int, steps_per_epoch: int, plateau_factor: float = 1.0) -> float:
    """The learning rate of a step, counted from 0: a pure function, so a resumed run needs no scheduler state.

    plateau_factor is the product of the drops that validation has caused so far.
    """
    schedule, peak = recipe.schedule, recipe.optimizer.lr
    total = recipe.epochs * steps_per_epoch
    warmup = round(schedule.warmup * total)
    if step < warmup:
        return peak * (step + 1) / (warmup + 1)
    return peak * plateau_factor * _shape(schedule, step, warmup, total, steps_per_epoch)


def _shape(schedule: Schedule, step: int, warmup: int, total: int, steps_per_epoch: int) -> float:
    """The rate after warm-up as a share of the peak."""
    progress = (step - warmup) / max(1, total - warmup)
    match schedule.name:
        case "constant" | "plateau":
            return 1.0
        case "cosine":
            return schedule.final + (1 - schedule.final) * (1 + math.cos(math.pi * progress)) / 2
        case "one-cycle":
            return schedule.final + (1 - schedule.final) * (1 - progress)
        case "step":
            return float(schedule.factor ** (step // steps_per_epoch // schedule.every))
        case "exponential":
            return float(schedule.factor ** (step // steps_per_epoch))


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
