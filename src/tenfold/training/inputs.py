"""Images as what a network is given: gathered, augmented, and past a frozen stem where there is one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from tenfold.data.augment import augment
from tenfold.models import FrozenStem
from tenfold.recipes import Recipe

_GATHERED = 512
"""Images made into inputs at once: enough to share the overhead, little enough for the cache."""

_SCORING_BATCH = 1000


@dataclass(frozen=True)
class Split:
    """Images uint8 [n, 1, 28, 28] and labels int64 [n] on the device they are trained on."""

    images: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return len(self.labels)


class Inputs:
    """The inputs of the part of a model that is trained.

    `trained` is the model itself, or the head of a `FrozenStem`, whose inputs are the stem's features. Where the same
    features are needed in several epochs they are computed once for all images; where an image is seen once, or
    augmentation makes it another one each time, batch by batch.
    """

    def __init__(self, recipe: Recipe, model: nn.Module, split: Split, precision: torch.dtype) -> None:
        self.augmentation = recipe.augmentation.model_dump()
        self.images, self.precision = split.images, precision
        self.trained: nn.Module = model
        self.stem: FrozenStem | None = None
        self.features: Tensor | None = None
        if isinstance(model, FrozenStem):
            if not model.fitted:  # else it came with its filters from another run
                model.fit_stem(to_input(self.images[: FrozenStem.FITTED_IMAGES]))
            self.stem, self.trained = model, model.head
            if recipe.epochs > 1 and not self.augmented:
                self.features = self._all_features()

    @property
    def augmented(self) -> bool:
        """Whether an image is another one each time it is seen; how smooth a field would be changes nothing alone."""
        return any(value for name, value in self.augmentation.items() if name != "elastic_smoothness")

    def batches(self, order: Tensor, sizes: Sequence[int]) -> Iterator[Tensor]:
        """Inputs of the images at order [n], so many at a time; sizes sum to n.

        Several small batches are made at once: at batch 32 the overhead of gathering, converting and augmenting each
        by itself is a fifth of a step.
        """
        start = 0
        for group in _grouped(sizes):
            rows = order[start : start + sum(group)]
            start += len(rows)
            if self.features is None:
                x = self._make(augment(to_input(self.images.index_select(0, rows)), **self.augmentation))
            else:
                x = self.features.index_select(0, rows).permute(0, 3, 1, 2)
            yield from torch.split(x, group)

    def _make(self, images: Tensor) -> Tensor:
        """Past the stem, where there is one."""
        if self.stem is None:
            return images
        with torch.no_grad(), autocast(images.device, self.precision):
            return self.stem.features(images)

    def _all_features(self) -> Tensor:
        """What the stem makes of all images: [n, h, w, channels], so that gathering a batch copies whole images."""
        features = torch.empty(0)
        for start in range(0, len(self.images), _SCORING_BATCH):
            part = self._make(to_input(self.images[start : start + _SCORING_BATCH])).permute(0, 2, 3, 1)
            if start == 0:  # now their shape is known; joining parts at the end would hold all of them twice
                features = part.new_empty(len(self.images), *part.shape[1:])
            features[start : start + len(part)] = part
        return features


def to_input(images: Tensor) -> Tensor:
    """uint8 [n, 1, h, w] → float32 in [0, 1]: what every model takes."""
    return images.float().mul_(1 / 255)


def autocast(device: torch.device, precision: torch.dtype) -> torch.autocast:
    """Convolutions and matrix products in a precision; everything as it is in float32."""
    return torch.autocast(device.type, precision, enabled=precision != torch.float32)


def score(
    model: nn.Module, split: Split, precision: torch.dtype = torch.float32
) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Logits [n, classes] float32 of a split, without gradients and with the model in evaluation mode."""
    model.eval()
    with torch.inference_mode(), autocast(split.images.device, precision):
        parts = [model(to_input(images)).float().cpu() for images in torch.split(split.images, _SCORING_BATCH)]
    logits: np.ndarray[Any, np.dtype[np.float32]] = torch.cat(parts).numpy()
    return logits


def _grouped(sizes: Sequence[int]) -> Iterator[list[int]]:
    """Consecutive sizes, one at least, in groups that reach _GATHERED together; the last may fall short."""
    group: list[int] = []
    for size in sizes:
        if group and sum(group) + size > _GATHERED:
            yield group
            group = []
        group.append(size)
    yield group
