"""One p-value from several seeds: most of them must show a difference, and one lucky seed proves nothing."""

import numpy as np
import pytest

from tenfold.comparison import paired_test, spread
from tenfold.comparison.paired import _majority
from tenfold.data import Dataset
from tenfold.evaluation import Predictions
from tenfold.metrics import mcnemar
from tenfold.reading import ModelCard

CARD = ModelCard(tuple("01"), "mnist-1", 1.0, 0.5, "stub", "00", "1")
DATA = Dataset("stub", "test", np.zeros((100, 28, 28), np.uint8), np.zeros(100, np.int64), ("0", "1"))


def _answers(wrong: range) -> Predictions:
    """Answers to a hundred images of class 0, those in `wrong` wrong."""
    logits = np.tile(np.array([[1.0, 0.0]], np.float32), (100, 1))
    logits[list(wrong)] = [0.0, 1.0]
    return Predictions(CARD, DATA, DATA.labels, logits)


def test_one_run_each_is_mcnemars_own_test():
    a, b = _answers(range(0, 3)), _answers(range(2, 20))
    found = paired_test("a", "b", [a], [b], [0], [0])
    assert (found.only_a, found.only_b, found.pairs) == (17, 2, 1)
    assert found.p == mcnemar(a.right, b.right) < 0.05
    assert found.difference == pytest.approx(0.15)
    assert not found.noise


def test_one_lucky_seed_of_three_is_noise_and_two_are_not():
    good, bad = _answers(range(0)), _answers(range(20))
    same, better = [bad, bad, bad], [good, bad, bad]
    assert paired_test("a", "b", better, same, range(3), range(3)).noise
    assert not paired_test("a", "b", [good, good, bad], same, range(3), range(3)).noise


def test_seeds_that_point_both_ways_are_noise_however_sure_each_of_them_is():
    good, bad = _answers(range(0)), _answers(range(20))
    found = paired_test("a", "b", [good, bad, good, bad], [bad, good, bad, good], range(4), range(4))
    assert found.difference == pytest.approx(0)
    assert found.p == 1


def test_pairs_are_of_the_same_seed_and_all_of_them_where_none_is_shared():
    runs = [_answers(range(n)) for n in range(3)]
    assert paired_test("a", "b", runs, runs, (0, 1, 2), (0, 1, 2)).pairs == 3
    assert paired_test("a", "b", runs, runs[:2], (0, 1, 2), (1, 0)).pairs == 2
    assert paired_test("a", "b", runs, runs[:2], (0, 1, 2), (7, 8)).pairs == 6


def test_the_p_values_of_a_majority_by_hand():
    assert _majority([0.01]) == 0.01
    assert _majority([0.01, 0.03]) == 0.03  # both must show it
    assert _majority([0.5, 0.01, 0.02]) == pytest.approx(3 / 2 * 0.02)
    assert _majority([0.9, 0.9, 0.9]) == 1


def test_other_images_are_refused():
    other = Dataset("other", "test", DATA.images + np.uint8(1), DATA.labels, DATA.classes)
    a = _answers(range(3))
    with pytest.raises(ValueError, match="different images"):
        paired_test("a", "b", [a], [Predictions(CARD, other, DATA.labels, a.logits)], [0], [0])


def test_the_spread_of_one_value_is_none_at_all():
    assert spread([0.5]) == {"mean": 0.5, "spread": 0.0, "min": 0.5, "max": 0.5}
    assert spread([1.0, 3.0])["spread"] == pytest.approx(2**0.5)
