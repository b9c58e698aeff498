"""What the trainings of the networks that read pages make smaller."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from tenfold.reading.detector.peaks import HEATS
from tenfold.training.page.views import Batch

IGNORED = -100
"""Label of which nothing is learned."""

_BOX_WEIGHT = 0.5
"""Of the boxes' error beside the heats' loss."""


def page_loss(network: nn.Module, batch: Batch) -> Tensor:
    """The heats' focal loss (Lin et al. 2017; near a middle as in Zhou et al. 2019), and the boxes' error."""
    with torch.autocast("cpu", torch.bfloat16):
        answers = network(batch.pages.contiguous(memory_format=torch.channels_last))
    logits, boxes = answers[:, :HEATS].float(), answers[:, HEATS:].float()
    probability = logits.sigmoid()
    middle = batch.heats.eq(1)
    found = -((1 - probability) ** 2) * functional.logsigmoid(logits)
    missed = -((1 - batch.heats) ** 4) * probability**2 * functional.logsigmoid(-logits)
    heat = (torch.where(middle, found, missed) * batch.weights).sum() / middle.sum().clamp(min=1)
    error = functional.smooth_l1_loss(boxes, batch.boxes, reduction="none", beta=0.1).sum(dim=1)
    return torch.as_tensor(heat + _BOX_WEIGHT * (error * batch.boxed).sum() / batch.boxed.sum().clamp(min=1))


def label_loss(network: nn.Module, batch: tuple[Tensor, Tensor]) -> Tensor:
    """The cross-entropy of labels int64 [n, ...] of pictures float32 [n, 1, h, w], those that are IGNORED left out."""
    pictures, labels = batch
    with torch.autocast("cpu", torch.bfloat16):
        logits = network(pictures.contiguous(memory_format=torch.channels_last))
    return functional.cross_entropy(logits.float(), labels, ignore_index=IGNORED)
