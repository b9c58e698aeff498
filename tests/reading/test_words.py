"""What stands where on a page: words and cells, with the separators between their digits and no others."""

import numpy as np
import pytest
from tests.page_networks import Fixed, laid_out

from tenfold.reading import Reader

PAGE = np.full((400, 900), 235, np.uint8)
PAGE[0, 0] = 0


@pytest.fixture(scope="module")
def undecided(make_model):
    """A model that leaves it to the detector which digit it is."""
    return make_model(np.zeros((784, 10)), np.zeros(10))


def _read(model, signs, page=PAGE, **options):
    return Reader(model, 1, Fixed(*signs, **options)).read(page)


def test_cells_keep_the_separators_between_their_digits_a_minus_and_no_others(undecided):
    rows = [["21", "20.5", "1,25"], [".7", "", "24/12"], ["3:", "-12.5", "5-6"]]
    reading = _read(undecided, laid_out(*rows))
    assert reading.table == (("21", "20.5", "1,25"), ("7", "", "24/12"), ("3", "-12.5", "5-6"))
    assert reading.rows == reading.table
    assert reading.to_json()["table"] == [list(row) for row in reading.table]
    assert reading.lines == ("21205125", "72412", "312556")
    assert [digit.cell for digit in reading.digits[:3]] == [(0, 0), (0, 0), (0, 1)]


def test_a_line_that_is_in_no_table_is_its_words(undecided):
    reading = _read(undecided, laid_out(["24/12", "1980"]))
    assert reading.table is None
    assert reading.rows == reading.words == (("24/12", "1980"),)
    assert "words" not in reading.to_json()


@pytest.mark.parametrize(
    ("gap", "between", "words"),
    [(20, "", ("212",)), (26, "", ("21", "2")), (40, "-", ("21-2",)), (40, "", ("21", "2"))],
)
def test_words_are_parted_where_the_gap_is_wide_and_nothing_stands_in_it(undecided, gap, between, words):
    middle, end = 84 + gap / 2, 84 + gap
    dash = [(sign, (middle - 4, 52, middle + 4, 56)) for sign in between]
    reading = _read(undecided, [*laid_out(["21"]), *dash, ("2", (end, 40, end + 20, 70))])
    assert reading.words == (words,)


@pytest.mark.parametrize(
    ("dash", "words"),
    [(62, ("-5",)), (52, ("5",)), (None, ("5",))],
)
def test_a_minus_stands_directly_before_its_number(undecided, dash, words):
    dashes = [("-", (dash, 52, dash + 10, 56))] if dash else []
    reading = _read(undecided, [*dashes, ("5", (80, 40, 100, 70))])
    assert (reading.words, reading.lines) == ((words,), ("5",))


@pytest.mark.parametrize(
    ("left", "cells"), [(90, ("12", "5")), (100, ("12", "5")), (112, ("12", "-5"))]
)  # from the 12, which ends at 84, to the 5, which begins at 128
def test_a_dash_between_two_cells_is_a_minus_where_it_is_clearly_nearer_to_the_second(undecided, left, cells):
    rows = [[("1", (40, y, 60, y + 30)), ("2", (64, y, 84, y + 30)), ("5", (128, y, 148, y + 30))] for y in (40, 100)]
    dashes = [("-", (left, y, left + 10, y + 4)) for y in (52, 112)]
    assert _read(undecided, [*dashes, *rows[0], *rows[1]]).table == (cells, cells)


def test_a_page_that_was_turned_has_the_same_table(undecided):
    rows = [["21", "20.5"], ["7", "1.5"]]
    height = PAGE.shape[0]
    turned = [(sign, (y0, height - x1, y1, height - x0)) for sign, (x0, y0, x1, y1) in laid_out(*rows, pitch=150)]
    reading = _read(undecided, turned, turned=90)
    assert reading.table == (("21", "20.5"), ("7", "1.5"))
    assert reading.to_json()["turned"] == 90
    assert reading.digits[0].box == (40, height - 60, 30, 20)
