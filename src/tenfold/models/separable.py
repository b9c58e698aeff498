"""Small MobileNets: a 3×3 filter a channel, then 1×1 convs that mix channels."""

from collections.abc import Sequence

from torch import nn

from tenfold.models.layers import Flatten
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


@register
def pocket(classes: int = 10, widths: Sequence[int] = (16, 24, 32, 40)) -> nn.Module:
    """A strided conv, three narrow separable blocks, and a weight a place: 5,338 parameters, 5,114 folded.

    Every channel ends in a 5×5 filter of its own over all 5×5 places (the global depthwise convolution of
    MobileFaceNets, Chen et al. 2018): where a stroke lies tells digits apart, which an average over places would
    forget, and a dense layer would spend ten times the parameters on. No ReLU follows a depthwise filter, as in
    Xception (Chollet 2017, section 4.7). Raises ValueError for other than four widths.
    """
    if len(widths) != 4:
        raise ValueError(f"widths must be four, one a stage, not {len(widths)}")
    first, second, third, last = widths
    return nn.Sequential(
        nn.Conv2d(1, first, 5, stride=2, padding=2, bias=False), nn.BatchNorm2d(first), nn.ReLU(),   # 28 → 14
        *_narrow(first, second, padding=1), nn.MaxPool2d(2),                                         # 14 → 7
        *_narrow(second, third, padding=1),
        *_narrow(third, last, padding=0),                                                            # 7 → 5
        nn.Conv2d(last, last, 5, groups=last, bias=False), nn.BatchNorm2d(last),                     # 5 → 1
        Flatten(),
        nn.Linear(last, classes),
    )  # fmt: skip


def _narrow(inputs: int, outputs: int, padding: int) -> list[nn.Module]:
    """A depthwise and a pointwise conv, with a single ReLU behind both."""
    return [
        nn.Conv2d(inputs, inputs, 3, padding=padding, groups=inputs, bias=False), nn.BatchNorm2d(inputs),
        nn.Conv2d(inputs, outputs, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(),
    ]  # fmt: skip
