"""How well a detector finds digits on pages that it has not learned from."""

from typing import Any

import numpy as np

from tenfold.data.pages.make import Pages
from tenfold.reading.detector import Detector
from tenfold.reading.detector.peaks import DIGITS
from tenfold.training.page.matching import NONE, PART, matched

_LEAST_SIZE = 9.0
"""Pixels of the longer side of digits that must be found; smaller ones may be."""

THRESHOLD = 0.5
"""Chance of its class from which a digit counts as found."""


def score_pages(detector: Detector, pages: Pages) -> dict[str, Any]:
    """Recall, precision and F1 of digits, and how many that were found have the right class, over all pages."""
    wanted = hit = right = spare = 0
    for index, pixels in enumerate(pages.pixels):
        marks = pages.marks_of(index)
        found = [one for one in detector.find(pixels).found if one.is_digit and one.score >= THRESHOLD]
        labels = matched(np.array([one.box for one in found]).reshape(-1, 4), marks)
        large = (marks[:, 3:5] - marks[:, 1:3]).max(axis=1) >= _LEAST_SIZE
        wanted += int(((marks[:, 0] < DIGITS) & large).sum())
        hit += int((labels >= 0).sum())
        right += sum(one.label == int(label) for one, label in zip(found, labels, strict=True))
        spare += int(np.isin(labels, (NONE, PART)).sum())
    recall, precision = min(hit / max(wanted, 1), 1.0), hit / max(hit + spare, 1)
    return {
        "pages": len(pages.pixels),
        "digits": wanted,
        "recall": recall,
        "precision": precision,
        "f1": 2 * recall * precision / max(recall + precision, 1e-9),
        "class_accuracy": right / max(hit, 1),
    }
