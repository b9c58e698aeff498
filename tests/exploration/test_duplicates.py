"""Copies are found, whatever was done to them that changes little; other people's digits are no copies."""

import io

import numpy as np
import pytest
from PIL import Image

from tenfold.data import Dataset, stratified_sample
from tenfold.exploration import find_duplicates


def _jpeg(image: np.ndarray) -> np.ndarray:
    content = io.BytesIO()
    Image.fromarray(image).save(content, format="JPEG", quality=75)
    return np.array(Image.open(content))


NOISE = np.random.default_rng(0).normal(0, 6, (28, 28))

CHANGES = {
    "saved as JPEG": _jpeg,
    "at half the contrast": lambda image: image // 2,
    "with a little noise": lambda image: np.clip(image + NOISE, 0, 255).astype(np.uint8),
}


@pytest.fixture(scope="module")
def digits(digits_test: Dataset) -> Dataset:
    """300 digits other than 1, whose straight strokes people write alike."""
    some = digits_test.take(np.flatnonzero(digits_test.labels != 1))
    return some.take(stratified_sample(some.labels, 300, seed=0))


@pytest.mark.mnist
@pytest.mark.parametrize("change", CHANGES)
def test_a_copy_that_was_changed_a_little_is_a_near_one(change: str, digits: Dataset) -> None:
    copies = np.stack([CHANGES[change](image) for image in digits.images])
    order = np.random.default_rng(0).permutation(len(copies))
    test = Dataset("digits", "test", copies[order], digits.labels[order])
    found = find_duplicates(digits, test)
    assert found.shared == ()
    assert {(row, int(order[there])) for row, there, _ in found.near_shared} == {(row, row) for row in range(300)}
    assert found.near == ()
    both = Dataset("digits", "train", np.concatenate([digits.images, copies]), np.tile(digits.labels, 2))
    assert {(a, b) for a, b, _ in find_duplicates(both).near} == {(row, row + 300) for row in range(300)}


@pytest.mark.mnist
def test_a_copy_that_was_moved_is_none(digits: Dataset) -> None:
    moved = Dataset("digits", "test", np.roll(digits.images, 1, axis=1), digits.labels)
    assert find_duplicates(digits, moved).near_shared == ()


def test_exact_copies_and_blank_images_are_no_near_copies() -> None:
    images = np.random.default_rng(0).integers(0, 256, (6, 28, 28)).astype(np.uint8)
    images[3] = images[0]
    images[4:] = 0
    data = Dataset("few", "train", images, np.zeros(6, np.int64))
    found = find_duplicates(data, Dataset("few", "test", images, np.zeros(6, np.int64)))
    assert found.groups == ((0, 3), (4, 5))
    assert found.near == found.near_shared == ()
    assert found.to_json()["surplus"] == 2
