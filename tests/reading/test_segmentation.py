"""Which parts are which digit: the candidates offered, and the path through them that explains a line best."""

import cv2
import numpy as np
import pytest
from tests.reading.drawings import digits, written

from tenfold.reading.cuts import cut_wide_parts
from tenfold.reading.frame import frame
from tenfold.reading.ink import Ink
from tenfold.reading.layout import find_layout
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
