"""Each class by its best and its worst examples, for the report."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from tenfold.evaluation.predictions import Predictions
from tenfold.evaluation.scores import ClassScore
from tenfold.reports.page import data_uri, picture

_BEST, _WORST = 4, 8


def class_cards(predictions: Predictions, per_class: Sequence[ClassScore]) -> list[dict[str, Any]]:
    """A card for each class that has images: its score, its surest right answers, and its worst.

    The worst are those whose true class got the least probability: wrong ones first, then the least sure of the right.
    """
    return [_card(predictions, label, row) for label, row in enumerate(per_class) if row.support]


def _card(predictions: Predictions, label: int, row: ClassScore) -> dict[str, Any]:
    rows = np.flatnonzero(predictions.labels == label)
    rows = rows[np.argsort(-predictions.probabilities[rows, label], kind="stable")]
    right = rows[predictions.right[rows]]
    best = right[: min(_BEST, max(1, len(right) // 2))]
    worst = rows[::-1][:_WORST]
    return {
        "score": row,
        "mistakes": int((~predictions.right[rows]).sum()),
        "best": [_example(predictions, int(place), label) for place in best],
        "worst": [_example(predictions, int(place), label) for place in worst if place not in best],
    }


def _example(predictions: Predictions, place: int, label: int) -> dict[str, Any]:
    """An image, its place in the split, its true class's probability, and what it was read as where that is wrong."""
    wrong = not predictions.right[place]
    return {
        "image": data_uri(picture(predictions.dataset.images[place])),
        "index": place,
        "probability": float(predictions.probabilities[place, label]),
        "read_as": predictions.card.classes[predictions.predicted[place]] if wrong else None,
    }
