import numpy as np
import pytest

from tenfold.reading.frame import frame, ink_box


def _centre(view):
    mass = view.sum(dtype=float)
    return (view.sum(1) @ np.arange(28)) / mass, (view.sum(0) @ np.arange(28)) / mass


@pytest.fixture
def seven():
    """A 7 drawn with straight strokes, 60 × 40 pixels, somewhere in a larger field."""
    ink = np.zeros((100, 120), np.uint8)
    ink[20:28, 30:70] = 255
    for row in range(28, 80):
        left = 62 - (row - 28) // 2
        ink[row, left : left + 8] = 255
    return ink


@pytest.mark.parametrize("zoom", [1, 2, 5])
def test_the_longer_side_becomes_20_pixels_and_the_mass_is_centred(seven, zoom):
    view = frame(seven.repeat(zoom, 0).repeat(zoom, 1))
    _, _, width, height = ink_box(view, threshold=8)
    assert max(width, height) == 20
    assert width == pytest.approx(20 * 40 / 60, abs=1)
    assert np.abs(np.array(_centre(view)) - 14).max() <= 0.5


def test_where_the_digit_stands_does_not_matter(seven):
    moved = np.roll(seven, (15, -25), (0, 1))
    assert np.array_equal(frame(seven), frame(moved))


def test_no_ink_gives_an_empty_view():
    assert not frame(np.zeros((10, 10), np.uint8)).any()


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (3, 500)])
def test_a_line_or_a_dot_still_fits_the_field(shape):
    view = frame(np.full(shape, 255, np.uint8))
    assert view.shape == (28, 28)
    assert view.any()


@pytest.mark.mnist
def test_mnist_digits_keep_their_place_and_nearly_their_pixels(mnist_train):
    images = mnist_train.images[:300]
    difference = np.array([np.abs(frame(image).astype(int) - image).mean() for image in images])
    assert np.median(difference) < 1
