"""A network whose first layer is computed, not trained: the principal components of the training images' patches."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from tenfold.models.layers import Flatten
from tenfold.models.registry import register

_BLANK_VARIANCE = 1e-4
_RIDGE = 1e-2


class FrozenStem(nn.Module):
    """A frozen first convolution and a trained head.

    `fit_stem` sets the stem from training images; after it the stem never changes. Training without augmentation can
    therefore compute `features` once for the whole set and train `head` alone: the first convolution, whose gradient
    over one input channel costs most of a small CNN's step, is then never differentiated nor computed again.
    """

    FITTED_IMAGES = 2000
    """How many training images `fit_stem` looks at: enough for the 25 × 25 covariance of patches."""

    def __init__(self, stem: nn.Conv2d, head: nn.Module) -> None:
        super().__init__()
        self.stem = stem.requires_grad_(False)
        self.head = head

    @torch.no_grad()
    def fit_stem(self, images: Tensor) -> None:
        """Set the filters to the whitened principal components of the images' patches, each with both signs.

        images [n, 1, h, w] in [0, 1]; the first 2,000 are used. Scaling each component to unit variance gives all
        of them a voice in the first step (Jordan 2024, "94 % on CIFAR-10 in 3.29 seconds on a single GPU", section
        3.2); both signs, because ReLU would drop one.
        """
        filters, _, size, _ = self.stem.weight.shape
        patches = (
            functional.unfold(images[: self.FITTED_IMAGES], size, stride=3).transpose(1, 2).reshape(-1, size * size)
        )
        patches = patches[patches.var(dim=1) > _BLANK_VARIANCE]
        if len(patches) == 0:
            return  # nothing but blank images: the random filters serve as well as any
        # In float64 on the CPU, so that every device finds the same components.
        patches = patches.cpu().double()
        variances, components = torch.linalg.eigh(patches.T @ patches / len(patches))
        leading = torch.arange(len(variances) - 1, len(variances) - 1 - filters // 2, -1)
        whitened = (components[:, leading] / torch.sqrt(variances[leading] + _RIDGE)).T
        # eigh leaves the sign of a component open; its largest entry decides.
        largest = whitened.gather(1, whitened.abs().argmax(dim=1, keepdim=True))
        whitened = (whitened * largest.sign()).reshape(-1, 1, size, size)
        self.stem.weight.copy_(torch.cat([whitened, -whitened]))

    def features(self, images: Tensor) -> Tensor:
        """What the head is given, for images [n, 1, 28, 28]."""
        return functional.relu(self.stem(images))

    def forward(self, images: Tensor) -> Tensor:
        """[n, 1, 28, 28] → [n, classes] logits."""
        logits: Tensor = self.head(self.features(images))
        return logits


@register
def whitened(classes: int = 10, stem: int = 16, width: int = 32) -> nn.Module:
    """A frozen whitened 5×5 conv and two trained 3×3 convs: 33,482 trained parameters.

    Few, wide strides: at 14×14 pixels the first trained conv is where the time goes. Batch normalisation follows
    the training data fast (momentum 0.3), for a run is a few hundred steps long. Raises ValueError for a stem that is
    odd or above 50: a 5×5 patch has 25 components, and each comes with both signs.
    """
    if stem % 2 or stem > 2 * 5 * 5:
        raise ValueError("stem must be even and at most 50")
    return FrozenStem(
        nn.Conv2d(1, stem, 5, stride=2, padding=2, bias=False),                                      # 28 → 14
        nn.Sequential(
            nn.Conv2d(stem, width, 3, bias=False), nn.MaxPool2d(2),                                  # 14 → 12 → 6
            nn.BatchNorm2d(width, momentum=0.3), nn.ReLU(),
            nn.Conv2d(width, 2 * width, 3, bias=False),                                              # 6 → 4
            nn.BatchNorm2d(2 * width, momentum=0.3), nn.ReLU(),
            Flatten(),
            nn.Linear(2 * width * 4 * 4, classes),
        ),
    )  # fmt: skip
