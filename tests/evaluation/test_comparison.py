"""Two models on the same images: the counts, the test, and the line that says what the difference is worth."""

from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest
from tests.prototypes import make_dataset

from tenfold.data import Dataset
from tenfold.evaluation import Comparison, compare, predict
from tenfold.metrics import mcnemar
from tenfold.run import Run


def _comparison(only_a: int, only_b: int, n: int = 10_000) -> Comparison:
    right_a = np.arange(n) >= only_b
    right_b = np.arange(n) < n - only_a
    return Comparison("five", "one", n, only_a, only_b, mcnemar(right_a, right_b))


def test_only_images_that_one_alone_gets_right_count(run: Run) -> None:
    a = predict(run, make_dataset(1000, noise=3.0))
    assert 0 < a.right.sum() < 1000
    logits = a.logits.copy()
    flipped = np.concatenate([np.flatnonzero(a.right)[:5], np.flatnonzero(~a.right)[:3]])
    logits[flipped] *= -1  # of what was likely nothing is left: the right answers among them are wrong now
    b = replace(a, logits=logits)
    found = compare(a, b, "a", "b")
    assert found.only_a == int((a.right & ~b.right).sum()) >= 5
    assert found.only_b == int((b.right & ~a.right).sum())
    assert (found.n, found.p) == (1000, mcnemar(a.right, b.right))
    with pytest.raises(FrozenInstanceError):
        found.p = 0.0  # type: ignore[misc]
    mirrored = compare(b, a, "b", "a")
    assert (mirrored.only_a, mirrored.only_b, mirrored.p) == (found.only_b, found.only_a, found.p)


def test_answers_to_other_images_are_not_compared(run: Run, blobs: Dataset) -> None:
    with pytest.raises(ValueError, match="x and y answered on different images"):
        compare(predict(run, blobs), predict(run, make_dataset(1000, seed=1)), "x", "y")


def test_the_same_images_may_have_been_loaded_twice(run: Run) -> None:
    found = compare(predict(run, make_dataset(100)), predict(run, make_dataset(100)), "x", "y")
    assert (found.n, found.only_a, found.only_b) == (100, 0, 0)


@pytest.mark.parametrize(
    ("only_a", "only_b", "sentence"),
    [
        (
            12,
            5,
            "five makes 7 mistakes fewer than one (it alone is right on 12 images, one alone on 5): no more than "
            "chance would give (McNemar, p = 0.14).",
        ),
        (
            3,
            15,
            "five makes 12 mistakes more than one (it alone is right on 3 images, one alone on 15): more than chance "
            "would give (McNemar, p = 0.0075).",
        ),
        (
            40,
            1,
            "five makes 39 mistakes fewer than one (it alone is right on 40 images, one alone on 1): more than chance "
            "would give (McNemar, p < 0.001).",
        ),
        (
            1,
            1,
            "five makes as many mistakes as one (it alone is right on 1 image, one alone on 1): no more than chance "
            "would give (McNemar, p = 1).",
        ),
        (0, 0, "five is right on the very same images as one: nothing sets them apart."),
    ],
)
def test_one_line_says_whether_the_difference_is_noise(only_a: int, only_b: int, sentence: str) -> None:
    assert _comparison(only_a, only_b).sentence == sentence


def test_noise_ends_where_chance_shows_as_much_in_one_case_of_twenty() -> None:
    assert _comparison(5, 0).noise  # p = 2 / 32
    assert not _comparison(6, 0).noise  # p = 2 / 64


def test_json_is_plain() -> None:
    found = _comparison(12, 5).to_json()
    assert list(found) == ["a", "b", "n", "only_a", "only_b", "p", "noise", "sentence"]
    assert found["noise"] is True
