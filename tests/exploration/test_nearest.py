"""Neighbours are the true ones, however they are found."""

import numpy as np
import pytest

from tenfold.exploration import nearest as module
from tenfold.exploration.nearest import nearest, nearest_within

RNG = np.random.default_rng(0)


def _alike(n: int, noise: int) -> np.ndarray:
    """n images in near pairs: each second one is the one before it, each pixel changed by up to noise."""
    images = RNG.integers(0, 200, (n, 28, 28))
    images[1::2] = images[::2] + RNG.integers(0, noise + 1, (n // 2, 28, 28))
    return images.astype(np.uint8)


def _cosines(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    a, b = (x.reshape(len(x), -1).astype(float) for x in (a, b))
    return (a @ b.T) / np.linalg.norm(a, axis=1)[:, None] / np.linalg.norm(b, axis=1)


def test_the_nearest_are_those_that_comparing_all_finds() -> None:
    queries, pool = RNG.normal(size=(300, 5)).astype(np.float32), RNG.normal(size=(700, 5)).astype(np.float32)
    distances = np.linalg.norm(queries[:, None] - pool, axis=2)
    rows, found = nearest(queries, pool, 4)
    assert np.array_equal(rows, distances.argsort(axis=1)[:, :4])
    assert found == pytest.approx(np.sort(distances, axis=1)[:, :4], abs=1e-5)


def test_more_neighbours_than_there_are_gives_all() -> None:
    assert nearest(np.zeros((2, 3), np.float32), np.ones((2, 3), np.float32), 5)[0].shape == (2, 2)


@pytest.mark.parametrize("noise", [3, 30, 60, 120])
@pytest.mark.parametrize("many", [100_000, 0])
def test_all_near_images_are_found_and_no_others(noise: int, many: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MANY", many)
    monkeypatch.setattr(module, "_BLOCK", 64)
    images = _alike(400, noise)
    cosines = _cosines(images, images)
    np.fill_diagonal(cosines, -1)
    wanted = {(row, int(cosines[row].argmax())) for row in np.flatnonzero(cosines.max(axis=1) >= 0.985)}
    found = nearest_within(images, None, 0.985)
    assert {(row, other) for row, other, _ in found} == wanted
    assert all(value == pytest.approx(cosines[row, other], abs=1e-5) for row, other, value in found)


def test_near_images_of_two_sets_are_found() -> None:
    images = _alike(200, 20)
    here, there = images[::2], images[1::2][::-1]
    found = {(row, other) for row, other, _ in nearest_within(here, there, 0.99)}
    assert found == {(row, len(there) - 1 - row) for row in range(len(here))}


def test_nothing_is_near_nothing() -> None:
    assert nearest_within(np.zeros((0, 28, 28), np.uint8), None, 0.99) == []


def test_near_images_of_two_sets_that_are_much_alike_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MANY", 0)
    images = _alike(200, 20)
    here, there = images[::2], images[1::2][::-1]
    found = {(row, other) for row, other, _ in nearest_within(here, there, 0.99)}
    assert found == {(row, len(there) - 1 - row) for row in range(len(here))}
    # A row may be near the row of the same number: it is another image.
    assert {(row, other) for row, other, _ in nearest_within(here, here, 0.99)} == {(row, row) for row in range(100)}
