"""A small MobileNet: a 3×3 filter a channel, then 1×1 convs that mix channels."""

from torch import nn

from tenfold.models.registry import register


def _separable(inputs: int, outputs: int, stride: int) -> list[nn.Module]:
    """A depthwise and a pointwise conv, each with batch normalisation and ReLU (Howard et al. 2017, figure 3)."""
    return [
        nn.Conv2d(inputs, inputs, 3, stride, padding=1, groups=inputs, bias=False), nn.BatchNorm2d(inputs), nn.ReLU(),
        nn.Conv2d(inputs, outputs, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(),
    ]  # fmt: skip


@register
def mobilenet_mini(classes: int = 10, width: int = 16) -> nn.Module:
    """A strided conv and four separable blocks, global average: 18,826 parameters at width 16."""
    return nn.Sequential(
        nn.Conv2d(1, width, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU(),   # 28 → 14
        *_separable(width, 2 * width, stride=1),
        *_separable(2 * width, 4 * width, stride=2),                                                 # 14 → 7
        *_separable(4 * width, 4 * width, stride=1),
        *_separable(4 * width, 8 * width, stride=2),                                                 # 7 → 4
        nn.AdaptiveAvgPool2d(1), nn.Flatten(),
        nn.Linear(8 * width, classes),
    )  # fmt: skip
