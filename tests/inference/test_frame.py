"""One digit's ink as the view a model was trained on: its size, its place, its strokes, whatever its resolution."""

import cv2
import numpy as np
import pytest
from tests.reading.drawings import digits, scaled

from tenfold.inference.frame import frame, ink_box, stroke_width

FAINT = 40
"""Below this a pixel of a view is the soft edge of a stroke."""


def _centre(view):
    mass = view.sum(dtype=float)
    return np.array([(view.sum(1) @ np.arange(28)) / mass, (view.sum(0) @ np.arange(28)) / mass])


def _apart(one, other):
    """The mean difference of two views in grey levels; two different digits lie 20 to 70 apart."""
    return float(np.abs(one.astype(int) - other).mean())


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
    _, _, width, height = ink_box(view, threshold=FAINT)
    assert max(width, height) == pytest.approx(20, abs=1)
    assert width == pytest.approx(20 * 40 / 60, abs=1)
    assert np.abs(_centre(view) - 14).max() <= 0.1


@pytest.mark.parametrize("digit", range(10))
@pytest.mark.parametrize("turned", [0, 1])
def test_digits_of_every_form_fill_the_box_and_are_centred(digit, turned):
    ink = np.rot90(digits()[digit], turned)
    view = frame(ink)
    _, _, width, height = ink_box(view, threshold=FAINT)
    _, _, ink_width, ink_height = ink_box(ink, threshold=FAINT)
    assert max(width, height) == pytest.approx(20, abs=1)
    assert min(width, height) == pytest.approx(20 * min(ink_width, ink_height) / max(ink_width, ink_height), abs=1.5)
    assert np.abs(_centre(view) - 14).max() <= 0.1


@pytest.mark.parametrize(("edge", "axis"), [("top", 0), ("left", 1)])
def test_a_lopsided_digit_stays_within_the_field(edge, axis):
    ink = np.zeros((200, 200), np.uint8)
    ink[:190, 95:105] = 255
    ink[:30, 20:180] = 255
    view = frame(ink if axis == 0 else np.ascontiguousarray(ink.T))
    _, _, width, height = ink_box(view, threshold=FAINT)
    assert max(width, height) == pytest.approx(20, abs=1)


def test_where_the_digit_stands_does_not_matter(seven):
    moved = np.roll(seven, (15, -25), (0, 1))
    assert np.array_equal(frame(seven), frame(moved))
    assert np.array_equal(frame(seven), frame(np.pad(seven, 33)))


@pytest.mark.parametrize("digit", range(10))
@pytest.mark.parametrize("by", [0.5, 0.7, 2, 3.3, 8])
def test_resolution_does_not_matter(digit, by):
    ink = digits()[digit]
    assert _apart(frame(scaled(ink, by)), frame(ink)) < (10 if by < 1 else 6)


@pytest.mark.parametrize(("side", "thick"), [(40, 1), (40, 2), (200, 1), (200, 2), (1000, 2), (1000, 1)])
def test_thin_strokes_are_visible_and_whole(side, thick):
    ink = np.zeros((side, side), np.uint8)
    corners = np.array([[0.1, 0.1], [0.8, 0.1], [0.3, 0.9]]) * side
    cv2.polylines(ink, [corners.astype(np.int32)], False, 255, thick)
    view = frame(ink)
    assert view.max() > 150
    _, _, _, height = ink_box(view, threshold=FAINT)
    assert (view.max(axis=1) > 100).sum() >= height - 3
    assert stroke_width(view / np.float32(255)) > 1.6
    parts, _ = cv2.connectedComponents((view > FAINT).astype(np.uint8))
    assert parts == 2


def test_a_pen_of_mnists_width_is_not_broadened():
    ink = np.zeros((220, 150), np.uint8)
    ink[10:210, 60:90] = 255  # 3 of 20 pixels wide
    view = frame(ink)
    assert (view > 128).sum(axis=1).max() == 3
    assert view.max() == 255


def test_faint_ink_is_brought_to_full_strength(seven):
    view = frame((seven * 0.3).astype(np.uint8))
    assert _apart(view, frame(seven)) < 6
    assert view.max() > 200


def test_no_ink_gives_an_empty_view():
    assert not frame(np.zeros((10, 10), np.uint8)).any()
    assert ink_box(np.zeros((10, 10), np.uint8)) is None


@pytest.mark.parametrize("level", [30, 255])
@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (3, 500), (28, 28)])
def test_a_line_or_a_dot_still_fits_the_field(shape, level):
    view = frame(np.full(shape, level, np.uint8))
    assert view.shape == (28, 28)
    assert view.dtype == np.uint8
    assert view.any()


@pytest.mark.parametrize("width", [2, 5, 12])
def test_the_width_of_strokes_is_measured_from_their_edges(width):
    ink = np.zeros((300, 300), np.float32)
    cv2.circle(ink, (150, 150), 100, 1.0, width)
    drawn = float(ink.sum()) / (2 * np.pi * 100)
    assert stroke_width(ink) == pytest.approx(drawn, rel=0.1)


@pytest.mark.mnist
def test_mnist_digits_keep_their_size_their_place_and_nearly_their_ink(digits_train):
    # Their mass was centred to a pixel, ours to a fraction: most move by less than half a pixel.
    images = digits_train.images[:500]
    views = np.array([frame(image) for image in images])
    alike = [np.corrcoef(image.ravel(), view.ravel())[0, 1] for image, view in zip(images, views, strict=True)]
    moved = [np.abs(_centre(image) - _centre(view)).max() for image, view in zip(images, views, strict=True)]
    ink = views.sum(axis=(1, 2)) / images.sum(axis=(1, 2))
    sides = [max(ink_box(view, threshold=FAINT)[2:]) for view in views]
    assert np.median(alike) > 0.95
    assert np.percentile(alike, 1) > 0.85
    assert np.max(moved) < 0.8
    assert np.median(ink) == pytest.approx(1, abs=0.08)
    assert min(sides) >= 19
    assert max(sides) <= 22


@pytest.mark.mnist
def test_mnist_digits_seen_larger_give_the_same_view(mnist_train):
    for image in mnist_train.images[:100]:
        larger = image.repeat(8, 0).repeat(8, 1)
        assert _apart(frame(larger), frame(image)) < 6
