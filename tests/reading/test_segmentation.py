"""Which parts are which digit: the candidates offered, and the path through them that explains a line best."""

import cv2
import numpy as np
import pytest
from tests.reading.drawings import digits, written

from tenfold.reading.cuts import cut_wide_parts
from tenfold.reading.frame import frame
from tenfold.reading.ink import Ink
from tenfold.reading.layout import Layout, Line, Part, find_layout
from tenfold.reading.segmentation import Candidate, alone, best_path, candidates

SURE, HARDLY = np.log(0.99), np.log(0.01)
VIEW = np.zeros((28, 28), np.uint8)


def _layout(page, cut=False):
    layout = find_layout(Ink(page, "dark-on-light", 8.0))
    return cut_wide_parts(layout, page) if cut else layout


def _offers(page, cut=False):
    layout = _layout(page, cut)
    [line] = layout.lines
    return line, candidates(layout, line, page)


def _path(count, *scores):
    """The path through candidates (first, last, chance of one digit), as pairs (first, last) and whether accepted."""
    offers = [Candidate(first, last, (0, 0, 9, 9), VIEW, False) for first, last, _chance in scores]
    chances = np.array([chance for _first, _last, chance in scores], np.float32)
    path = best_path(count, offers, np.log(chances), np.log(1 - chances))
    return [((offers[index].first, offers[index].last), accepted) for index, accepted in path]


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


def test_a_candidate_is_seen_without_its_neighbours():
    page = written("047", gap=2)
    _line, offers = _offers(page)
    seen = [offer.view for offer in offers if offer.first == offer.last]
    for view, digit in zip(seen, (0, 4, 7), strict=True):
        assert np.abs(view.astype(int) - frame(digits()[digit])).mean() < 2


def test_a_candidate_is_seen_without_what_leans_over_it():
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


def test_a_candidate_too_small_for_a_digit_says_so(five):
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


def test_the_likelier_grouping_is_taken():
    assert _path(2, (0, 0, 0.99), (1, 1, 0.99), (0, 1, 0.3)) == [((0, 0), True), ((1, 1), True)]
    assert _path(2, (0, 0, 0.2), (1, 1, 0.3), (0, 1, 0.98)) == [((0, 1), True)]
    assert _path(3, (0, 0, 0.9), (1, 1, 0.2), (2, 2, 0.2), (0, 1, 0.3), (1, 2, 0.95)) == [
        ((0, 0), True),
        ((1, 2), True),
    ]


def test_a_path_explains_every_part_once_and_in_order():
    random = np.random.default_rng(0)
    for _ in range(200):
        count = int(random.integers(1, 8))
        runs = {(i, i) for i in range(count)} | {
            tuple(sorted(random.integers(0, count, 2).tolist())) for _ in range(random.integers(0, 8))
        }
        path = _path(count, *((first, last, float(random.uniform(0.001, 0.999))) for first, last in runs))
        covered = [part for (first, last), _accepted in path for part in range(first, last + 1)]
        assert covered == list(range(count))


def test_what_is_surely_no_digit_is_refused_and_its_neighbours_are_read():
    path = _path(3, (0, 0, 0.99), (1, 1, 1e-6), (2, 2, 0.99))
    assert path == [((0, 0), True), ((1, 1), False), ((2, 2), True)]


def test_a_small_candidate_is_never_a_digit():
    offers = [Candidate(0, 0, (0, 0, 60, 90), VIEW, False), Candidate(1, 1, (70, 80, 9, 9), VIEW, True)]
    path = best_path(2, offers, np.full(2, SURE, np.float32), np.full(2, HARDLY, np.float32))
    assert path == [(0, True), (1, False)]


def test_no_parts_have_no_path():
    assert best_path(0, [], np.zeros(0, np.float32), np.zeros(0, np.float32)) == []


def test_alone_offers_everything_and_each_run_with_its_share_of_the_ink(five):
    offers = alone(_layout(five), five)
    whole, *runs = offers
    rows, columns = np.nonzero(five > 64)
    assert whole[1] == 1
    assert whole[0].box == (
        columns.min(),
        rows.min(),
        columns.max() - columns.min() + 1,
        rows.max() - rows.min() + 1,
    )
    assert np.abs(whole[0].view.astype(int) - frame(five)).mean() < 1
    singles = [share for offer, share in runs if offer.first == offer.last]
    assert sum(singles) == pytest.approx(1)
    assert all(0 < share <= 1 for _offer, share in offers)
    assert all(not offer.small or share < 0.3 for offer, share in runs)


def test_alone_offers_a_digit_of_one_part_once_and_a_blank_page_nothing():
    [(offer, share)] = alone(_layout(digits()[4]), digits()[4])
    assert share == 1
    assert np.abs(offer.view.astype(int) - frame(digits()[4])).mean() < 1
    assert alone(_layout(np.zeros((30, 30), np.uint8)), np.zeros((30, 30), np.uint8)) == []


HIGH = 100


def _boxes(*boxes, slant=0.0):
    """The offers of a line of writing 100 pixels high, made of filled boxes from left to right."""
    labels = np.zeros((2 * HIGH, 300), np.int32)
    for label, (x, y, wide, tall) in enumerate(boxes, start=1):
        labels[y : y + tall, x : x + wide] = label
    parts = tuple(Part(label, box, box[2] * box[3]) for label, box in enumerate(boxes, start=1))
    line = Line(parts, float(HIGH), slant)
    return candidates(Layout(labels, (line,)), line, np.where(labels, 255, 0).astype(np.uint8))


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


@pytest.mark.parametrize(("wide", "slant", "width"), [(40, 0, 1), (75, 0, 1), (150, 0, 2), (165, 0.15, 2)])
def test_a_width_is_in_digits_usual_widths_and_at_least_one(wide, slant, width):
    [offer] = _boxes((0, 0, wide, 100), slant=slant)
    assert offer.width == pytest.approx(width)


@pytest.mark.parametrize(
    ("boxes", "beside"),
    [
        (((0, 0, 50, 100), (50, 80, 10, 10)), True),
        (((0, 0, 50, 100), (49, 80, 10, 10)), False),  # under it in one column
        (((0, 80, 10, 10), (10, 0, 50, 100)), True),
        (((0, 80, 10, 10), (9, 0, 50, 100)), False),
        (((0, 0, 50, 100), (50, 0, 44, 44)), True),
        (((0, 0, 50, 100), (50, 0, 45, 44)), False),  # large enough for a digit's half
        (((0, 0, 50, 100), (50, 0, 44, 45)), False),
        (((0, 0, 50, 40), (5, 60, 30, 40), (55, 80, 10, 10)), True),  # beside both of the others
    ],
)
def test_a_small_piece_is_beside_the_others_where_it_shares_no_column(boxes, beside):
    run = [offer for offer in _boxes(*boxes) if (offer.first, offer.last) == (0, len(boxes) - 1)]
    assert [offer.beside for offer in run] == [beside]


@pytest.mark.parametrize(
    ("accept", "refuse", "how", "taken"),
    [
        (-5.0, -1.0, {}, True),  # none is e⁴ times as rare
        (-5.01, -1.0, {}, False),
        (-10.0, -1.0, {"width": 2.0}, True),  # of two widths, twice so
        (-10.01, -1.0, {"width": 2.0}, False),
        (-4.0, -1.0, {"beside": True}, True),
        (-4.01, -1.0, {"beside": True}, False),
        (-0.01, -1.0, {"small": True}, False),
    ],
)
def test_a_piece_is_a_digit_unless_none_is_likelier(accept, refuse, how, taken):
    offer = Candidate(0, 0, (0, 0, 9, 9), VIEW, **{"small": False, **how})
    assert best_path(1, [offer], np.float32([accept]), np.float32([refuse])) == [(0, taken)]


@pytest.mark.parametrize(("together", "path"), [(-0.59, [(2, True)]), (-0.61, [(0, True), (1, False)])])
def test_dirt_costs_a_tenth(together, path):
    offers = [
        Candidate(first, last, (0, 0, 9, 9), VIEW, small)
        for first, last, small in ((0, 0, False), (1, 1, True), (0, 1, False))
    ]
    assert best_path(2, offers, np.float32([-0.5, 0, together]), np.float32([-9, -9, -9])) == path


def test_a_candidate_cannot_be_changed(five):
    with pytest.raises(AttributeError, match="can.t set"):
        _offers(five)[1][0].small = True
