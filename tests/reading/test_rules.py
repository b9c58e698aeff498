"""Lines that run across a page go; strokes that cross them, and the strokes of plain digits, stay."""

import cv2
import numpy as np
import pytest
from tests.reading.drawings import digits, scaled, written

from tenfold.data.synthetic.pieces_layout import find_layout
from tenfold.reading.ink import Ink
from tenfold.reading.rules import without_rules

PAGE = written("047", "235")
HEIGHT, WIDTH = PAGE.shape
WRITTEN = PAGE > 64
BESIDE = cv2.dilate(WRITTEN.astype(np.uint8), np.ones((9, 9), np.uint8)) == 0

RULINGS = {
    "lines": (range(10, HEIGHT, 34), ()),
    "a line below": ([WRITTEN.any(axis=1).nonzero()[0].max() + 5], ()),
    "squares": (range(30, HEIGHT, 40), range(20, WIDTH, 40)),
    "a margin": ((), [20]),
    "a frame": ([4, HEIGHT - 8], [4, WIDTH - 8]),
}


def _ruled(rows, columns=(), thick=2):
    page = PAGE.copy()
    for y in rows:
        page[y : y + thick] = 255
    for x in columns:
        page[:, x : x + thick] = 255
    return page


def _bare(page):
    return without_rules(Ink(page, "dark-on-light", 8.0))


@pytest.mark.parametrize("thick", [1, 2, 3])
@pytest.mark.parametrize("ruling", RULINGS)
def test_lines_and_squares_across_the_page_are_removed_and_the_writing_is_not(ruling, thick):
    bare = _bare(_ruled(*RULINGS[ruling], thick))
    assert bare is not None
    stray = (bare.strength > 64) & BESIDE
    assert stray.mean() < 0.015
    assert (bare.strength[WRITTEN] > 64).mean() > 0.8
    assert bare.polarity == "dark-on-light"
    assert bare.stroke == pytest.approx(8, abs=1)


@pytest.mark.parametrize("tilt", [1, 3, 6])
def test_lines_a_little_off_level_are_removed(tilt):
    page = PAGE.copy()
    for y in range(10, HEIGHT - 10, 40):
        cv2.line(page, (0, y), (WIDTH, y + tilt), 255, 2)
    bare = _bare(page)
    assert bare is not None
    assert ((bare.strength > 64) & BESIDE).mean() < 0.01


@pytest.mark.parametrize("upright", [False, True])
@pytest.mark.parametrize("slope", [-0.05, 0.03, 0.05])
def test_sloping_lines_are_removed_though_they_break_into_short_steps(slope, upright):
    page = np.ascontiguousarray(PAGE.T) if upright else PAGE.copy()
    height, width = page.shape
    for y in range(-width, height + width, 40):
        cv2.line(page, (0, y), (width - 1, y + round(slope * width)), 255, 1)
    bare = _bare(np.ascontiguousarray(page.T) if upright else page)
    assert bare is not None
    assert ((bare.strength > 64) & BESIDE).mean() < 0.002
    assert (bare.strength[WRITTEN] > 64).mean() > 0.8


def test_pale_lines_that_come_and_go_are_removed_and_writing_on_them_is_not():
    shade = np.abs(np.sin(np.arange(WIDTH) / 90)) * 60 + 30  # above and below what counts as ink
    page = PAGE.copy()
    for y in range(12, HEIGHT - 2, 20):
        page[y : y + 2] = np.maximum(page[y : y + 2], shade.astype(np.uint8))
    bare = _bare(page)
    assert bare is not None
    assert ((bare.strength > 64) & BESIDE).mean() < 0.001
    assert (bare.strength[PAGE > 180] > 64).all()


@pytest.mark.parametrize("upright", [False, True])
@pytest.mark.parametrize("at", [-12, 0, 12])
def test_a_stroke_that_crosses_a_line_stays_whole(at, upright):
    page = np.zeros((160, 160), np.uint8)
    page[40:120, 76:84] = 255
    page[80 + at : 83 + at] = 255
    bare = without_rules(Ink(np.ascontiguousarray(page.T) if upright else page, "dark-on-light", 8.0))
    assert bare is not None
    strength = bare.strength.T if upright else bare.strength
    assert (strength[40:120, 76:84] == 255).all()
    assert not strength[:, :70].any()
    assert not strength[:, 90:].any()


def test_digits_crossed_by_a_line_stay_in_one_part():
    top = int(np.flatnonzero(WRITTEN.any(axis=1))[0])
    bare = _bare(_ruled([top + 40]))
    assert bare is not None
    assert [len(line.parts) for line in find_layout(bare).lines] == [3, 3]


@pytest.mark.parametrize("by", [0.5, 1, 2, 4])
def test_plain_digits_have_no_rules(by):
    for digit in digits():
        room = np.pad(digit, 20)
        assert without_rules(Ink(scaled(room, by), "dark-on-light", 8.0 * by)) is None
    for page in (PAGE, written("0123456789"), written("777"), written("11")):
        assert without_rules(Ink(scaled(page, by), "dark-on-light", 8.0 * by)) is None


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (40, 40)])
def test_an_empty_or_tiny_page_has_no_rules(shape):
    assert without_rules(Ink(np.zeros(shape, np.uint8), "dark-on-light", 0.0)) is None
    assert without_rules(Ink(np.zeros((120, 120), np.uint8), "dark-on-light", 0.0)) is None


def _taken(*lines, side=164):
    """Which of filled boxes x, y, width, height on an empty page are taken for rules."""
    page = np.zeros((side, side), np.uint8)
    for x, y, wide, tall in lines:
        page[y : y + tall, x : x + wide] = 255
    bare = without_rules(Ink(page, "dark-on-light", 8.0))
    left = page if bare is None else bare.strength
    return [not left[y : y + tall, x : x + wide].any() for x, y, wide, tall in lines]


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ((23, 80, 115, 2), True),  # seven tenths of the page
        ((23, 80, 114, 2), False),
        ((80, 23, 2, 115), True),
        ((80, 23, 2, 114), False),
        ((0, 80, 82, 2), True),  # half of it, where it runs out of the picture
        ((0, 80, 81, 2), False),
        ((82, 80, 82, 2), True),
        ((83, 80, 81, 2), False),
        ((22, 80, 82, 2), False),
        ((60, 80, 82, 2), False),
        ((23, 80, 120, 9), True),  # six hundredths of the page thick
        ((23, 80, 120, 10), False),
    ],
)
def test_a_rule_is_as_long_and_as_thin_as_documented(line, rule):
    assert _taken(line) == [rule]


@pytest.mark.parametrize(("run", "gap", "rule"), [(41, 10, True), (41, 40, True), (40, 5, False)])
def test_a_broken_line_is_a_rule_where_its_pieces_are_a_quarter_of_the_page(run, gap, rule):
    assert set(_taken(*((x, 80, run, 2) for x in range(0, 165 - run, run + gap)))) == {rule}


@pytest.mark.parametrize(("gap", "rule"), [(40, True), (60, True), (80, False), (90, False)])
def test_a_thin_broken_line_is_a_rule_where_six_tenths_of_it_are_ink(gap, rule):
    assert set(_taken(*((x, 800, 100, 1) for x in range(0, 1600, 100 + gap)), side=1640)) == {rule}


@pytest.mark.parametrize(("side", "rule"), [(100, True), (99, False)])
def test_a_picture_less_than_a_hundred_pixels_wide_has_no_rules(side, rule):
    assert _taken((0, 50, side, 1), side=side) == [rule]


@pytest.mark.parametrize(("above", "below", "whole"), [(72, 88, True), (71, 88, False), (72, 89, False)])
def test_a_stroke_goes_through_a_rule_from_eight_pixels_above_to_eight_below(above, below, whole):
    page = np.zeros((160, 160), np.uint8)
    page[80] = 255
    page[above - 30 : above + 1, 80:84] = page[below : below + 30, 80:84] = 255
    bare = without_rules(Ink(page, "dark-on-light", 8.0))
    assert bare is not None
    assert bool(bare.strength[80, 81:83].all()) == whole
    assert bool(bare.strength[80].any()) == whole
