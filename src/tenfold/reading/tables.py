"""Rows and columns: lines of writing whose words stand below each other."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tenfold.reading.lines import Boxes, line_slope
from tenfold.reading.measures import quantile

WORD_GAP = 0.8
"""Digits of a line further apart than this share of their height are of two words."""

_FEW_ROWS, _FEW_COLUMNS = 2, 2
"""What is smaller is no table."""

_MANY = 0.6
"""Share of a table's rows that hold two words or more."""


@dataclass(frozen=True)
class Table:
    """cells: (row, column) of each digit; rows, columns: how many there are."""

    cells: tuple[tuple[int, int], ...]
    rows: int
    columns: int


def find_table(boxes: Boxes, lines: list[list[int]]) -> Table | None:
    """The table that the digits of a page stand in; None where they stand in none.

    boxes [n, 4]: left, top, right, bottom; lines: indices of the boxes of each line, as `find_lines` gives them.
    """
    words = [split_words(boxes, line) for line in lines]
    several = sum(len(line) >= _FEW_COLUMNS for line in words)
    if len(lines) < _FEW_ROWS or several < max(_FEW_ROWS, _MANY * len(lines)):
        return None
    every = [word for line in words for word in line]
    columns = _columns(boxes, every)
    count = max(columns) + 1
    if count < _FEW_COLUMNS or not _apart(words, columns):
        return None
    cells: list[tuple[int, int]] = [(0, 0)] * len(boxes)
    number = 0
    for row, line in enumerate(words):
        for word in line:
            for index in word:
                cells[index] = (row, columns[number])
            number += 1
    return Table(tuple(cells), len(lines), count)


def split_words(boxes: Boxes, line: list[int]) -> list[list[int]]:
    """A line's boxes, from left to right, parted where the gap is wide."""
    height = quantile((boxes[line, 3] - boxes[line, 1]).astype(np.float32), 0.5)
    words = [[line[0]]]
    for before, index in pairwise(line):
        if boxes[index, 0] - boxes[before, 2] > WORD_GAP * height:
            words.append([])
        words[-1].append(index)
    return words


def _columns(boxes: Boxes, words: list[list[int]]) -> list[int]:
    """The column of each word: words that stand above each other, along the slope of the columns."""
    swapped = np.stack([boxes[:, 1], boxes[:, 0], boxes[:, 3], boxes[:, 2]], axis=1)
    lean = line_slope(swapped)
    spans = []
    for word in words:
        middle_y = (boxes[word, 1] + boxes[word, 3]).mean() / 2
        spans.append((boxes[word, 0].min() - lean * middle_y, boxes[word, 2].max() - lean * middle_y))
    bounds = _gaps(np.array(spans))
    return [int(np.searchsorted(bounds, (left + right) / 2)) for left, right in spans]


def _gaps(spans: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where no word stands, or nearly none: the middles of the gaps between columns."""
    edges = np.array(sorted(set(spans.ravel().tolist())))  # np.unique would load numpy's masked arrays
    middles = (edges[1:] + edges[:-1]) / 2
    covered = ((spans[:, :1] < middles) & (spans[:, 1:] > middles)).sum(axis=0)
    free = covered == 0
    return np.asarray(middles[free], np.float64)


def _apart(words: list[list[list[int]]], columns: list[int]) -> bool:
    """Whether hardly two words of a line share a column."""
    number, shared, total = 0, 0, 0
    for line in words:
        own = columns[number : number + len(line)]
        number += len(line)
        shared += len(own) - len(set(own))
        total += len(own)
    return shared <= 0.1 * total
