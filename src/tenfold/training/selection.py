"""Which images a step trains on: selective backpropagation (Jiang et al. 2019)."""

import math

from torch import Tensor
from torch.nn import functional

from tenfold.recipes import Recipe


def plan_epoch(recipe: Recipe, images: int, epoch: int) -> list[tuple[int, int]]:
    """An epoch's steps: how many images each looks at, and on how many of them it trains."""
    size, selection = recipe.batch_size, recipe.selection
    if selection is None:
        return [(part, part) for part in _parts(images, size)]
    begin = round(selection.after * recipe.epochs * images) - (epoch - 1) * images
    unselected = min(max(begin, 0), images)
    return [(part, part) for part in _parts(unselected, size)] + [
        (part, math.ceil(part / selection.of)) for part in _parts(images - unselected, size * selection.of)
    ]


def hardest(logits: Tensor, labels: Tensor, count: int) -> Tensor:
    """The places [count] of the images with the highest loss against their labels."""
    return functional.cross_entropy(logits, labels, reduction="none").topk(count).indices


def _parts(total: int, size: int) -> list[int]:
    """total in parts of size; the last may be smaller."""
    return [min(size, total - start) for start in range(0, total, size)]
