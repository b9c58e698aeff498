"""How a reading came about: what the reader saw between page and digits, kept to be looked at."""

from dataclasses import dataclass
from math import ceil
from typing import cast

import numpy as np

from tenfold.reading.glyph_views import ink_of_glyphs
from tenfold.reading.ink import Ink, find_ink
from tenfold.reading.measures import Box, stroke_width
from tenfold.reading.outcome import Reading
from tenfold.reading.page import Page
from tenfold.reading.page_reader import Ordered, in_order
from tenfold.reading.rules import without_rules
from tenfold.reading.seen import Seen
from tenfold.reading.symbol_reader import as_symbol
from tenfold.reading.turning import Edges, turned_box, turned_edges, turned_page

_AROUND = 0.05
"""A digit's ink may reach out of the box that the detector gives it by this share of its longer side."""

_SOLID = 128
"""Strength of ink from which it is measured as a stroke."""


@dataclass(frozen=True, eq=False)
class Trace:
    """What lies between a page and its reading.

    page: as it was read, turned upright where it lay on its side. ink: all that lies on it. used: the ink that was
    read. boxes: of the reading's digits, then of what it rejected, in pixels of the page.
    """

    page: Page
    reading: Reading
    ink: Ink
    used: Ink
    boxes: tuple[Box, ...]


@dataclass(frozen=True, eq=False)
class SymbolTrace(Trace):
    """Of a page that was read as one symbol. bare: the ink without the paper's rules, None where there are none; used
    is one of both."""

    bare: Ink | None


@dataclass(frozen=True, eq=False)
class DetectorTrace(Trace):
    """Of a page whose digits the detector found.

    given: the page as it was given. seen: what the detector and the classifier said of it; ordered: its digits in
    reading order. edges [n, 4]: of each of them, left, top, right, bottom in pixels of page.
    """

    given: Page
    seen: Seen
    ordered: Ordered
    edges: Edges

    @property
    def rows(self) -> list[int]:
        """Which of seen each digit of the reading is."""
        return [row for line in self.ordered.lines for row in line]


def retrace(page: Page, reading: Reading) -> SymbolTrace | DetectorTrace:
    """What lies between a page and the reading that was made of it."""
    if reading.seen is not None:
        return _detected(page, reading, reading.seen)
    ink = find_ink(page.pixels)
    bare = without_rules(ink)
    # A page with rules is read with and without them: what the model saw tells which reading was kept.
    used = bare if bare is not None and _is_of(reading, bare) else ink
    return SymbolTrace(page, reading, ink, used, _boxes_on_page(reading, page.scale), bare)


def _is_of(reading: Reading, ink: Ink) -> bool:
    """Whether a reading is of this ink as one symbol."""
    symbol = as_symbol(ink)
    return symbol is not None and bool(len(reading.views)) and np.array_equal(symbol.view, reading.views[0])


def _detected(given: Page, reading: Reading, seen: Seen) -> DetectorTrace:
    shape = cast(tuple[int, int], given.grey.shape)
    turned = seen.detection.turned
    page = turned_page(given, turned)
    ordered = in_order(seen, shape)
    edges = turned_edges(seen.boxes, shape, turned)
    rows = [row for line in ordered.lines for row in line] or ordered.rejected
    strength = ink_of_glyphs(page.grey, _wider(edges[rows]))
    used = Ink(strength, reading.polarity, stroke_width((strength > _SOLID).astype(np.uint8)))
    boxes = tuple(turned_box(box, shape, turned) for box in _boxes_on_page(reading, given.scale))
    return DetectorTrace(page, reading, find_ink(page.pixels), used, boxes, given, seen, ordered, edges)


def _wider(boxes: Edges) -> Edges:
    room = _AROUND * np.maximum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])[:, None]
    return np.asarray(boxes + room * np.array([-1, -1, 1, 1]), np.float64)


def _boxes_on_page(reading: Reading, scale: float) -> tuple[Box, ...]:
    boxes = [digit.box for digit in reading.digits] + [left.box for left in reading.rejected]
    return tuple((int(x / scale), int(y / scale), ceil(w / scale), ceil(h / scale)) for x, y, w, h in boxes)
