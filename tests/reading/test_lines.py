import numpy as np
import pytest

from tenfold.reading.lines import find_lines, line_slope
from tenfold.reading.tables import find_table, split_words


def grid(
    rows: int, columns: int, step: tuple[float, float] = (60, 40), size: tuple[float, float] = (12, 20)
) -> np.ndarray:
    """Boxes of digits, one a cell, row by row."""
    x, y = np.meshgrid(np.arange(columns) * step[0] + 10.0, np.arange(rows) * step[1] + 10.0)
    left, top = x.ravel(), y.ravel()
    return np.stack([left, top, left + size[0], top + size[1]], axis=1)


def slanted(boxes: np.ndarray, slope: float) -> np.ndarray:
    shift = slope * (boxes[:, 0] + boxes[:, 2]) / 2
    return boxes + np.stack([0 * shift, shift, 0 * shift, shift], axis=1)


@pytest.mark.parametrize("slope", [-0.3, -0.1, 0, 0.15, 0.3])
def test_rows_are_lines_however_the_page_slopes(slope: float) -> None:
    boxes = slanted(grid(4, 6, (25, 40)), slope)
    assert find_lines(boxes) == [list(range(6 * row, 6 * row + 6)) for row in range(4)]
    assert line_slope(boxes) == pytest.approx(slope, abs=0.02)


def test_lines_come_in_reading_order_whatever_the_order_of_boxes() -> None:
    boxes = grid(3, 4)
    order = np.random.default_rng(0).permutation(len(boxes))
    lines = find_lines(boxes[order])
    assert [[int(order[index]) for index in line] for line in lines] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]


def test_small_zeros_stay_on_their_line() -> None:
    boxes = np.array([[0, 0, 14, 30], [18, 0, 30, 30], [34, 16, 44, 30], [46, 2, 56, 14]], float)
    assert find_lines(boxes) == [[0, 1, 2, 3]]


def test_no_digits_are_no_lines() -> None:
    assert find_lines(np.zeros((0, 4))) == []


def test_cells_of_several_digits_are_rows_and_columns() -> None:
    first = grid(3, 3)
    boxes = np.concatenate([first, first + np.array([15, 0, 15, 0])])  # two digits a cell
    lines = find_lines(boxes)
    table = find_table(boxes, lines)
    assert table is not None
    assert (table.rows, table.columns) == (3, 3)
    assert table.cells == {index: (index % 9 // 3, index % 3) for index in range(18)}


def test_an_empty_cell_keeps_its_column_free() -> None:
    boxes = np.delete(grid(3, 3), 4, axis=0)
    table = find_table(boxes, find_lines(boxes))
    assert table is not None
    assert (1, 1) not in table.cells.values()
    assert (1, 2) in table.cells.values()


def test_a_number_is_no_table() -> None:
    boxes = grid(1, 8, (16, 40))
    assert find_table(boxes, find_lines(boxes)) is None
    assert split_words(boxes, list(range(8))) == [list(range(8))]
