"""Several things on one page: tables one above the other and side by side, columns of text; and what stays one."""

import numpy as np
import pytest
from tests.page_networks import Fixed, laid_out

from tenfold.reading import Reader
from tenfold.reading.blocks import find_blocks
from tenfold.reading.lines import find_lines
from tenfold.reading.tables import find_tables

LIST = [["21", "5"], ["22", "7"], ["23", "9"], ["24", "8"]]
WIDER = [["1", "2", "3"], ["4", "", "6"], ["7", "8", "9"]]


@pytest.fixture(scope="module")
def read(make_model):
    """Reads a page with these signs; which digit each is stays with the detector."""
    model = make_model(np.zeros((784, 10)), np.zeros(10))
    page = np.full((900, 1200), 235, np.uint8)
    page[0, 0] = 0
    return lambda *signs: Reader(model, 1, Fixed(*signs)).read(page)


def boxes_of(signs):
    return np.array([box for _sign, box in signs], float)


def turned(boxes, degrees):
    """Boxes on a page that is turned by so little that each stays upright."""
    angle = np.deg2rad(degrees)
    middle = np.stack([boxes[:, 0] + boxes[:, 2], boxes[:, 1] + boxes[:, 3]], axis=1) / 2
    shift = middle @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]) - middle
    return boxes + np.tile(shift, 2)


@pytest.mark.parametrize("degrees", [-4, 0, 3])
def test_columns_of_text_whose_lines_do_not_go_on_are_read_one_after_the_other(degrees):
    left = laid_out(*[["123", "45"]] * 6, pitch=110, down=50)
    right = laid_out(*[["678", "9"]] * 5, pitch=110, down=62, at=(320, 30))
    order = np.random.default_rng(0).permutation(len(left) + len(right))
    boxes = turned(boxes_of([*left, *right]), degrees)[order]
    blocks = find_blocks(boxes)
    assert [{int(order[index]) < len(left) for index in block} for block in blocks] == [{True}, {False}]
    assert [len(find_lines(boxes[block])) for block in blocks] == [6, 5]


def test_what_stands_above_both_columns_comes_first_and_what_stands_below_last(read):
    above, below = laid_out(["11", "22"]), laid_out(["88", "99"], at=(40, 600))
    columns = [laid_out(*[["33"]] * 5, down=50, at=(40, 200)), laid_out(*[["44"]] * 4, down=66, at=(300, 190))]
    reading = read(*below, *columns[1], *above, *columns[0])
    assert reading.lines == ("1122", *["33"] * 5, *["44"] * 4, "8899")


def test_tables_side_by_side_follow_each_other(read):
    reading = read(*laid_out(*WIDER, pitch=120, down=85, at=(600, 50)), *laid_out(*LIST, pitch=120))
    assert reading.table == reading.rows == (*((*row, "") for row in LIST), ("", "", ""), *map(tuple, WIDER))
    assert [digit.cell for digit in reading.digits[-3:]] == [(7, 0), (7, 1), (7, 2)]
    assert [digit.line for digit in reading.digits[-3:]] == [6, 6, 6]


def test_tables_one_above_the_other_have_an_empty_row_between_and_are_as_wide(read):
    reading = read(*laid_out(*LIST), *laid_out(*WIDER, pitch=130, at=(60, 340)))
    padded = [(*row, "") for row in LIST]
    assert reading.table == reading.rows == (*padded, ("", "", ""), *map(tuple, WIDER))
    assert reading.to_json()["table"][4] == ["", "", ""]
    assert reading.digits[-1].cell == (7, 2)


@pytest.mark.parametrize(("gap", "rows"), [(60, [8]), (120, [8]), (180, [4, 4])])
def test_an_empty_row_parts_no_table_but_a_wide_gap_does(gap, rows):
    boxes = boxes_of([*laid_out(*LIST), *laid_out(*LIST, at=(40, 220 + gap))])
    assert [table.rows for table in find_tables(boxes, find_lines(boxes))] == rows


def test_a_line_that_is_in_no_table_is_its_words_among_the_rows(read):
    first, second = [("1", "2"), ("3", "4")], [("5", "6", "7"), ("8", "9", "0")]
    tables = [laid_out(*first, pitch=100, at=(40, 200)), laid_out(*second, pitch=130, at=(40, 480))]
    reading = read(*laid_out(["1234567", "890"]), *tables[0], *tables[1], *laid_out(["5"], at=(400, 760)))
    assert reading.table == (("1", "2", ""), ("3", "4", ""), ("", "", ""), *second)
    assert reading.rows == (("1234567", "890"), *reading.table, ("5",))
    assert [digit.cell for digit in reading.digits if digit.line in {0, 5}] == [None] * 11


@pytest.mark.parametrize("seed", range(4))
def test_a_sheet_of_marks_whose_columns_lie_far_apart_is_one_table(seed):
    rng = np.random.default_rng(seed)
    left, top = np.meshgrid(np.arange(9) * 150.0, np.arange(15) * 55.0)
    # A photograph: rows that run together, columns that lean, pens that jump; some marks are missing.
    top = top * (1 - 0.00008 * left) + 0.03 * left + rng.normal(0, 3, top.shape)
    left = left + 0.04 * top + rng.normal(0, 5, left.shape)
    there = rng.random(left.shape) > 0.1
    first = np.stack([left, top, left + 20, top + 30], axis=2)[there]
    boxes = np.concatenate([first, first + np.array([24, 0, 24, 0])])
    (block,) = find_blocks(boxes)
    assert block == list(range(len(boxes)))
    (table,) = find_tables(boxes, find_lines(boxes))
    assert (table.rows, table.columns) == (15, 9)
    assert list(table.cells.values()).count((3, 4)) in {0, 2}


@pytest.mark.parametrize("lines", [[["12", "34"]], [["12", "34"], ["56", "78"]], [["12", ""], ["", "34"], ["5", "6"]]])
def test_few_words_far_apart_stay_on_their_lines(lines):
    assert len(find_blocks(boxes_of(laid_out(*lines, pitch=500)))) == 1


def test_digits_strewn_over_a_page_are_one_block():
    for seed in range(20):
        corners = np.random.default_rng(seed).uniform(0, 800, (12, 2))
        assert len(find_blocks(np.concatenate([corners, corners + np.array([20, 30])], axis=1))) == 1


def test_no_digits_are_no_blocks():
    assert find_blocks(np.zeros((0, 4))) == []
