"""What is fitted to validation images holds on others that are like them: errors, misses, digits kept."""

from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from tenfold.metrics import softmax
from tenfold.training.calibration import _threshold, calibrate

CLASSES, N = 10, 40_000

KEPT = 0.99
MISSES = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1)
"""As documented."""


def simulated(seed, classes=CLASSES, n=N, temperature=2.0, spread=3.0):
    """Logits float32 [n, classes], too sure by a temperature; labels are drawn with the shares they stand for."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, spread, (n, classes))
    shares = softmax(logits)
    labels = (shares.cumsum(axis=1) < rng.random((n, 1))).sum(axis=1)
    return (logits * temperature).astype(np.float32), np.minimum(labels, classes - 1).astype(np.int64)


def answers(logits, labels, calibration):
    """Confidence of each answer, and whether it is wrong."""
    probabilities = softmax(logits / calibration.temperature)
    return probabilities.max(axis=1), probabilities.argmax(axis=1) != labels


def test_the_temperature_is_the_one_that_was_put_in():
    assert calibrate(*simulated(0), None, 0.01).temperature == pytest.approx(2, rel=0.03)


@pytest.mark.parametrize("error", [0.01, 0.05, 0.2])
def test_of_the_answers_above_the_threshold_so_many_are_wrong(error):
    calibration = calibrate(*simulated(0), None, error)
    confidence, wrong = answers(*simulated(0), calibration)
    # It is the lowest such confidence: with a few answers more there are too many mistakes.
    below = confidence >= calibration.threshold - 0.02
    assert wrong[below].mean() > error
    confidence, wrong = answers(*simulated(1), calibration)
    fresh = wrong[confidence >= calibration.threshold]
    spread = (2 * error * (1 - error) / len(fresh)) ** 0.5  # both samples vary
    assert fresh.mean() == pytest.approx(error, abs=3 * spread)


def test_one_mistake_among_the_surest_answers_does_not_refuse_the_rest():
    logits, labels = simulated(0, n=1200, spread=20.0)
    surest = softmax(logits).max(axis=1).argmax()
    labels[surest] = logits[surest].argmax()
    usual = calibrate(logits, labels, None, 0.001)
    labels[surest] = (labels[surest] + 1) % CLASSES
    unlucky = calibrate(logits, labels, None, 0.001)
    accepted = [(answers(logits, labels, found)[0] >= found.threshold).mean() for found in (usual, unlucky)]
    assert accepted[1] > 0.8 * accepted[0] > 0.4


def test_an_error_that_no_confidence_keeps_accepts_nothing():
    logits, _labels = simulated(0, n=200)
    always_wrong = (logits.argmax(axis=1) + 1) % CLASSES
    assert calibrate(logits, always_wrong, None, 0.01).threshold == 1


def test_prediction_sets_miss_no_more_than_they_promise():
    calibration = calibrate(*simulated(0), None, 0.01)
    assert [misses for misses, _ in calibration.conformal] == list(MISSES)
    logits, labels = simulated(1)
    true = softmax(logits / calibration.temperature)[np.arange(N), labels]
    for misses, least in calibration.conformal:
        spread = (2 * misses * (1 - misses) / N) ** 0.5  # both samples vary
        assert (true < least).mean() == pytest.approx(misses, abs=4 * spread)


def test_few_images_promise_no_small_share_of_misses():
    calibration = calibrate(*simulated(0, n=150), None, 0.01)
    assert [misses for misses, _ in calibration.conformal] == [0.01, 0.02, 0.05, 0.1]


@pytest.mark.parametrize("none", [0, 4, CLASSES])
def test_a_class_that_is_none_has_a_score_and_no_part_in_the_rest(none):
    logits, labels = simulated(0, CLASSES + 1)
    calibration = calibrate(logits, labels, none, 0.05)
    probabilities = softmax(logits / calibration.temperature)
    digits = labels != none
    score = 1 - probabilities[:, none]
    assert (score[digits] >= calibration.score_threshold).mean() == pytest.approx(KEPT, abs=1e-3)
    assert (score[~digits] >= calibration.score_threshold).mean() < 0.95
    others = np.delete(np.arange(CLASSES + 1), none)
    answer = others[probabilities[:, others].argmax(axis=1)]
    accepted = digits & (probabilities[:, others].max(axis=1) >= calibration.threshold)
    assert (answer != labels)[accepted].mean() == pytest.approx(0.05, abs=0.002)
    shares = probabilities / probabilities[:, others].sum(axis=1, keepdims=True)
    true = shares[np.arange(N), labels][digits]
    for misses, least in calibration.conformal:
        assert (true < least).mean() == pytest.approx(misses, abs=2e-4)


def test_without_a_class_that_is_none_everything_passes_for_a_digit():
    assert calibrate(*simulated(0, n=500), None, 0.01).score_threshold == 0


def test_without_validation_images_nothing_is_said():
    empty = np.zeros((0, CLASSES), np.float32), np.zeros(0, np.int64)
    nothing = calibrate(*empty, None, 0.01)
    assert (nothing.temperature, nothing.threshold, nothing.score_threshold, nothing.conformal) == (1, 0, 0, ())
    with pytest.raises(FrozenInstanceError):
        nothing.temperature = 2.0
    logits, _labels = simulated(0, n=50)
    only_none = calibrate(logits, np.full(50, 3, np.int64), 3, 0.01)
    assert (only_none.threshold, only_none.score_threshold, only_none.conformal) == (0, 0, ())
    assert only_none.temperature != 1


@pytest.mark.parametrize(("error", "threshold"), [(0.1, 1), (0.125, 0.875), (0.2, 0.875), (0.25, 0.625), (0.3, 0.625)])
def test_the_threshold_is_the_lowest_confidence_at_which_the_mean_doubt_is_no_more_than_the_error(error, threshold):
    # The surest first they doubt 1/8 and 3/8, so 1/4 together; with the last, which doubts 1/2, 1/3.
    probabilities = np.array([[0.375, 0.625], [0.5, 0.5], [0.875, 0.125]])
    assert _threshold(probabilities, error) == threshold


def test_doubt_is_reckoned_among_the_classes_alone_and_the_threshold_is_of_the_chance_itself():
    probabilities = np.array([[0.375, 0.125], [0.25, 0.75]])  # half a chance of being none, and 3/4 of the rest
    assert _threshold(probabilities, 0.25) == 0.375
    assert _threshold(probabilities, 0.24) == 1


@pytest.mark.parametrize(
    ("n", "ranks"), [(8, {}), (9, {0.1: 1}), (19, {0.05: 1, 0.1: 2}), (49, {0.02: 1, 0.05: 2, 0.1: 5})]
)
def test_the_least_share_of_a_prediction_set_is_that_of_the_promised_rank(n, ranks):
    logits = np.stack([np.linspace(1, 3, n), np.zeros(n)], axis=1).astype(np.float32)[::-1]
    found = calibrate(logits, np.zeros(n, np.int64), None, 0.01)
    lowest_first = np.sort(softmax(logits / found.temperature)[:, 0])
    assert dict(found.conformal) == pytest.approx({misses: lowest_first[rank - 1] for misses, rank in ranks.items()})
