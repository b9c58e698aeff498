"""LeNet-5, the network that MNIST was made for."""

from torch import nn

from tenfold.models.layers import Flatten
from tenfold.models.registry import register


@register
def lenet5(classes: int = 10) -> nn.Module:
    """LeNet-5 (LeCun et al. 1998) with ReLU, max-pooling and batch normalisation: 61,750 parameters."""
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.BatchNorm2d(6), nn.MaxPool2d(2), nn.ReLU(),   # 28 → 14
        nn.Conv2d(6, 16, 5), nn.BatchNorm2d(16), nn.MaxPool2d(2), nn.ReLU(),            # 14 → 10 → 5
        Flatten(),
        nn.Linear(16 * 5 * 5, 120), nn.ReLU(),
        nn.Linear(120, 84), nn.ReLU(),
        nn.Linear(84, classes),
    )  # fmt: skip
