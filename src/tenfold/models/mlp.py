"""Fully connected networks: they see 784 numbers, not a picture."""

from collections.abc import Sequence

from torch import nn

from tenfold.models.registry import register


@register
def mlp_dropout(classes: int = 10, hidden: Sequence[int] = (128, 64), dropout: float = 0.2) -> nn.Module:
    """784 → 128 → 64 → 10 with dropout after both hidden layers: 109,386 parameters at ten classes."""
    layers: list[nn.Module] = [nn.Flatten()]
    width = 28 * 28
    for units in hidden:
        layers += [nn.Linear(width, units), nn.ReLU(), nn.Dropout(dropout)]
        width = units
    return nn.Sequential(*layers, nn.Linear(width, classes))


@register
def mlp_sgd(classes: int = 10, hidden: int = 100) -> nn.Module:
    """784 → 100 → 10: 79,510 parameters at ten classes."""
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(28 * 28, hidden), nn.ReLU(),
        nn.Linear(hidden, classes),
    )  # fmt: skip
