"""Confident learning as published (Northcutt, Jiang and Chuang 2021), on a case worked by hand."""

import numpy as np
import pytest

from tenfold.exploration.confident_learning import (
    class_thresholds,
    confident_classes,
    confident_joint,
    doubtful_labels,
    estimated_joint,
    label_margins,
)

# Thresholds: class 0 (0.9 + 0.8 + 0.1) / 3 = 0.6; class 1 (0.9 + 0.5 + 0.2 + 0.6) / 4 = 0.55.
PROBABILITIES = np.array([[0.9, 0.1], [0.8, 0.2], [0.1, 0.9], [0.1, 0.9], [0.5, 0.5], [0.8, 0.2], [0.4, 0.6]])
LABELS = np.array([0, 0, 0, 1, 1, 1, 1])


def test_a_threshold_is_the_mean_probability_of_a_class_over_its_own_images() -> None:
    assert class_thresholds(PROBABILITIES, LABELS) == pytest.approx([0.6, 0.55])


def test_the_confident_joint_counts_what_reaches_a_threshold() -> None:
    assert confident_classes(PROBABILITIES, LABELS).tolist() == [0, 0, 1, 1, -1, 0, 1]
    assert confident_joint(PROBABILITIES, LABELS).tolist() == [[2, 1], [1, 2]]


def test_of_several_thresholds_reached_the_likeliest_class_counts() -> None:
    # Each class's mean is below a half: the last image reaches both, and counts as the likelier.
    probabilities = np.array([[0.3, 0.7], [0.5, 0.5], [0.7, 0.3], [0.6, 0.4], [0.45, 0.55]])
    labels = np.array([0, 0, 1, 1, 1])
    assert class_thresholds(probabilities, labels) == pytest.approx([0.4, 1.25 / 3])
    assert confident_classes(probabilities, labels)[-1] == 1
    assert confident_classes(probabilities, labels)[3] == 0


def test_the_joint_has_the_labels_shares_and_sums_to_one() -> None:
    joint = estimated_joint(PROBABILITIES, LABELS)
    assert joint == pytest.approx(np.array([[2 / 3 * 3, 1 / 3 * 3], [1 / 3 * 4, 2 / 3 * 4]]) / 7)


def test_doubtful_labels_are_off_the_diagonal_the_most_doubtful_first() -> None:
    assert label_margins(PROBABILITIES, LABELS)[[2, 5]] == pytest.approx([-0.8, -0.6])
    assert doubtful_labels(PROBABILITIES, LABELS).tolist() == [2, 5]


def test_an_unsure_answer_is_no_doubt() -> None:
    """Image 4 and the like are answered wrongly, but with too little confidence to count."""
    probabilities = np.array([[0.95, 0.05], [0.95, 0.05], [0.6, 0.4], [0.1, 0.9], [0.1, 0.9]])
    assert doubtful_labels(probabilities, np.array([0, 0, 1, 1, 1])).tolist() == []


def test_a_class_without_images_is_never_suggested() -> None:
    probabilities = np.array([[0.2, 0.1, 0.7], [0.3, 0.6, 0.1]])
    labels = np.array([0, 1])
    assert 2 not in confident_classes(probabilities, labels)
    assert estimated_joint(probabilities, labels).sum() == pytest.approx(1)
