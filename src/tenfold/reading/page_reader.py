"""Read a page: the detector finds its digits, the classifier judges each once more, lines put them in order."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tenfold.inference.classifier import NOT_A_DIGIT, Classifier
from tenfold.reading.answers import ReadOptions, digit_of
from tenfold.reading.blocks import find_blocks
from tenfold.reading.company import in_company
from tenfold.reading.detector import SEPARATORS, Detector
from tenfold.reading.detector.merging import marks_instead
from tenfold.reading.detector.peaks import DIGITS, digit_boxes, digit_shares
from tenfold.reading.glyph_views import glyph_views, lighter_than_paper
from tenfold.reading.ink import Polarity
from tenfold.reading.lines import find_lines, typical_height
from tenfold.reading.measures import Box, quantile
from tenfold.reading.opinion import Weights, combine
from tenfold.reading.outcome import Reading, Rejected
from tenfold.reading.page import Page
from tenfold.reading.seen import Seen
from tenfold.reading.tables import Table, cells_of, find_tables
from tenfold.reading.turning import turned_edges
from tenfold.reading.words import Sign, grouped, line_text, line_words

Floats = NDArray[np.float32]
Views = NDArray[np.uint8]

ACCEPTED = 0.5
"""Chance of being a digit from which it is read; below it is "not a digit"."""

OPINIONS = Weights(which=(0.6, 0.3), whether=(0.6, 0.5, 0.0))
"""How much the detector's opinion counts, and how much the classifier's. Fitted on made-up pages, the classifier's
would count for little: the detector has learned from pages like them. On real paper it knows digits better."""

OPINIONS_ON_DIGITS = Weights(which=OPINIONS.which, whether=(1.0, 0.0, 0.0))
"""The same where the classifier knows digits alone: it does not say whether it is one."""

_MENTIONED = 0.1
"""Chance from which what is no digit is mentioned."""

_FLAT = 8
"""Grey levels between the darkest and the lightest of a blank page, what may be noise left out."""

_NOISE = 0.005
"""Share of a page's pixels that may be darker than all others by chance, or lighter."""

_LOOKED_AT = 500
"""Pixels of a side, about, that are looked at to tell whether a page is blank."""


class PageReader:
    """A detector and a classifier of digits, loaded once."""

    def __init__(self, detector: Detector, classifier: Classifier) -> None:
        self.detector, self.classifier = detector, classifier
        names = classifier.card.classes
        self._opinions = OPINIONS if NOT_A_DIGIT in names else OPINIONS_ON_DIGITS
        self._order = [names.index(str(digit)) for digit in range(10)]

    def see(self, page: NDArray[np.uint8]) -> Seen:
        """What is on a page uint8 [h, w], and how likely each of its digits is what."""
        detection = self.detector.find(page)
        boxes, detected = digit_boxes(detection.digits), digit_shares(detection.digits)
        views = glyph_views(page, boxes, detection.turned)
        classified = self.classifier.probabilities(views)[:, self._order] if len(views) else detected
        shares = combine(detected, classified, self._opinions)
        shares = in_company(turned_edges(boxes, page.shape, detection.turned), shares)
        # The classifier knows no separators: alone, a slash is a 1 to it.
        shares *= (1 - marks_instead(detection.digits, detection.marks))[:, None]
        return Seen(boxes, shares, views, classified, detection)


@dataclass(frozen=True, eq=False)
class Ordered:
    """A page's digits in reading order, as rows of `Seen`. lines: a list a line; tables: of some lines, or of none."""

    lines: list[list[int]]
    tables: list[Table]
    rejected: list[int]

    @property
    def cells(self) -> dict[int, tuple[int, int]]:
        """Row and column of each digit that stands in a table, one table below the other."""
        return cells_of(self.tables)


def in_order(seen: Seen, shape: tuple[int, int]) -> Ordered:
    """The lines and tables of what is taken for digits on a page of that shape; what is not, apart."""
    score = seen.shares.sum(axis=1)
    accepted = np.flatnonzero(score >= ACCEPTED)
    boxes = turned_edges(seen.boxes, shape, seen.detection.turned)
    lines: list[list[int]] = []
    tables: list[Table] = []
    for block in find_blocks(boxes[accepted]):
        rows = accepted[block]
        found = [[int(rows[index]) for index in line] for line in find_lines(boxes[rows])]
        lines += found
        tables += find_tables(boxes, found)
    rejected = np.flatnonzero((score < ACCEPTED) & (score >= _MENTIONED))
    return Ordered(lines, tables, rejected.tolist())


def page_reading(name: str, page: Page, seen: Seen, model: str, wanted: ReadOptions) -> Reading:
    """What is on a page as a reading: digits in order, lines, table, what was refused."""
    grey = page.grey
    shape = grey.shape[0], grey.shape[1]
    ordered = in_order(seen, shape)
    rows = [row for line in ordered.lines for row in line]
    cells = ordered.cells
    marks = _separators(seen, shape)
    lines = [_signs(seen, line, marks, shape) for line in ordered.lines]
    digits = tuple(
        digit_of(seen.shares[row], _NAMES, _box(seen.boxes[row], page), number, wanted, cells.get(row))
        for number, line in enumerate(ordered.lines)
        for row in line
    )
    rejected = tuple(
        Rejected(
            _box(seen.boxes[row], page),
            "not a digit",
            float(seen.shares[row].max()),
            float(seen.shares[row].sum()),
        )
        for row in ordered.rejected
    )
    return Reading(
        source=name,
        page=page.number,
        lines=tuple(line_text(signs, wanted.separators) for signs, _height in lines),
        digits=digits,
        rejected=rejected,
        blank=not digits and not rejected and _is_flat(grey),
        polarity=_polarity(grey, seen.boxes[rows]),
        model=model,
        views=seen.views[[*rows, *ordered.rejected]].reshape(-1, 28, 28),
        table=_table(lines, cells) if cells else None,
        turned=seen.detection.turned,
        seen=seen,
        words=tuple(line_words(signs, height) for signs, height in lines),
    )


_NAMES = [str(digit) for digit in range(10)]


def _separators(seen: Seen, shape: tuple[int, int]) -> list[tuple[str, NDArray[np.float64]]]:
    """Each separator that is taken for one, and its box on the page turned upright."""
    marks = [mark for mark in seen.marks if mark.score >= ACCEPTED]
    boxes = np.array([mark.box for mark in marks], np.float64).reshape(-1, 4)
    edges = turned_edges(boxes, shape, seen.detection.turned)
    return [(SEPARATORS[mark.label - DIGITS], box) for mark, box in zip(marks, edges, strict=True)]


def _signs(
    seen: Seen, line: list[int], marks: list[tuple[str, NDArray[np.float64]]], shape: tuple[int, int]
) -> tuple[list[Sign], float]:
    """A line's digits and the separators beside them, from left to right; how high its digits are, in pixels."""
    boxes = turned_edges(seen.boxes[line], shape, seen.detection.turned)
    height = typical_height(boxes)
    signs = [
        Sign(str(int(seen.shares[row].argmax())), float(box[0]), float(box[2]), row)
        for row, box in zip(line, boxes, strict=True)
    ]
    for text, box in marks:
        middle_x, middle_y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        nearest = boxes[np.argmin(np.abs(boxes[:, [0, 2]].mean(axis=1) - middle_x))]
        beside = min(abs(nearest[0] - middle_x), abs(nearest[2] - middle_x)) < 0.8 * height
        if beside and nearest[1] - 0.3 * height < middle_y < nearest[3] + 0.4 * height:
            signs.append(Sign(text, float(box[0]), float(box[2]), None))
    return sorted(signs, key=lambda sign: sign.left + sign.right), height


def _table(lines: list[tuple[list[Sign], float]], cells: dict[int, tuple[int, int]]) -> tuple[tuple[str, ...], ...]:
    """The texts of cells, where digits stand in any, a row a line; a cell without digits is empty."""
    column_of = {digit: column for digit, (_row, column) in cells.items()}
    columns = 1 + max(column_of.values())
    rows = [("",) * columns for _ in range(1 + max(row for row, _column in cells.values()))]
    for signs, height in lines:
        first = next(sign.place for sign in signs if sign.place is not None)
        if first in cells:
            rows[cells[first][0]] = tuple(grouped(signs, column_of, columns, height))
    return tuple(rows)


def _box(box: NDArray[np.float64], page: Page) -> Box:
    """What of a box lies on the page, in the picture's own pixels: x, y, width, height."""
    high, wide = (round(side * page.scale) for side in page.pixels.shape[:2])
    left, top, right, bottom = (round(float(edge) * page.scale) for edge in box)
    x, y = min(max(0, left), wide - 1), min(max(0, top), high - 1)
    return x, y, max(1, min(right, wide) - x), max(1, min(bottom, high) - y)


def _is_flat(grey: NDArray[np.uint8]) -> bool:
    """Whether there is nothing on a page at all."""
    some = grey[:: max(1, grey.shape[0] // _LOOKED_AT), :: max(1, grey.shape[1] // _LOOKED_AT)]
    levels = some.ravel().astype(np.float32)
    return quantile(levels, 1 - _NOISE) - quantile(levels, _NOISE) < _FLAT


def _polarity(grey: NDArray[np.uint8], boxes: NDArray[np.float64]) -> Polarity:
    """How most digits are written; where there are none, how dark the page is."""
    if not len(boxes):
        return "dark-on-light" if quantile(grey[::8, ::8].ravel().astype(np.float32), 0.5) >= 100 else "light-on-dark"
    lighter = sum(lighter_than_paper(grey, box) for box in boxes)
    return "light-on-dark" if 2 * lighter > len(boxes) else "dark-on-light"
