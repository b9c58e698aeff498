"""The scores agree with scikit-learn, or with values worked out by hand."""

from dataclasses import FrozenInstanceError

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tenfold import metrics


def _random_case(seed: int, n: int = 500, classes: int = 7) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, classes, n)
    logits = rng.normal(size=(n, classes)) + 2.0 * np.eye(classes)[labels]
    return logits, labels


def test_confusion_matrix_has_true_classes_as_rows() -> None:
    assert metrics.confusion_matrix(np.array([0, 0, 1]), np.array([1, 1, 0]), 3).tolist() == [
        [0, 2, 0],
        [1, 0, 0],
        [0, 0, 0],
    ]


def test_confusion_matrix_takes_narrow_labels_without_overflow() -> None:
    labels = np.full(4, 46, np.uint8)
    assert metrics.confusion_matrix(labels, labels, 47)[46, 46] == 4


def test_class_scores_agree_with_scikit_learn() -> None:
    from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

    logits, labels = _random_case(1)
    predictions = logits.argmax(axis=1)
    confusion = metrics.confusion_matrix(labels, predictions, 7)
    np.testing.assert_array_equal(confusion, confusion_matrix(labels, predictions))
    precision, recall, f1, support = precision_recall_fscore_support(labels, predictions)
    np.testing.assert_allclose(metrics.precision_per_class(confusion), precision)
    np.testing.assert_allclose(metrics.recall_per_class(confusion), recall)
    np.testing.assert_allclose(metrics.f1_per_class(confusion), f1)
    np.testing.assert_array_equal(confusion.sum(axis=1), support)


def test_class_scores_are_zero_where_nothing_was_seen_or_predicted() -> None:
    confusion = metrics.confusion_matrix(np.array([0, 1]), np.array([0, 0]), 3)
    assert metrics.recall_per_class(confusion).tolist() == [1.0, 0.0, 0.0]
    assert metrics.precision_per_class(confusion).tolist() == [0.5, 0.0, 0.0]
    assert metrics.f1_per_class(confusion).tolist() == pytest.approx([2 / 3, 0.0, 0.0])


def test_macro_mean_leaves_out_classes_without_images() -> None:
    confusion = metrics.confusion_matrix(np.array([0, 1]), np.array([0, 0]), 3)
    assert metrics.macro_mean(metrics.recall_per_class(confusion), confusion) == 0.5
    assert metrics.macro_mean(np.zeros(3), np.zeros((3, 3), np.int64)) == 0.0


@pytest.mark.parametrize(
    ("right", "n", "expected"),
    # 81 of 263 is Newcombe's (1998) example; 10 of 10 is n / (n + z²), 0 of 10 its mirror.
    [
        (81, 263, (0.2553, 0.3662)),
        (10, 10, (0.7225, 1.0)),
        (0, 10, (0.0, 0.2775)),
        (0, 0, (0.0, 1.0)),
    ],
)
def test_wilson_interval_matches_known_values(right: int, n: int, expected: tuple[float, float]) -> None:
    assert metrics.wilson_interval(right, n) == pytest.approx(expected, abs=5e-5)


@given(st.integers(1, 10**6), st.floats(0, 1))
def test_wilson_interval_holds_the_share_and_stays_within_bounds(n: int, share: float) -> None:
    right = round(share * n)
    low, high = metrics.wilson_interval(right, n)
    assert 0.0 <= low <= right / n + 1e-12
    assert right / n - 1e-12 <= high <= 1.0


def test_mcnemar_is_the_two_sided_binomial_test() -> None:
    from scipy.stats import binomtest

    right_a = np.array([True] * 12 + [False] * 3 + [True] * 50)
    right_b = np.array([False] * 12 + [True] * 3 + [True] * 50)
    assert metrics.mcnemar(right_a, right_b) == pytest.approx(binomtest(3, 15).pvalue)
    assert metrics.mcnemar(right_a, right_a) == 1.0


@pytest.mark.parametrize(
    ("only_a", "only_b", "p"),
    # 1 against 7 are the children of Bentur et al. (2009), Fagerland's (2013) example; the others are powers of a half.
    [(1, 7, 18 / 256), (0, 5, 2 / 32), (5, 0, 2 / 32), (9, 1, 22 / 1024), (4, 4, 1.0), (0, 0, 1.0)],
)
def test_mcnemar_matches_values_worked_by_hand(only_a: int, only_b: int, p: float) -> None:
    right_a = np.array([True] * only_a + [False] * only_b + [True, False])
    right_b = np.array([False] * only_a + [True] * only_b + [True, False])
    assert metrics.mcnemar(right_a, right_b) == p


@pytest.mark.parametrize(("only_a", "only_b"), [(5_000, 5_300), (20_000, 19_000)])
def test_mcnemar_is_exact_for_thousands_of_images_too(only_a: int, only_b: int) -> None:
    from scipy.stats import binomtest

    right_a = np.array([True] * only_a + [False] * only_b)
    expected = binomtest(only_a, only_a + only_b).pvalue
    assert metrics.mcnemar(right_a, ~right_a) == pytest.approx(expected, rel=1e-9)


def test_softmax_survives_large_logits() -> None:
    np.testing.assert_allclose(metrics.softmax(np.array([[1000.0, 1000.0], [0.0, -2000.0]])), [[0.5, 0.5], [1.0, 0.0]])


def test_where_there_is_one_class_the_loss_is_nothing_and_no_less() -> None:
    assert str(metrics.cross_entropy(np.zeros((3, 1), np.float32), np.zeros(3, int))) == "0.0"


def test_cross_entropy_agrees_with_scikit_learn() -> None:
    from sklearn.metrics import log_loss

    logits, labels = _random_case(2)
    assert metrics.cross_entropy(logits, labels) == pytest.approx(log_loss(labels, metrics.softmax(logits)))


def test_calibration_error_matches_a_case_worked_by_hand() -> None:
    probabilities = np.array([[0.9, 0.1], [0.9, 0.1], [0.6, 0.4], [0.6, 0.4]])
    # Confidence 0.9: half right, a gap of 0.4. Confidence 0.6: all right, a gap of 0.4.
    assert metrics.expected_calibration_error(probabilities, np.array([0, 1, 0, 0])) == pytest.approx(0.4)


def test_calibration_bins_are_open_at_the_left() -> None:
    # 0.6 belongs to (0.4, 0.6], so with five bins it shares one with 0.55 and their gaps cancel.
    probabilities = np.array([[0.6, 0.4], [0.55, 0.45]])
    counts = metrics.reliability(probabilities, np.array([0, 0]), bins=5).counts
    assert counts.tolist() == [0, 0, 2, 0, 0]


def test_a_confidence_of_nothing_is_in_the_first_bin_and_a_certain_one_in_the_last() -> None:
    probabilities = np.array([[0.0, 0.0], [0.2, 0.1], [0.3, 0.2], [1.0, 0.0]])
    assert metrics.reliability(probabilities, np.zeros(4, np.int64), bins=5).counts.tolist() == [2, 1, 0, 0, 1]


def test_there_are_fifteen_bins_of_reliability_and_twenty_steps_of_confidence_unless_asked_otherwise() -> None:
    probabilities = np.array([[0.9, 0.1], [0.8, 0.2]])
    assert len(metrics.reliability(probabilities, np.zeros(2, np.int64)).counts) == 15
    assert len(metrics.confidence_counts(np.array([0.5]), np.array([True]))[0]) == 20
    # In fifteenths 0.93 and 0.87 share a bin, where their gaps cancel in part; in 14ths and 16ths they do not.
    probabilities = np.array([[0.93, 0.07], [0.87, 0.13]])
    assert metrics.expected_calibration_error(probabilities, np.array([0, 1])) == pytest.approx(0.4)


def test_calibration_noise_matches_a_case_worked_by_hand() -> None:
    # In a bin of two at 0.8 the variance is 2 × 0.16, in one of one at 0.5 it is 0.25.
    probabilities = np.array([[0.8, 0.2], [0.8, 0.2], [0.5, 0.5]])
    expected = (2 / np.pi) ** 0.5 * (0.32**0.5 + 0.25**0.5) / 3
    assert metrics.reliability(probabilities, np.zeros(3, np.int64)).noise == pytest.approx(expected)


def test_risk_against_coverage_matches_a_case_worked_by_hand() -> None:
    # Sorted: 0.9 right; 0.7 wrong and 0.7 right, together; 0.6 wrong; 0.2 right.
    confidence = np.array([0.7, 0.9, 0.2, 0.7, 0.6])
    coverage, risk = metrics.risk_coverage(confidence, np.array([False, True, True, True, False]))
    assert coverage.tolist() == [0.2, 0.6, 0.8, 1.0]
    assert risk.tolist() == [0, 1 / 3, 2 / 4, 2 / 5]


@pytest.mark.parametrize("n", [0, 3])
def test_calibration_refuses_labels_that_do_not_fit(n: int) -> None:
    with pytest.raises(ValueError, match="rows of probabilities"):
        metrics.expected_calibration_error(np.full((2 if n else 0, 2), 0.5), np.zeros(n, np.int64))


def test_calibration_noise_is_what_a_calibrated_model_shows_by_chance() -> None:
    rng = np.random.default_rng(3)
    errors, noises = [], []
    for _ in range(200):
        top = rng.uniform(0.5, 1.0, 400)
        probabilities = np.column_stack([top, 1 - top])
        labels = (rng.uniform(size=400) > top).astype(np.int64)
        measured = metrics.reliability(probabilities, labels)
        errors.append(measured.error)
        noises.append(measured.noise)
    assert np.mean(errors) == pytest.approx(np.mean(noises), rel=0.05)


@pytest.mark.parametrize("temperature", [0.3, 1.0, 4.0])
def test_fit_temperature_finds_the_temperature_that_was_put_in(temperature: float) -> None:
    rng = np.random.default_rng(4)
    logits = rng.normal(size=(20_000, 5)) * 2
    labels = (logits + rng.gumbel(size=logits.shape)).argmax(axis=1)  # drawn from softmax(logits)
    assert metrics.fit_temperature(logits * temperature, labels) == pytest.approx(temperature, rel=0.05)


def test_fit_temperature_stays_within_its_bounds() -> None:
    perfect, hopeless = 10 * np.eye(4), -10 * np.eye(4)
    assert 0.05 <= metrics.fit_temperature(perfect, np.arange(4)) <= 20.0
    assert metrics.fit_temperature(hopeless, np.arange(4)) == pytest.approx(20.0, rel=1e-3)


@pytest.mark.parametrize("n", [10, 1000])
def test_a_flawless_validation_set_claims_no_more_than_its_size_proves(n: int) -> None:
    labels = np.arange(n) % 10
    logits = 5.0 * np.eye(10)[labels]
    temperature = metrics.fit_temperature(logits, labels)
    assert metrics.softmax(logits / temperature).max() == pytest.approx((n + 1) / (n + 2), abs=1e-3)


@pytest.mark.parametrize(("n", "classes", "gap"), [(1, 2, 1.0), (10, 2, 3.0), (10, 3, 3.0), (500, 11, 8.0)])
def test_the_temperature_of_a_flawless_model_is_known_in_closed_form(n: int, classes: int, gap: float) -> None:
    labels = np.arange(n) % classes
    # exp(gap / T) to 1 for each of the other classes comes to (n + 1) / (n + 2): exp(gap / T) is (classes - 1) (n + 1).
    expected = gap / np.log((classes - 1) * (n + 1))
    assert metrics.fit_temperature(gap * np.eye(classes)[labels], labels) == pytest.approx(expected, rel=1e-4)


def test_a_temperature_is_found_to_four_digits_whatever_it_is() -> None:
    labels = np.arange(1000) % 2
    for expected in np.geomspace(0.06, 19, 20):
        gap = expected * np.log(1001)
        assert metrics.fit_temperature(gap * np.eye(2)[labels], labels) == pytest.approx(expected, rel=1e-4)


def test_a_model_of_a_single_class_has_a_temperature_too() -> None:
    assert 0.05 <= metrics.fit_temperature(np.ones((3, 1)), np.zeros(3, np.int64)) <= 20


def test_a_reliability_cannot_be_changed() -> None:
    found = metrics.reliability(np.array([[0.8, 0.2]]), np.array([0]))
    with pytest.raises(FrozenInstanceError):
        found.noise = 0.0  # type: ignore[misc]


def test_confidence_counts_keep_right_and_wrong_apart_and_lose_none():
    confidence = np.array([0.0, 0.1, 0.5, 0.5, 0.99, 1.0])
    right, wrong = metrics.confidence_counts(confidence, np.array([True, False, True, False, True, True]), steps=2)
    assert right.tolist() == [1, 3]
    assert wrong.tolist() == [1, 1]
