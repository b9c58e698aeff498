"""A network shaped by what a CPU does fast: stride early, few channels, batch normalisation."""

from torch import nn

from tenfold.models.layers import Flatten
from tenfold.models.registry import register


@register
def compact(classes: int = 10, width: int = 16) -> nn.Module:
    """A strided 5×5 conv and two 3×3 convs, pooled: 39,674 parameters at width 16.

    The first conv strides because its gradient, over one input channel, is what a step of a small CNN spends
    most of its time on: at half the resolution it costs a quarter.
    """
    return nn.Sequential(
        nn.Conv2d(1, width, 5, stride=2, padding=2, bias=False), nn.BatchNorm2d(width), nn.ReLU(),   # 28 → 14
        nn.Conv2d(width, 2 * width, 3, padding=1, bias=False), nn.BatchNorm2d(2 * width), nn.ReLU(),
        nn.MaxPool2d(2),                                                                             # 14 → 7
        nn.Conv2d(2 * width, 4 * width, 3, bias=False), nn.BatchNorm2d(4 * width), nn.ReLU(),        # 7 → 5
        Flatten(),
        nn.Linear(4 * width * 5 * 5, classes),
    )  # fmt: skip
