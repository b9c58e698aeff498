"""How much the detector's and the classifier's opinions count, fitted on pages that neither has learned from."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from tenfold.data.synthetic.pages.make import Pages
from tenfold.reading.classifier import Classifier
from tenfold.reading.detector import Detector
from tenfold.reading.opinion import Weights, evidence
from tenfold.reading.page_reader import PageReader
from tenfold.training.page.matching import NONE, matched

_LEAST_SIZE = 24
"""Pixels of the longer side of what is asked about."""

_ROUNDS = 200
"""Steps of L-BFGS: a handful of weights need far fewer."""


@dataclass(frozen=True)
class Opinions:
    """What was found: seen float32 [n, 10], classified float32 [n, 10], and labels int64 [n]: 0 to 9, or NONE."""

    seen: NDArray[np.float32]
    classified: NDArray[np.float32]
    labels: NDArray[np.int64]


def fit_weights(detector: Detector, pages: Pages, classifier: Classifier | None = None) -> Weights:
    """The weights under which the combined chances fit the pages' marks best. classifier: None for the shipped one."""
    opinions = gather(PageReader(detector, classifier or Classifier()), pages)
    which, whether = evidence(opinions.seen, opinions.classified)
    digits = opinions.labels != NONE
    labels = torch.from_numpy(opinions.labels[digits])
    chosen = torch.from_numpy(which[:, digits])
    shares = _minimised(2, lambda w: torch.nn.functional.cross_entropy(torch.einsum("k,knc->nc", w, chosen), labels))
    is_digit, odds = torch.from_numpy(digits.astype(np.float32)), torch.from_numpy(whether)
    logits = _minimised(
        3, lambda w: torch.nn.functional.binary_cross_entropy_with_logits(w[:2] @ odds + w[2], is_digit)
    )
    return Weights((shares[0], shares[1]), (logits[0], logits[1], logits[2]))


def gather(reader: PageReader, pages: Pages) -> Opinions:
    """Both opinions on what is found on upright pages, with what it truly is; what nobody can name is left out."""
    seen, classified, labels = [], [], []
    for index in np.flatnonzero(pages.turns == 0):
        marks = pages.marks[pages.marks[:, 0] == index, 1:]
        found = reader.opinions(pages.pixels[index])
        truth = matched(found.boxes, marks)
        # Of small digits the classifier's views are poor: they would tell that it is worth little of any.
        large = (found.boxes[:, 2:] - found.boxes[:, :2]).max(axis=1, initial=0) >= _LEAST_SIZE
        known = (truth >= NONE) & large
        seen.append(found.seen[known])
        classified.append(found.classified[known])
        labels.append(truth[known])
    return Opinions(np.concatenate(seen), np.concatenate(classified), np.concatenate(labels))


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
