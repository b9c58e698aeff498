"""How much the page network's and the glyph network's opinions count, fitted on pages that neither has learned from."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from tenfold.data.pages.make import Pages
from tenfold.reading.detector import Detector
from tenfold.reading.opinion import Weights, evidence
from tenfold.training.page.matching import NOBODY_KNOWS, NONE, PART, matched

_ROUNDS = 200
"""Steps of L-BFGS: a handful of weights need far fewer."""


@dataclass(frozen=True)
class Opinions:
    """What was found: first, second float32 [n, 10], either opinion's chances; labels int64 [n]: 0 to 9, or NONE."""

    first: NDArray[np.float32]
    second: NDArray[np.float32]
    labels: NDArray[np.int64]


def fit_weights(opinions: Opinions) -> Weights:
    """The weights under which the combined chances fit the labels best; `Weights()` where there is no digit."""
    which, whether = evidence(opinions.first, opinions.second)
    digits = opinions.labels != NONE
    if not digits.any():
        return Weights()
    labels = torch.from_numpy(opinions.labels[digits])
    chosen = torch.from_numpy(which[:, digits])
    shares = _minimised(2, lambda w: torch.nn.functional.cross_entropy(torch.einsum("k,knc->nc", w, chosen), labels))
    is_digit, odds = torch.from_numpy(digits.astype(np.float32)), torch.from_numpy(whether)
    logits = _minimised(
        3, lambda w: torch.nn.functional.binary_cross_entropy_with_logits(w[:2] @ odds + w[2], is_digit)
    )
    return Weights((shares[0], shares[1]), (logits[0], logits[1], logits[2]))


def said_of(pages: Pages, detector: Detector) -> Opinions:
    """What the page network and the glyph network say of what is found on upright pages; what nobody can name is left
    out, and a part of a digit is none."""
    first, second, labels = [], [], []
    for index in np.flatnonzero(pages.turns == 0).tolist():
        marks = pages.marks_of(index)
        page = pages.pixels[index]
        boxes, found, judged = detector.opinions(page, detector.finder.find(page))
        truth = matched(boxes, marks)
        truth[truth == PART] = NONE
        known = truth != NOBODY_KNOWS
        first.append(found[known])
        second.append(judged[known])
        labels.append(truth[known])
    return Opinions(np.concatenate(first), np.concatenate(second), np.concatenate(labels))


def _minimised(count: int, loss_of: Callable[[Tensor], Tensor]) -> list[float]:
    """The weights, so many, that make a loss least."""
    weights = torch.full((count,), 0.5, requires_grad=True)
    optimizer = torch.optim.LBFGS([weights], max_iter=_ROUNDS, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = loss_of(weights)
        torch.autograd.backward(loss)
        return loss

    optimizer.step(closure)  # type: ignore[no-untyped-call]
    return [round(weight, 4) for weight in weights.tolist()]
