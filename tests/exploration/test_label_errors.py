"""Wrong labels are found by judges that have not learned from them."""

import numpy as np
import pytest
from tests.prototypes import make_dataset

from tenfold.data import DIGITS, Dataset, stratified_sample
from tenfold.exploration.cross_validation import FOLDS, fold_of, out_of_fold_probabilities
from tenfold.exploration.descriptors import SIZE, describe
from tenfold.exploration.duplicates import image_groups
from tenfold.exploration.label_errors import find_label_errors


def _noisy(n: int) -> np.ndarray:
    return np.random.default_rng(3).integers(0, 256, (n, 28, 28)).astype(np.uint8)


def test_labels_that_mean_nothing_cannot_be_foretold() -> None:
    """A judge that had learned from the very images would do better than chance."""
    labels = np.random.default_rng(0).integers(0, 2, 2000)
    probabilities = out_of_fold_probabilities(describe(_noisy(2000)), labels, 2)
    assert (probabilities.argmax(axis=1) == labels).mean() == pytest.approx(0.5, abs=0.05)
    assert probabilities.sum(axis=1) == pytest.approx(np.ones(2000))


def test_a_copy_of_an_image_does_not_give_its_label_away() -> None:
    images = np.repeat(_noisy(400), 5, axis=0)
    labels = np.repeat(np.random.default_rng(0).integers(0, 2, 400), 5)
    data = Dataset("copies", "train", images, labels, ("a", "b"))
    found = find_label_errors(data)
    assert found is not None
    assert found.accuracy == pytest.approx(0.5, abs=0.08)
    ungrouped = out_of_fold_probabilities(describe(images), labels, 2)
    assert (ungrouped.argmax(axis=1) == labels).mean() > 0.95  # what grouping prevents


def test_copies_and_images_of_one_original_share_a_group() -> None:
    images = _noisy(6)
    images[4] = images[1]
    data = Dataset("few", "train", images, np.zeros(6, np.int64), DIGITS, np.array([7, -1, 7, -1, 9, -1]))
    groups = image_groups(data)
    assert groups[0] == groups[2]
    assert groups[1] == groups[4]
    assert len(set(groups.tolist())) == 4


def test_every_class_is_dealt_out_evenly_and_groups_stay_together() -> None:
    labels, random = np.repeat([0, 1, 2], [50, 20, 10]), np.random.default_rng(0)
    folds = fold_of(labels, None, random)
    for label in range(3):
        counts = np.bincount(folds[labels == label], minlength=FOLDS)
        assert counts.max() == counts.min()
    groups = np.arange(80) // 4
    assert all(len(set(fold_of(labels, groups, random)[groups == group])) == 1 for group in range(20))


def test_wrong_labels_are_found() -> None:
    data = make_dataset(2000, classes=tuple("abcdefgh"), noise=0.15)
    labels = data.labels.copy()
    wrong = np.arange(0, 2000, 100)
    labels[wrong] = (labels[wrong] + 1) % 5
    found = find_label_errors(Dataset("blobs", "train", data.images, labels, data.classes))
    assert found is not None
    truly = set(np.flatnonzero(labels != data.labels).tolist())
    rows = found.rows.tolist()
    assert len(truly & set(rows)) >= 0.8 * len(truly)
    assert len(truly & set(rows[: len(truly)])) >= 0.8 * len(truly)  # the worst come first
    some = next(row for row in rows if row in truly)
    assert found.suggested[some] == data.labels[some]


def test_a_class_of_few_images_is_not_judged() -> None:
    data = make_dataset(2 * FOLDS * 10 - 1)
    assert find_label_errors(data) is None
    assert find_label_errors(make_dataset(2 * FOLDS * 10)) is not None
    one = Dataset("one", "train", _noisy(60), np.zeros(60, np.int64), ("a", "b"))
    assert find_label_errors(one) is None


def test_a_judge_learns_from_another_split_but_not_from_the_judged_images_in_it() -> None:
    images = _noisy(300)
    labels = np.random.default_rng(0).integers(0, 2, 300)
    data = Dataset("noise", "test", images, labels, ("a", "b"))
    same = Dataset("noise", "train", images, labels, ("a", "b"))
    found = find_label_errors(data, same)
    assert found is not None
    assert found.accuracy == pytest.approx(0.5, abs=0.12)
    few, many = make_dataset(100, noise=1.0), make_dataset(3000, seed=1, noise=1.0)
    swapped = Dataset("blobs", "train", many.images, 9 - many.labels, DIGITS[::-1])  # same names, other numbers
    alone, helped = find_label_errors(few), find_label_errors(few, swapped)
    assert alone is not None
    assert helped is not None
    assert helped.accuracy > alone.accuracy


def test_descriptors_have_length_one_and_blank_images_none() -> None:
    images = np.concatenate([_noisy(3), np.zeros((1, 28, 28), np.uint8)])
    found = describe(images)
    assert found.shape == (4, SIZE)
    assert np.linalg.norm(found, axis=1) == pytest.approx([1, 1, 1, 0], abs=1e-5)
    assert np.allclose(found[1], describe(images[1:2])[0], atol=1e-5)  # whatever its neighbours are
    assert describe(images[:0]).shape == (0, SIZE)


@pytest.mark.mnist
def test_mnists_labels_changed_at_random_are_found(digits_train: Dataset) -> None:
    """1 % of 6,000 labels, or of as many as there are, are changed: most are found, and most found were changed."""
    count = min(6000, len(digits_train))
    data = digits_train.take(stratified_sample(digits_train.labels, count, seed=0))
    random, labels = np.random.default_rng(0), data.labels.copy()
    wrong = random.permutation(count)[: count // 100]
    labels[wrong] = (labels[wrong] + random.integers(1, 10, len(wrong))) % 10
    found = find_label_errors(Dataset("mnist", "train", data.images, labels, data.classes))
    assert found is not None
    hits = len(set(found.rows.tolist()) & set(wrong.tolist()))
    assert hits >= 0.75 * len(wrong)
    assert hits >= 0.6 * len(found.rows)
