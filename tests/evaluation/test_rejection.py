"""Refusing the least sure: counts by hand, ties kept together, and the model's own threshold as its card has it."""

import numpy as np
import pytest

from tenfold.data import Dataset
from tenfold.evaluation import Predictions
from tenfold.evaluation.rejection import rejection
from tenfold.metrics import risk_coverage
from tenfold.reading import ModelCard


def test_the_curve_by_hand_with_equally_sure_answers_together():
    confidence = np.array([0.5, 0.9, 0.7, 0.7])
    coverage, error = risk_coverage(confidence, np.array([False, True, True, False]))
    assert coverage.tolist() == [0.25, 0.75, 1.0]
    assert error.tolist() == pytest.approx([0, 1 / 3, 2 / 4])


def _predictions(threshold: float) -> Predictions:
    """A hundred answers, each surer than the one before; the first ten are wrong."""
    card = ModelCard(tuple("01"), "mnist-1", 1.0, threshold, "stub", "00", "1")
    labels = (np.arange(100) < 10).astype(np.int64)
    logits = np.stack([np.linspace(0.1, 5, 100), np.zeros(100)], axis=1).astype(np.float32)
    return Predictions(
        card, Dataset("s", "test", np.zeros((100, 28, 28), np.uint8), labels, ("0", "1")), labels, logits
    )


def test_rows_are_the_shares_asked_for_and_what_is_wrong_among_them():
    found = rejection(_predictions(0.5))
    rows = {row.coverage: row.errors for row in found.steps}
    assert rows == {1.0: 10, 0.99: 9, 0.98: 8, 0.95: 5, 0.9: 0, 0.8: 0}
    assert found.own.answered == 100  # two classes: nobody is less sure than a half


def test_the_own_threshold_is_the_cards_and_may_refuse_all():
    predictions = _predictions(1.5)
    found = rejection(predictions).own
    assert (found.answered, found.error, found.to_json()["error_ci95"]) == (0, None, None)
    confidence = predictions.confidence[94]
    own = rejection(_predictions(float(confidence))).own
    assert (own.answered, own.errors) == (6, 0)


def test_the_area_is_the_mean_error_over_all_coverages():
    found = rejection(_predictions(0.5))
    by_hand = np.mean([max(0, answered - 90) / answered for answered in range(1, 101)])
    assert found.area == pytest.approx(by_hand)
