"""The tutorials' convolutional networks: 3×3 kernels, no padding, ReLU.

The tutorials pool after ReLU. Pooling first is the same function, for the largest of rectified numbers is the
rectified largest, and leaves ReLU a quarter of the pixels.
"""

from torch import nn

from tenfold.models.layers import Flatten
from tenfold.models.registry import register


@register
def cnn_baseline(classes: int = 10, filters: int = 32) -> nn.Module:
    """One conv, no pooling: nearly all of its 216,650 parameters are in the classifier."""
    return nn.Sequential(
        nn.Conv2d(1, filters, 3), nn.ReLU(),            # 28 → 26
        Flatten(),
        nn.Linear(filters * 26 * 26, classes),
    )  # fmt: skip


@register
def cnn_deep(classes: int = 10) -> nn.Module:
    """Three convs, no pooling, three dense layers: 4,060,074 parameters, and no better for it."""
    return nn.Sequential(
        nn.Conv2d(1, 32, 3), nn.ReLU(),                 # 28 → 26
        nn.Conv2d(32, 64, 3), nn.ReLU(),                # 26 → 24
        nn.Conv2d(64, 128, 3), nn.ReLU(),               # 24 → 22
        Flatten(),
        nn.Linear(128 * 22 * 22, 64), nn.ReLU(),
        nn.Linear(64, 32), nn.ReLU(),
        nn.Linear(32, classes),
    )  # fmt: skip


@register
def cnn_regularized(classes: int = 10, dropout: float = 0.25) -> nn.Module:
    """Two conv blocks with pooling, dropout before the classifier: 225,034 parameters.

    The layers' order is the tutorial's; it gives no widths, so these are the usual 32, 64 and 128.
    """
    return nn.Sequential(
        nn.Conv2d(1, 32, 3), nn.MaxPool2d(2), nn.ReLU(),    # 28 → 26 → 13
        nn.Conv2d(32, 64, 3), nn.MaxPool2d(2), nn.ReLU(),   # 13 → 11 → 5
        Flatten(),
        nn.Linear(64 * 5 * 5, 128), nn.ReLU(), nn.Dropout(dropout),
        nn.Linear(128, classes),
    )  # fmt: skip


@register
def cnn_sgd(classes: int = 10, filters: int = 32, hidden: int = 100) -> nn.Module:
    """One conv block and a dense layer of 100: 542,230 parameters at ten classes."""
    return nn.Sequential(
        nn.Conv2d(1, filters, 3), nn.MaxPool2d(2), nn.ReLU(),   # 28 → 26 → 13
        Flatten(),
        nn.Linear(filters * 13 * 13, hidden), nn.ReLU(),
        nn.Linear(hidden, classes),
    )  # fmt: skip


@register
def cnn_dropout(classes: int = 10, filters: int = 32, hidden: int = 128, dropout: float = 0.5) -> nn.Module:
    """Two conv blocks, then a dropout classifier: 225,034 parameters at ten classes."""
    return nn.Sequential(
        nn.Conv2d(1, filters, 3), nn.MaxPool2d(2), nn.ReLU(),               # 28 → 26 → 13
        nn.Conv2d(filters, 2 * filters, 3), nn.MaxPool2d(2), nn.ReLU(),     # 13 → 11 → 5
        Flatten(),
        nn.Linear(2 * filters * 5 * 5, hidden), nn.ReLU(), nn.Dropout(dropout),
        nn.Linear(hidden, classes),
    )  # fmt: skip
