import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenfold.data import stratified_split
from tenfold.data.splits import rows_of
from tenfold.errors import UsageError

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


def test_train_and_test_of_data_without_a_test_split_share_no_row() -> None:
    labels = np.arange(100) % 10
    train, test = rows_of("train", labels), rows_of("test", labels)
    assert sorted([*train, *test]) == list(range(100))
    assert len(test) == 20
