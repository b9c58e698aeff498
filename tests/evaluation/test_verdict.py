"""The grade follows its documented rules, on any number of images."""

from collections.abc import Sequence

import numpy as np
import pytest

from tenfold.evaluation.training_gap import TrainingGap
from tenfold.evaluation.verdict import Verdict, judge
from tenfold.metrics import Reliability


def calibrated(error: float = 0.0, noise: float = 0.0, n: int = 1000) -> Reliability:
    """Answers with a confidence of 0.9 that are right less often, by error."""
    return Reliability(np.array([0.9]), np.array([0.9 - error]), np.array([n]), noise)


def verdict(
    wrong: Sequence[int], n: int, calibration: Reliability | None = None, gap: TrainingGap | None = None
) -> Verdict:
    """The verdict on classes of n images each, so many of them wrong, read as the next class."""
    classes = len(wrong)
    confusion = np.diag([n - k for k in wrong]) + np.roll(np.diag(wrong), 1, axis=1)
    return judge(confusion, [str(c) for c in range(classes)], calibration or calibrated(), gap)


@pytest.mark.parametrize(
    ("wrong", "grade"),
    [(10, "A"), (11, "B"), (25, "B"), (26, "C"), (50, "C"), (51, "D"), (100, "D"), (200, "E"), (201, "F")],
)
def test_the_grade_is_that_of_the_accuracy(wrong: int, grade: str) -> None:
    assert verdict([wrong] * 10, 1000).grade == grade


def test_a_verdict_says_how_often_it_is_wrong_in_plain_words() -> None:
    assert verdict([5] * 10, 1000).sentence == "Excellent: 1 answer in 200 is wrong."


def test_a_close_grade_is_said_to_be_close() -> None:
    assert "reaches into grade B: it is close" in verdict([10] * 10, 1000).reasons[0]
    assert "reaches into grade A: it is close" in verdict([11] * 10, 1000).reasons[0]
    assert "close" not in verdict([5] * 10, 1000).reasons[0]


@pytest.mark.parametrize(("wrong", "n"), [(0, 10), (0, 1), (3, 60)])
def test_too_few_images_give_no_grade(wrong: int, n: int) -> None:
    judged = verdict([wrong, 0], n // 2 or 1)
    assert judged.grade is None
    assert judged.sentence.startswith("Too little to judge")


def test_a_hundred_images_are_enough_to_fail_a_bad_model() -> None:
    assert verdict([35, 35], 50).grade == "F"


def test_a_class_proven_bad_costs_a_grade() -> None:
    judged = verdict([50] + [2] * 9, 1000)
    assert judged.grade == "B"
    assert "0 is read much worse" in judged.sentence
    assert judged.reasons[1].endswith("One grade down.")


def test_a_class_of_few_images_is_not_blamed_for_its_noise() -> None:
    # Two of its 40 images are wrong, 95 %; but the interval reaches 98.6 %.
    confusion = np.diag([38, 3000, 3000])
    confusion[0, 1] = 2
    assert judge(confusion, ["a", "b", "c"], calibrated(), None).grade == "A"


def test_misleading_confidence_costs_a_grade_beyond_what_chance_explains() -> None:
    assert verdict([5] * 10, 1000, calibrated(0.03)).grade == "B"
    assert "surer than it should be" in verdict([5] * 10, 1000, calibrated(0.03)).sentence
    assert "less sure than it could be" in verdict([5] * 10, 1000, calibrated(-0.03)).sentence
    assert verdict([5] * 10, 1000, calibrated(0.03, noise=0.02)).grade == "A"


def test_overfitting_costs_a_grade_beyond_what_chance_explains() -> None:
    many, few = TrainingGap(5, 1.0, 0.95, 5000), TrainingGap(5, 1.0, 0.95, 100)
    assert verdict([5] * 10, 1000, gap=many).grade == "B"
    assert "overfits" in verdict([5] * 10, 1000, gap=many).sentence
    assert verdict([5] * 10, 1000, gap=few).grade == "A"


def test_bad_news_is_not_set_against_bad_news() -> None:
    gap = TrainingGap(5, 1.0, 0.5, 5000)
    assert ", but it overfits" in verdict([5] * 10, 1000, gap=gap).sentence
    assert ", and it overfits" in verdict([900] * 10, 1000, gap=gap).sentence


def test_one_class_gives_no_grade() -> None:
    assert verdict([0], 1000).sentence == "No grade: there is one class only, and every answer is that."


def test_no_model_falls_below_the_last_grade() -> None:
    gap = TrainingGap(5, 1.0, 0.5, 5000)
    assert verdict([900, 100, 100], 1000, calibrated(0.3), gap).grade == "F"


def test_a_class_without_images_is_not_the_weakest() -> None:
    confusion = np.diag([1000, 1000, 0])
    confusion[0, 1] = 5
    assert judge(confusion, ["a", "b", "c"], calibrated(), None).reasons[1].startswith("Weakest class: a,")
