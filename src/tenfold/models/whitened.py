"""A network whose first layer is computed, not trained: the principal components of the training images' patches."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from tenfold.models.layers import Flatten
from tenfold.models.registry import register

_BLANK_VARIANCE = 1e-4
_RIDGE = 1e-2
_PATCH = 6
PLACES = ((0, 0), (0, 2), (2, 0), (2, 2))
"""Where in a 3×3 cell a filter is tried."""

BORDER = (1, 0, 1, 0)
"""Zeros around the features: left, right, top, bottom."""


class FrozenStem(nn.Module):
    """A frozen first layer and a trained head.

    The layer is a 6×6 convolution and a 3×3 max-pooling in one: 28×28 pixels become 9×9 cells, and in each cell a
    filter answers at four of the nine places, (0, 0), (0, 2), (2, 0) and (2, 2), of which the strongest answer
    counts. Nine places read no better (docs/log.md). Each filter counts with both signs, because ReLU drops one.

    `fit_stem` sets the filters from training images; after it they never change. Training without augmentation can
    therefore compute `features` once for the whole set and train `head` alone: the first convolution, whose gradient
    over one input channel costs most of a small CNN's step, is then never differentiated nor computed again.
    """

    FITTED_IMAGES = 2000
    """How many training images `fit_stem` looks at: enough for the 36 × 36 covariance of patches."""

    def __init__(self, filters: int, head: nn.Module) -> None:
        super().__init__()
        self.stem = nn.Conv2d(1, len(PLACES) * filters, _PATCH + 2, stride=3, padding=2, bias=False)
        self.stem.requires_grad_(False)
        if not self.stem.weight.is_meta:  # without numbers torch would import its compiler to copy them
            self._place(self.stem.weight[:filters, :, :_PATCH, :_PATCH].clone())
        self.head = head
        self.fitted = False

    @torch.no_grad()
    def fit_stem(self, images: Tensor) -> None:
        """Set the filters to the whitened principal components of the images' patches.

        images [n, 1, h, w] in [0, 1]; the first 2,000 are used. Scaling each component to unit variance gives all
        of them a voice in the first step (Jordan 2024, "94 % on CIFAR-10 in 3.29 seconds on a single GPU", section
        3.2).
        """
        self.fitted = True
        patches = functional.unfold(images[: self.FITTED_IMAGES], _PATCH, stride=3).transpose(1, 2)
        patches = patches.reshape(-1, _PATCH * _PATCH)
        # Not torch's own variance, which takes ten times as long.
        variances = (patches - patches.mean(1, keepdim=True)).square().sum(1) / (_PATCH * _PATCH - 1)
        patches = patches[variances > _BLANK_VARIANCE]
        if len(patches) == 0:
            return  # nothing but blank images: the random filters serve as well as any
        # In float64 on the CPU, so that every device finds the same components.
        patches = patches.cpu().double()
        variances, components = torch.linalg.eigh(patches.T @ patches / len(patches))
        filters = len(self.stem.weight) // len(PLACES)
        leading = torch.arange(len(variances) - 1, len(variances) - 1 - filters, -1)
        whitened = (components[:, leading] / torch.sqrt(variances[leading] + _RIDGE)).T
        # eigh leaves the sign of a component open; its largest entry decides.
        largest = whitened.gather(1, whitened.abs().argmax(dim=1, keepdim=True))
        self._place((whitened * largest.sign()).reshape(-1, 1, _PATCH, _PATCH))

    @torch.no_grad()
    def _place(self, filters: Tensor) -> None:
        """Make the one convolution that applies each filter [n, 1, 6, 6] at the four places of a cell."""
        weight = self.stem.weight.zero_()
        for part, (row, column) in zip(weight.chunk(len(PLACES)), PLACES, strict=True):
            part[:, :, row : row + _PATCH, column : column + _PATCH] = filters

    def features(self, images: Tensor) -> Tensor:
        """What the head is given: [n, 1, 28, 28] → [n, 2 · filters, 10, 10], a border of zeros above and to the left.

        The head's first layer then answers at 8×8 places, as many as its pooling uses, instead of 9×9.
        """
        answers = self.stem(images)
        # Halves of all places, then of the half: the same numbers as pair by pair, in long runs of channels.
        highest = torch.maximum(*torch.maximum(*answers.chunk(2, 1)).chunk(2, 1))
        lowest = torch.minimum(*torch.minimum(*answers.chunk(2, 1)).chunk(2, 1))
        return functional.pad(torch.cat([highest, lowest.neg_()], 1).relu_(), BORDER)

    def forward(self, images: Tensor) -> Tensor:
        """[n, 1, 28, 28] → [n, classes] logits."""
        logits: Tensor = self.head(self.features(images))
        return logits


@register
def whitened(classes: int = 10, filters: int = 12, width: int = 32) -> nn.Module:
    """A frozen whitened first layer and two trained convs: 21,066 trained parameters.

    At 8×8 places the first trained conv is where the time goes. Batch normalisation follows the training data fast
    (momentum 0.3), for a run is a few hundred steps long. Raises ValueError for more filters than a patch has pixels.
    """
    if filters > _PATCH**2:
        raise ValueError(f"filters must be at most {_PATCH**2}, the principal components of a {_PATCH}×{_PATCH} patch")
    return FrozenStem(
        filters,                                                                                     # 28 → 9 → 10
        nn.Sequential(
            nn.Conv2d(2 * filters, width, 3, bias=False), nn.MaxPool2d(2),                           # 10 → 8 → 4
            nn.BatchNorm2d(width, momentum=0.3), nn.ReLU(),
            nn.Conv2d(width, 2 * width, 2, bias=False),                                              # 4 → 3
            nn.BatchNorm2d(2 * width, momentum=0.3), nn.ReLU(),
            Flatten(),
            nn.Linear(2 * width * 3 * 3, classes),
        ),
    )  # fmt: skip
