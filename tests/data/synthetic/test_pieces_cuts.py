"""Digits that touch are cut near where they meet; all that is cut stays in order, and nothing is lost."""

import cv2
import numpy as np
import pytest
from tests.reading.drawings import digits, written

from tenfold.data.synthetic.pieces_cuts import cut_wide_parts
from tenfold.data.synthetic.pieces_layout import find_layout
from tenfold.reading.ink import Ink

SOLID = 64


def _cropped(ink):
    rows, columns = np.nonzero(ink > SOLID)
    return ink[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]


def touching(first, second, shear=0.0):
    """Two digits pushed together until they touch: ink [h, w], and which of the two [h, w] each pixel belongs to."""
    left, right = (_cropped(digits()[digit]) for digit in (first, second))
    height = max(len(left), len(right))
    left = np.pad(left, ((height - len(left), 0), (0, right.shape[1])))
    right = np.pad(right, ((height - len(right), 0), (left.shape[1] - right.shape[1], 0)))
    while cv2.connectedComponents((np.maximum(left, right) > SOLID).astype(np.uint8))[0] > 2:
        right = np.roll(right, -1, axis=1)
    both = [np.pad(one, ((20, 20), (80, 80))) for one in (left, right)]
    if shear:
        lean = np.float32([[1, -shear, shear * both[0].shape[0] / 2], [0, 1, 0]])
        both = [np.asarray(cv2.warpAffine(one, lean, one.shape[::-1])) for one in both]
    return np.maximum(*both), np.where(both[0] >= both[1], 1, 2)


def _cut(page):
    layout = find_layout(Ink(page, "dark-on-light", 8.0))
    return layout, cut_wide_parts(layout, page)


def _best_cut(page, owner):
    """The share of ink on its own side of the best of the cuts offered."""
    _layout, cut = _cut(page)
    solid = page > SOLID
    [line] = cut.lines
    labels = [part.label for part in line.parts]
    sides = [np.isin(cut.labels, labels[:number]) for number in range(1, len(labels))]
    return max((((owner == 1) == left)[solid].mean() for left in sides), default=0.0)


@pytest.mark.parametrize("pair", [(0, 5), (2, 3), (4, 7), (5, 0), (7, 8), (8, 5), (2, 9), (3, 5)])
def test_of_two_digits_that_touch_one_cut_is_near_the_joint(pair):
    assert _best_cut(*touching(*pair)) > 0.93


def test_of_all_pairs_that_touch_hardly_any_is_not_cut_near_the_joint():
    # Two 1s that touch are no wider than one digit, and are not cut.
    found = [_best_cut(*touching(a, b)) for a in range(10) for b in range(10) if (a, b) != (1, 1)]
    assert np.mean(np.array(found) > 0.8) > 0.95
    assert np.mean(np.array(found) > 0.9) > 0.75


@pytest.mark.parametrize("shear", [-0.3, 0.4, 0.7])
@pytest.mark.parametrize("pair", [(2, 3), (4, 7), (3, 5)])
def test_slanted_digits_are_cut_along_their_slant(pair, shear):
    page, owner = touching(*pair, shear)
    [line] = _cut(page)[1].lines
    assert line.slant == pytest.approx(shear, abs=0.35)
    assert _best_cut(page, owner) > 0.9


@pytest.mark.parametrize("shear", [0, 0.6])
@pytest.mark.parametrize("digit", [3, 5])
def test_slices_lie_from_left_to_right_along_the_slant(digit, shear):
    page, _owner = touching(digit, 4, shear)
    [line] = _cut(page)[1].lines
    assert len(line.parts) > 1
    across = [part.box[0] + part.box[2] / 2 + line.slant * (part.box[1] + part.box[3] / 2) for part in line.parts]
    assert across == sorted(across)


@pytest.mark.parametrize("pair", [(2, 3), (0, 0), (8, 9)])
def test_slices_and_labels_agree_and_no_ink_is_lost(pair):
    page, _owner = touching(*pair)
    page = np.concatenate([page, written("047")[: len(page)]], axis=1)[: len(page)]
    layout, cut = _cut(page)
    before = [part for line in layout.lines for part in line.parts]
    parts = [part for line in cut.lines for part in line.parts]
    assert len(parts) > len(before)
    assert len({part.label for part in parts}) == len(parts)
    assert sum(part.area for part in parts) >= sum(part.area for part in before)
    assert np.array_equal(cut.labels > 0, layout.labels > 0)
    for part in parts:
        rows, columns = np.nonzero(cut.labels == part.label)
        x, y, width, height = part.box
        # A part of several pixels' soft edge may reach one further than its box.
        assert x - 1 <= columns.min() <= columns.max() <= x + width
        assert y - 1 <= rows.min() <= rows.max() <= y + height


def test_the_layout_that_was_given_is_not_changed():
    page, _owner = touching(2, 3)
    layout = find_layout(Ink(page, "dark-on-light", 8.0))
    labels = layout.labels.copy()
    cut_wide_parts(layout, page)
    assert np.array_equal(layout.labels, labels)


def test_digits_that_stand_alone_and_narrow_are_left_as_they_are():
    page = written("1117")
    layout, cut = _cut(page)
    assert [part.box for part in cut.lines[0].parts][:3] == [part.box for part in layout.lines[0].parts][:3]
    empty = find_layout(Ink(np.zeros((40, 40), np.uint8), "dark-on-light", 0.0))
    assert cut_wide_parts(empty, np.zeros((40, 40), np.uint8)).lines == ()
