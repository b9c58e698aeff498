"""How a short training went within its epochs: what its curves are drawn from where epochs would be single dots."""

from collections.abc import Sequence
from itertools import accumulate, pairwise

import numpy as np
from torch import Tensor
from torch.nn import functional

from tenfold.training.records import Stretch

SHORT = 3
"""Runs of fewer epochs are drawn over their steps."""

_POINTS = 50
"""Stretches of an epoch: more would be noise, and no wider on the page."""


def stretches(answers: Tensor, labels: Tensor, sizes: Sequence[int], epoch: int, before: int) -> list[Stretch]:
    """The stretches of an epoch, each of about as many steps.

    answers: logits [n, classes] as the steps gave them, labels [n], both in the order of the steps; sizes: images of
    each step; epoch: from 1; before: steps of the epochs before it.
    """
    losses = functional.cross_entropy(answers, labels, reduction="none").cpu().numpy()
    right = (answers.argmax(1) == labels).cpu().numpy()
    seen = [0, *accumulate(sizes)]
    bounds = np.linspace(0, len(sizes), min(len(sizes), _POINTS) + 1).round().astype(int)
    return [
        Stretch(
            epoch=epoch - 1 + seen[end] / seen[-1],
            step=before + int(end),
            train_loss=float(losses[seen[start] : seen[end]].mean()),
            train_accuracy=float(right[seen[start] : seen[end]].mean()),
        )
        for start, end in pairwise(bounds)
    ]
