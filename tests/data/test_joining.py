from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.data.samples import digits

from tenfold.data import Dataset, join, load_training_parts
from tenfold.data.joining import _check
from tenfold.errors import UsageError


def part(name: str, n: int, seed: int) -> Dataset:
    images, labels = digits(n, seed=seed)
    return Dataset(name, "train", images, labels.astype(np.int64))


def test_joined_images_keep_their_order_and_say_where_they_come_from() -> None:
    first, second = part("first", 30, 1), part("second", 20, 2)
    both = join([first, second])
    assert (both.name, both.split, len(both)) == ("first + second", "train", 50)
    assert np.array_equal(both.images, np.concatenate([first.images, second.images]))
    assert np.array_equal(both.labels, np.concatenate([first.labels, second.labels]))
    assert both.sources is not None
    assert both.sources.tolist() == [0] * 30 + [1] * 20
    assert both.take(np.array([49, 0])).sources.tolist() == [1, 0]
    assert len({both.sha256, first.sha256, second.sha256}) == 3
    assert len(np.unique(both.strata)) == 20
    assert join([first]) is first
    assert np.array_equal(first.strata, first.labels)


def test_originals_of_different_datasets_are_different() -> None:
    first, second, third = part("first", 30, 1), part("second", 20, 2), part("third", 10, 3)
    first = replace(first, originals=np.array([0, 0, 7] + [-1] * 27))
    third = replace(third, originals=np.arange(10))
    joined = join([first, second, third])
    assert joined.originals is not None
    assert joined.originals[:3].tolist() == [0, 0, 7]
    assert (joined.originals[3:50] == -1).all()
    assert joined.originals[50:].tolist() == list(range(8, 18))
    assert join([second, part("other", 20, 4)]).originals is None


def test_other_classes_are_one_line(tmp_path: Path) -> None:
    images, labels = digits(30)
    np.savez(
        tmp_path / "things.npz", x_train=images, y_train=labels, classes=np.array([f"thing {n}" for n in range(10)])
    )
    np.savez(tmp_path / "digits.npz", x_train=images, y_train=labels)
    with pytest.raises(UsageError, match=r"things has other classes \(thing 0, .*than digits \(0, 1, ") as error:
        load_training_parts([str(tmp_path / "digits.npz"), str(tmp_path / "things.npz")])
    assert "\n" not in str(error.value)


def test_a_dataset_is_not_joined_with_one_that_holds_its_images() -> None:
    whole, other = part("whole", 30, 1), part("other", 20, 2)
    some = replace(part("some", 10, 3), part_of=whole.sha256)
    for parts in ([whole, some], [other, some, whole]):
        with pytest.raises(UsageError, match="some's images are all in whole"):
            _check(parts)
    with pytest.raises(UsageError, match="whole's images are there twice: name each dataset once"):
        _check([whole, other, replace(whole, name="some")])
    _check([whole, other])
