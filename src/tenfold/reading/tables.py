"""Rows and columns: lines of writing whose words stand below each other."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tenfold.reading.lines import Boxes, line_slope, typical_height
from tenfold.reading.measures import quantile

WORD_GAP = 0.8
"""Digits of a line further apart than this share of their height are of two words."""

_FEW_ROWS, _FEW_COLUMNS = 2, 2
"""What is smaller is no table."""

_MANY = 0.6
"""Share of a table's rows that hold two words or more."""

_CLOSE = 0.25
"""This share of a block's lines follow each other closely, however many things it holds."""

_WIDE = 1.8
"""Tables one above the other are so many times as far apart as close lines are;"""

_WIDEST = 2.5
"""tables of the same columns are: what is nearer may be one table with an empty row."""


@dataclass(frozen=True)
class Table:
    """cells: (row, column) of each digit, by the index of its box; rows, columns: how many there are."""

    cells: dict[int, tuple[int, int]]
    rows: int
    columns: int


def find_tables(boxes: Boxes, lines: list[list[int]]) -> list[Table]:
    """The tables that the lines of a block stand in, from top to bottom; arguments as of `find_table`."""
    parts: list[list[list[int]]] = []
    for section, gap in _sections(boxes, lines):
        if parts and _is_one(boxes, parts[-1], section, gap):
            parts[-1] = parts[-1] + section
        else:
            parts.append(section)
    tables = [table for part in parts if (table := find_table(boxes, part))]
    if len(parts) > 1 and len(tables) < 2 and (whole := find_table(boxes, lines)):
        return [whole]  # rows far apart may be a table together that they are not alone, or with one
    return tables


def cells_of(tables: Iterable[Table]) -> dict[int, tuple[int, int]]:
    """The row and column of each digit in one table of all: one below the other, with an empty row between two."""
    cells: dict[int, tuple[int, int]] = {}
    first = 0
    for table in tables:
        cells |= {index: (first + row, column) for index, (row, column) in table.cells.items()}
        first += table.rows + 1
    return cells


def find_table(boxes: Boxes, lines: list[list[int]]) -> Table | None:
    """The table that all of some lines are the rows of; None where they are not.

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
    numbered = iter(columns)
    cells = {
        index: (row, column)
        for row, line in enumerate(words)
        for word, column in zip(line, numbered, strict=False)
        for index in word
    }
    return Table(cells, len(lines), count)


def _sections(boxes: Boxes, lines: list[list[int]]) -> list[tuple[list[list[int]], float]]:
    """Lines cut where the gap is wide, each part with the gap above it, in distances of close lines."""
    if len(lines) < 2:
        return [(lines, 0.0)]
    digits = boxes[[index for line in lines for index in line]]
    slope, height = line_slope(digits), typical_height(digits)
    levels = np.array([(boxes[line][:, [1, 3]].mean() - slope * boxes[line][:, [0, 2]].mean()) for line in lines])
    gaps = np.diff(levels)
    gaps = gaps / max(height, quantile(gaps.astype(np.float32), _CLOSE))
    starts = [0, *(np.flatnonzero(gaps >= _WIDE) + 1).tolist()]
    return [
        (lines[start:end], float(gaps[start - 1]) if start else 0.0) for start, end in pairwise([*starts, len(lines)])
    ]


def _is_one(boxes: Boxes, upper: list[list[int]], lower: list[list[int]], gap: float) -> bool:
    """Whether lines on both sides of a wide gap are one table: together they have no columns that neither has alone."""
    both = find_table(boxes, upper + lower)
    alone = [table for lines in (upper, lower) if (table := find_table(boxes, lines))]
    if both is None or not alone:
        return both is not None
    return both.columns <= max(table.columns for table in alone) and (len(alone) == 1 or gap < _WIDEST)


def split_words(boxes: Boxes, line: list[int]) -> list[list[int]]:
    """A line's boxes, from left to right, parted where the gap is wide."""
    height = typical_height(boxes[line])
    words = [[line[0]]]
    for before, index in pairwise(line):
        if boxes[index, 0] - boxes[before, 2] > WORD_GAP * height:
            words.append([])
        words[-1].append(index)
    return words


def _columns(boxes: Boxes, words: list[list[int]]) -> list[int]:
    """The column of each word: words that stand above each other, along the slope of the columns."""
    swapped = boxes[[index for word in words for index in word]][:, [1, 0, 3, 2]]
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
