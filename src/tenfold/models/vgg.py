"""Two convolutions a stage, as in VGG, on a strided first layer."""

from torch import nn

from tenfold.models.layers import Flatten
from tenfold.models.registry import register


@register
def vgg_mini(classes: int = 10, width: int = 32) -> nn.Module:
    """Five convs with batch normalisation: 289,642 parameters at width 32.

    Two 3×3 layers see as much as one 5×5 with fewer parameters and one more nonlinearity (Simonyan and Zisserman
    2015); the first conv strides as that of `compact` does.
    """
    return nn.Sequential(
        *_layer(1, width, 5, stride=2, padding=2),                                                   # 28 → 14
        *_layer(width, 2 * width, 3, padding=1),
        *_layer(2 * width, 2 * width, 3, padding=1), nn.MaxPool2d(2),                                # 14 → 7
        *_layer(2 * width, 4 * width, 3),                                                            # 7 → 5
        *_layer(4 * width, 4 * width, 3),                                                            # 5 → 3
        Flatten(),
        nn.Linear(4 * width * 3 * 3, classes),
    )  # fmt: skip


def _layer(inputs: int, outputs: int, size: int, stride: int = 1, padding: int = 0) -> list[nn.Module]:
    return [nn.Conv2d(inputs, outputs, size, stride, padding, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()]
