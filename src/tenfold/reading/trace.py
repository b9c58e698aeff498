"""How a reading came about: the same steps as the reader's, kept to be looked at."""

from dataclasses import dataclass
from math import ceil

import numpy as np

from tenfold.reading.cuts import cut_wide_parts
from tenfold.reading.ink import Ink, find_ink
from tenfold.reading.layout import Box, Layout, find_layout
from tenfold.reading.outcome import Reading
from tenfold.reading.page import Page
from tenfold.reading.rules import without_rules
from tenfold.reading.segmentation import Candidate, alone, candidates


@dataclass(frozen=True, eq=False)
class Trace:
    """What lies between a page and its reading.

    ink: as found; bare: without the paper's rules, None where there are none. used: the one of both that was read,
    with its layout and offers. taken: for each digit of the reading, then each rejected piece of ink, which of the
    offers it is; -1 where it is none of them.
    """

    page: Page
    reading: Reading
    ink: Ink
    bare: Ink | None
    used: Ink
    layout: Layout
    offers: tuple[Candidate, ...]
    taken: tuple[int, ...]

    @property
    def boxes(self) -> tuple[Box, ...]:
        """The boxes of the reading's digits, then of what it rejected, in pixels of the page."""
        return _boxes_on_page(self.reading, self.page.scale)


def retrace(page: Page, reading: Reading, *, single: bool = False) -> Trace:
    """The steps from a page to the reading that was made of it; single: whether it was read as one digit."""
    ink = find_ink(page.pixels)
    bare = without_rules(ink)
    found = [_laid_out(page, reading, ink, bare, used, single) for used in (ink, bare) if used is not None]
    # A page with rules is read with and without them: what the model saw tells which reading was kept.
    return max(found, key=lambda trace: sum(index >= 0 for index in trace.taken))


def _laid_out(page: Page, reading: Reading, ink: Ink, bare: Ink | None, used: Ink, single: bool) -> Trace:
    layout = find_layout(used)
    if single:
        offers = tuple(candidate for candidate, _share in alone(layout, used.strength))
    else:
        layout = cut_wide_parts(layout, used.strength)
        offers = tuple(one for line in layout.lines for one in candidates(layout, line, used.strength))
    return Trace(page, reading, ink, bare, used, layout, offers, _taken(reading, page.scale, offers))


def _taken(reading: Reading, scale: float, offers: tuple[Candidate, ...]) -> tuple[int, ...]:
    """Which offer each view of a reading is: that of the same view, and of the nearest box where several have it."""
    by_view: dict[bytes, list[int]] = {}
    for index, offer in enumerate(offers):
        by_view.setdefault(offer.view.tobytes(), []).append(index)
    taken = []
    for view, found in zip(reading.views, _boxes_on_page(reading, scale), strict=True):
        box = np.array(found)
        same = by_view.get(view.tobytes(), [-1])
        taken.append(min(same, key=lambda index: float(np.abs(np.array(offers[index].box) - box).sum())))
    return tuple(taken)


def _boxes_on_page(reading: Reading, scale: float) -> tuple[Box, ...]:
    boxes = [digit.box for digit in reading.digits] + [left.box for left in reading.rejected]
    return tuple((int(x / scale), int(y / scale), ceil(w / scale), ceil(h / scale)) for x, y, w, h in boxes)
