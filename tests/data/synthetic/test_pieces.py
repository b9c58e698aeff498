"""Which runs of a drawn number's parts are taken as one digit, and what is seen of each."""

import cv2
import numpy as np
import pytest
from tests.reading.drawings import digits, written

from tenfold.data.synthetic.pieces import pieces
from tenfold.data.synthetic.pieces_cuts import cut_wide_parts
from tenfold.data.synthetic.pieces_layout import Layout, Line, Part, find_layout
from tenfold.inference.frame import frame
from tenfold.reading.ink import Ink


def _layout(page, cut=False):
    layout = find_layout(Ink(page, "dark-on-light", 8.0))
    return cut_wide_parts(layout, page) if cut else layout


def _offers(page, cut=False):
    layout = _layout(page, cut)
    [line] = layout.lines
    return line, pieces(layout, line, page)


@pytest.fixture
def five():
    """A 5 whose bar is loose, then a 3."""
    page = np.zeros((140, 220), np.uint8)
    cv2.polylines(page, [np.array([(60, 40), (56, 65), (80, 66), (86, 84), (72, 100), (50, 96)])], False, 255, 6)
    cv2.line(page, (70, 36), (88, 33), 255, 6)
    page[30:114, 126:210] |= digits()[3]
    return page


def test_every_part_alone_and_runs_of_neighbours_are_offered(five):
    line, offers = _offers(five)
    runs = [(offer.first, offer.last) for offer in offers]
    assert len(set(runs)) == len(runs)
    assert {(0, 0), (1, 1), (2, 2), (0, 1)} <= set(runs)
    for offer in offers:
        boxes = np.array([part.box for part in line.parts[offer.first : offer.last + 1]])
        x, y = boxes[:, :2].min(axis=0)
        right, bottom = (boxes[:, :2] + boxes[:, 2:]).max(axis=0)
        assert offer.box == (x, y, right - x, bottom - y)
        assert offer.view.shape == (28, 28)
        assert offer.view.dtype == np.uint8


@pytest.mark.parametrize("lines", ["0123456789", "11111", "4 7  1", "90210"])
def test_every_part_alone_is_offered_whatever_stands_beside_it(lines):
    line, offers = _offers(written(lines))
    singles = [offer for offer in offers if offer.first == offer.last]
    assert [(offer.first, offer.box) for offer in singles] == [(i, part.box) for i, part in enumerate(line.parts)]
    assert not any(offer.small for offer in singles)


def test_a_piece_is_seen_without_its_neighbours():
    page = written("047", gap=2)
    _line, offers = _offers(page)
    seen = [offer.view for offer in offers if offer.first == offer.last]
    for view, digit in zip(seen, (0, 4, 7), strict=True):
        assert np.abs(view.astype(int) - frame(digits()[digit])).mean() < 2


def test_a_piece_is_seen_without_what_leans_over_it():
    page = np.zeros((140, 200), np.uint8)
    cv2.line(page, (50, 110), (100, 30), 255, 8)
    alone = frame(page)
    cv2.line(page, (80, 110), (130, 30), 255, 8)
    _line, offers = _offers(page)
    for offer in offers:
        if offer.first == offer.last:
            assert np.abs(offer.view.astype(int) - alone).mean() < 1


def test_digits_apart_are_not_offered_as_one():
    _line, offers = _offers(written("11", gap=30))
    assert [(offer.first, offer.last) for offer in offers] == [(0, 0), (1, 1)]


def test_a_piece_too_small_for_a_digit_says_so(five):
    line, offers = _offers(five)
    bar = min(range(len(line.parts)), key=lambda index: line.parts[index].box[3])
    assert [offer.small for offer in offers if offer.first == offer.last == bar] == [True]
    assert not next(offer for offer in offers if (offer.first, offer.last) == (0, 1)).small


def test_the_slices_of_a_wide_part_can_be_put_together_again():
    page = written("02")
    line, offers = _offers(page, cut=True)
    assert len(line.parts) > 2
    closest = [min(np.abs(o.view.astype(int) - frame(digits()[digit])).mean() for o in offers) for digit in (0, 2)]
    assert max(closest) < 6


HIGH = 100


def _boxes(*boxes, slant=0.0):
    """The offers of a line of writing 100 pixels high, made of filled boxes from left to right."""
    labels = np.zeros((2 * HIGH, 300), np.int32)
    for label, (x, y, wide, tall) in enumerate(boxes, start=1):
        labels[y : y + tall, x : x + wide] = label
    parts = tuple(Part(label, box, box[2] * box[3]) for label, box in enumerate(boxes, start=1))
    line = Line(parts, float(HIGH), slant)
    return pieces(Layout(labels, (line,)), line, np.where(labels, 255, 0).astype(np.uint8))


@pytest.mark.parametrize(
    ("first", "second", "slant", "together"),
    [
        ((0, 0, 20, 100), (50, 0, 20, 100), 0, True),  # 30 apart
        ((0, 0, 20, 100), (51, 0, 20, 100), 0, False),
        ((0, 0, 70, 100), (80, 0, 70, 100), 0, True),  # 150 wide
        ((0, 0, 70, 100), (80, 0, 71, 100), 0, False),
        ((0, 0, 70, 100), (80, 0, 80, 100), 0.1, True),  # of 160 a tenth of 100 is lean
        ((0, 0, 70, 100), (80, 0, 80, 100), -0.1, True),
        ((0, 0, 70, 100), (80, 0, 81, 100), 0.1, False),
        ((0, 0, 80, 50), (60, 60, 95, 40), 0, False),  # one over the other, and still 155
    ],
)
def test_neighbours_may_be_one_digit_if_they_are_near_and_not_too_wide(first, second, slant, together):
    runs = [(offer.first, offer.last) for offer in _boxes(first, second, slant=slant)]
    assert runs == ([(0, 0), (0, 1), (1, 1)] if together else [(0, 0), (1, 1)])


def test_no_more_than_seven_parts_are_one_digit():
    runs = [(offer.first, offer.last) for offer in _boxes(*((6 * i, 0, 5, 100) for i in range(9)))]
    assert runs == [(first, last) for first in range(9) for last in range(first, min(first + 7, 9))]


def test_a_gap_is_measured_from_the_furthest_that_a_run_has_reached():
    runs = [(offer.first, offer.last) for offer in _boxes((0, 0, 60, 40), (10, 50, 9, 50), (89, 0, 9, 90))]
    assert (0, 2) in runs
    assert (1, 2) not in runs


@pytest.mark.parametrize(
    ("box", "small"),
    [
        ((40, 0, 44, 44), True),  # less than 45 % of the height both ways
        ((40, 0, 45, 44), False),
        ((40, 0, 44, 45), False),
        ((40, 51, 10, 61), True),  # a comma: below the middle, lower than 62 %, and narrow
        ((40, 50, 10, 61), False),
        ((40, 51, 60, 61), True),
        ((40, 51, 61, 61), False),
        ((40, 51, 10, 62), False),
    ],
)
def test_small_pieces_and_commas_are_no_digits(box, small):
    assert [offer.small for offer in _boxes((0, 0, 20, 100), box) if offer.first == offer.last] == [False, small]


def test_the_first_of_a_line_is_no_comma():
    assert [offer.small for offer in _boxes((0, 51, 10, 61), (40, 0, 20, 100)) if offer.last == 0] == [False]


def test_a_piece_cannot_be_changed(five):
    with pytest.raises(AttributeError, match="can.t set"):
        _offers(five)[1][0].small = True
