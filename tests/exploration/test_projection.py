"""The map shows what varies most, and each place of it an image that lies there."""

import numpy as np
import pytest

from tenfold.exploration.projection import project
from tenfold.reports.picture_map import picture_map


def test_the_directions_are_the_principal_components() -> None:
    random = np.random.default_rng(0)
    images = random.integers(0, 256, (400, 28, 28)).astype(np.uint8)
    images[:, :14] //= 8
    images[:200, 14:] //= 4  # two groups
    found = project(images)
    flat = images.reshape(400, -1) / 255
    left, values, _ = np.linalg.svd(flat - flat.mean(axis=0), full_matrices=False)
    for axis in range(2):
        assert abs(np.corrcoef(left[:, axis], found.places[:, axis])[0, 1]) == pytest.approx(1, abs=1e-3)
        assert found.explained[axis] == pytest.approx(values[axis] ** 2 / (values**2).sum(), rel=1e-3)
    assert np.array_equal(project(images).places, found.places)


def test_images_without_variance_have_a_map() -> None:
    found = project(np.full((3, 28, 28), 7, np.uint8))
    assert np.isfinite(found.places).all()
    assert picture_map(np.full((3, 28, 28), 7, np.uint8), found.places).any()


def test_the_right_and_upper_images_are_right_and_above() -> None:
    images = np.arange(1, 5, dtype=np.uint8)[:, None, None] * np.ones((1, 28, 28), np.uint8)
    places = np.array([[0, 0], [1, 0], [0, 1], [1, 1]], np.float32)
    sheet = picture_map(images, places)
    assert sheet.shape == (616, 616)
    corners = [sheet[-1, 0], sheet[-1, -1], sheet[0, 0], sheet[0, -1]]
    assert corners == [1, 2, 3, 4]
