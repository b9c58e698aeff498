import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenfold.data import stratified_sample, stratified_split
from tenfold.data.splits import note_of, rows_of, split_by_original
from tenfold.errors import UsageError

TEST_ROWS = [7, 12, 14, 17, 18, 28]
"""Of thirty rows of three classes in turn."""

SEEDED = {
    "split": [0, 3, 11, 13, 14, 17, 18, 19, 22, 24, 29, 36],
    "sample": [11, 17, 18, 22, 24, 29, 36],
    "originals": [2, 4, 15, 16, 17, 18, 19, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39],
}
"""What seed 3 chooses."""

LABELS = st.lists(st.integers(0, 4), max_size=60).map(np.array)


@given(LABELS, st.floats(0, 0.99), st.integers(0, 5))
def test_every_row_is_on_exactly_one_side_and_both_are_sorted(labels, share, seed) -> None:
    kept, held_out = stratified_split(labels, share, seed)
    assert sorted([*kept, *held_out]) == list(range(len(labels)))
    assert list(kept) == sorted(kept)
    assert list(held_out) == sorted(held_out)


@given(LABELS, st.floats(0.01, 0.99))
def test_every_class_gives_its_share_to_the_nearest_image_and_is_on_both_sides(labels, share) -> None:
    kept, held_out = stratified_split(labels, share, 0)
    for label in np.unique(labels):
        n, out = np.sum(labels == label), np.sum(labels[held_out] == label)
        assert np.sum(labels[kept] == label) >= 1
        assert n < 2 or out >= 1
        assert abs(out - n * share) <= 0.5 or out in (1, n - 1)


def test_a_seed_fixes_the_split_and_another_gives_another() -> None:
    labels = np.arange(1000) % 10
    first, again, other = (stratified_split(labels, 0.1, seed)[1] for seed in (3, 3, 4))
    np.testing.assert_array_equal(first, again)
    assert list(first) != list(other)


def test_a_share_of_nothing_holds_nothing_out() -> None:
    kept, held_out = stratified_split(np.array([0, 0, 1, 1]), 0, 0)
    assert list(kept) == [0, 1, 2, 3]
    assert len(held_out) == 0


@pytest.mark.parametrize("share", [-0.1, 1.0, float("nan")])
def test_a_share_out_of_range_is_one_line(share: float) -> None:
    with pytest.raises(UsageError, match="at least 0 and below 1"):
        stratified_split(np.array([0, 1]), share, 0)
    with pytest.raises(UsageError, match="at least 0 and below 1"):
        split_by_original(np.array([0, 1]), share, 0)


@given(st.lists(st.integers(-1, 20), max_size=80).map(np.array), st.floats(0, 0.99), st.integers(0, 5))
def test_all_images_of_one_original_are_on_one_side(originals, share, seed) -> None:
    kept, held_out = split_by_original(originals, share, seed)
    assert sorted([*kept, *held_out]) == list(range(len(originals)))
    assert list(kept) == sorted(kept)
    assert list(held_out) == sorted(held_out)
    assert set(originals[kept]) & set(originals[held_out]) <= {-1}


def test_originals_and_images_of_their_own_give_their_share_and_a_seed_fixes_which() -> None:
    originals = np.concatenate([np.repeat(np.arange(100), 7), np.full(5000, -1)])
    first, again, other = (split_by_original(originals, 0.2, seed)[1] for seed in (3, 3, 4))
    assert list(first) == list(again) != list(other)
    assert len(np.unique(originals[first])) == 20 + 1
    assert abs(np.mean(originals[first] < 0) * len(first) / 5000 - 0.2) < 0.02


def test_train_and_test_of_data_without_a_test_split_share_no_row() -> None:
    labels = np.arange(100) % 10
    train, test = rows_of("train", labels), rows_of("test", labels)
    assert sorted([*train, *test]) == list(range(100))
    assert len(test) == 20


@given(LABELS, st.integers(0, 80), st.integers(0, 5))
def test_a_sample_is_exactly_so_many_rows_and_every_class_gives_its_share(labels, n, seed) -> None:
    rows = stratified_sample(labels, n, seed)
    assert len(set(rows)) == len(rows) == min(n, len(labels))
    assert list(rows) == sorted(rows)
    for label in np.unique(labels):
        share = np.sum(labels == label) * len(rows) / len(labels)
        assert abs(np.sum(labels[rows] == label) - share) < 1


def test_a_seed_fixes_a_sample_and_another_gives_another() -> None:
    labels = np.arange(1000) % 10
    first, again, other = (stratified_sample(labels, 100, seed) for seed in (3, 3, 4))
    assert list(first) == list(again) != list(other)


def test_the_images_left_over_go_to_the_classes_with_the_largest_remainders() -> None:
    labels = np.repeat([0, 1, 2], [54, 27, 19])  # a tenth of each: 5.4, 2.7 and 1.9
    assert np.bincount(labels[stratified_sample(labels, 10, 0)]).tolist() == [5, 3, 2]


def test_a_sample_of_less_than_nothing_is_one_line() -> None:
    with pytest.raises(UsageError, match="at least 0"):
        stratified_sample(np.array([0, 1]), -1, 0)


def test_the_rows_of_a_test_split_are_chosen_once_and_for_all() -> None:
    """Scores on data that come without a test split are compared over years: these are their rows."""
    labels = np.arange(30) % 3
    assert rows_of("test", labels).tolist() == TEST_ROWS
    assert rows_of("train", labels).tolist() == [row for row in range(30) if row not in TEST_ROWS]


def test_a_seed_means_the_same_rows_at_every_version() -> None:
    labels, originals = np.arange(40) % 4, np.repeat([-1, 0, 1, 2, 3, 4, 5, 6], 5)
    assert stratified_split(labels, 0.25, 3)[1].tolist() == SEEDED["split"]
    assert stratified_sample(labels, 7, 3).tolist() == SEEDED["sample"]
    assert split_by_original(originals, 0.4, 3)[1].tolist() == SEEDED["originals"]


@pytest.mark.parametrize(
    ("n", "share", "held_out"), [(10, 0.25, 3), (10, 0.24, 2), (10, 0.01, 1), (10, 0.99, 9), (2, 0.5, 1), (1, 0.5, 0)]
)
def test_a_share_is_to_the_nearest_image_and_leaves_one_on_either_side(n: int, share: float, held_out: int) -> None:
    assert len(stratified_split(np.zeros(n, int), share, 0)[1]) == held_out


def test_what_is_said_of_a_split_that_was_chosen_counts_it() -> None:
    assert note_of("a.csv", "train", 40_000, 50_000) == (
        "a.csv comes without a test split: 40,000 of its 50,000 images, chosen once and for all, are taken as train, "
        "the others as test"
    )
    assert note_of("a.csv", "test", 1, 5).endswith("are taken as test, the others as train")
