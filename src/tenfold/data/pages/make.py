"""Made-up pages as pictures, with the box and class of every digit: the same seed gives the same pages."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from tenfold.data.pages.camera import Camera, Pixels, developed, field, light, view, visible
from tenfold.data.pages.canvas import UNKNOWN, Canvas, Mark
from tenfold.data.pages.tools import Tools
from tenfold.reading.detector.peaks import DIGITS
from tenfold.reading.measures import edge

PAGE_SIDE = 256
"""Pixels of a page's height and width."""

Sheet = Callable[[Canvas, Tools], None]

Number = TypeVar("Number", np.float32, np.float64)

MARK_FIELDS = ("page", "label", "left", "top", "right", "bottom")
"""Columns of `Pages.marks`."""

_TURNED = 0.12
"""Share of pages that lie on a side or on their head."""

_TILED = 0.25
"""Share of pages that are made of small pictures."""

TURNS = (0.4, 0.2, 0.4)
"""Of those: a quarter turn against the clock, half a turn, a quarter turn with the clock."""

FEW = 4
"""Fewer digits do not say which way up they are."""


@dataclass(frozen=True)
class Pages:
    """pixels uint8 [n, side, side]; marks float32 [m, 6], page after page, see MARK_FIELDS: pixels, label an index in
    CLASSES or UNKNOWN; turns uint8 [n]: quarter turns against the clock that a page lies off upright."""

    pixels: NDArray[np.uint8]
    marks: NDArray[np.float32]
    turns: NDArray[np.uint8]

    def part(self, first: int, last: int) -> "Pages":
        """Those from one number to before another, counted anew."""
        marks = self._rows(first, last).copy()
        marks[:, 0] -= first
        return Pages(self.pixels[first:last], marks, self.turns[first:last])

    def marks_of(self, page: int) -> NDArray[np.float32]:
        """The marks of one page [m, 5]: label, left, top, right, bottom."""
        return self._rows(page, page + 1)[:, 1:]

    def _rows(self, first: int, last: int) -> NDArray[np.float32]:
        start, end = np.searchsorted(self.marks[:, 0], (first, last))
        return self.marks[start:end]


class PageMaker:
    """Draws pages from sheets, each with its share. tools: glyphs and fonts; plain: share of pictures that are
    left as drawn, without camera, light or noise."""

    def __init__(
        self, tools: Tools, sheets: Mapping[str, tuple[Sheet, float]], small: Sequence[str], plain: float = 0.0
    ) -> None:
        self._tools, self._plain = tools, plain
        self._sheets = [sheet for sheet, _share in sheets.values()]
        shares = np.array([share for _sheet, share in sheets.values()])
        self._shares = shares / shares.sum()
        names = list(sheets)
        self._small = [self._sheets[names.index(name)] for name in small]
        self._camera = Camera.make()

    def pages(self, n: int, seed: int, first: int = 0, *, held_out: bool = False) -> Pages:
        """n pages; page i of a seed is the same whatever n and `first`, its number. held_out: other pages."""
        pixels = np.empty((n, PAGE_SIDE, PAGE_SIDE), np.uint8)
        turns = np.zeros(n, np.uint8)
        rows: list[NDArray[np.float64]] = []
        for i in range(n):
            rng = np.random.default_rng([seed, first + i, *([1] if held_out else [])])
            picture, found = self._page(rng)
            marks = np.array([(mark.label, *mark.box) for mark in found], np.float64).reshape(-1, 5)
            digits = int((marks[:, 0] < DIGITS).sum())
            turn = int(rng.choice((1, 2, 3), p=TURNS)) if digits >= FEW and rng.random() < _TURNED else 0
            if turn:
                picture, marks = turned(picture, marks, turn)
            pixels[i], turns[i] = picture, turn
            rows.append(np.insert(marks, 0, i, axis=1))
        marked = np.concatenate([np.zeros((0, len(MARK_FIELDS))), *rows]).astype(np.float32)
        return Pages(pixels, marked, turns)

    def _page(self, rng: np.random.Generator) -> tuple[Pixels, list[Mark]]:
        if rng.random() < _TILED:
            return self._tiles(rng, int(rng.integers(2, 5)))
        sheet = self._sheets[rng.choice(len(self._sheets), p=self._shares)]
        return self._picture(sheet, (PAGE_SIDE, PAGE_SIDE), rng)

    def _tiles(self, rng: np.random.Generator, across: int) -> tuple[Pixels, list[Mark]]:
        """Small pictures side by side, each with the border that a reader gives it: its paper goes on."""
        step = PAGE_SIDE // across
        page = np.empty((PAGE_SIDE, PAGE_SIDE), np.uint8)
        marks: list[Mark] = []
        for y in range(0, step * across, step):
            for x in range(0, step * across, step):
                border = int(rng.integers(2, step // 4))
                inner = step - 2 * border
                sheet = self._small[rng.integers(len(self._small))]
                picture, found = self._picture(sheet, (inner, inner), rng)
                page[y : y + step, x : x + step] = round(float(np.median(edge(picture))))
                page[y + border : y + border + inner, x + border : x + border + inner] = picture
                marks += [Mark(mark.label, mark.corners + np.array([x, y]) + border) for mark in found]
        end = step * across
        page[end:], page[:, end:] = page[end - 1], page[:, end - 1 : end]
        return page, marks

    def _picture(self, sheet: Sheet, size: tuple[int, int], rng: np.random.Generator) -> tuple[Pixels, list[Mark]]:
        """One sheet as a picture [h, w] = size."""
        grown = 1.0 if rng.random() < 0.5 else 1.12
        shape = round(size[0] * grown), round(size[1] * grown)
        paper = 1.0 if rng.random() < 0.3 else rng.uniform(0.6, 1.0)
        canvas = Canvas(np.full(shape, paper, np.float32), rng)
        if rng.random() < 0.35:
            canvas.tone -= np.float32(rng.uniform(0, 0.12)) * field(shape, rng, int(rng.integers(2, 9)))
        sheet(canvas, self._tools)
        tone, marks = canvas.tone, canvas.marks
        # No draw where none is plain: other pages stay as they were.
        plain = self._plain > 0 and rng.random() < self._plain
        if not plain and rng.random() < 0.75:
            tone, marks = view(tone, marks, rng, size)
        else:
            top, left = (shape[0] - size[0]) // 2, (shape[1] - size[1]) // 2
            tone = tone[top : top + size[0], left : left + size[1]].copy()
            marks = [Mark(mark.label, mark.corners - (left, top)) for mark in marks]
        marks = [seen for mark in marks if (seen := _within(mark, size)) is not None]
        if not plain and rng.random() < 0.5:
            light(tone, rng)
        heights = [mark.corners[:, 1].max() - mark.corners[:, 1].min() for mark in marks if mark.label < DIGITS]
        if plain:
            pixels = np.clip(tone * 255 + 0.5, 0, 255).astype(np.uint8)
        else:
            pixels = developed(tone, float(min(heights, default=30.0)), rng, self._camera)
        noise = float(np.std(pixels[:-1:5, ::5].astype(np.float32) - pixels[1::5, ::5])) / 3
        marks = [mark if visible(pixels, mark, noise) else Mark(UNKNOWN, mark.corners) for mark in marks]
        return (255 - pixels if rng.random() < 0.17 else pixels), marks


_VISIBLE = 0.75


def _within(mark: Mark, size: tuple[int, int]) -> Mark | None:
    """The mark where it is on a picture [h, w] = size, UNKNOWN where it is only in part."""
    left, top, right, bottom = mark.box
    across, down = min(right, size[1]) - max(left, 0), min(bottom, size[0]) - max(top, 0)
    if across <= 0 or down <= 0:
        return None
    if across * down < _VISIBLE * (right - left) * (bottom - top) and mark.label != UNKNOWN:
        return Mark(UNKNOWN, mark.corners)
    return mark


def turned(pixels: Pixels, marks: NDArray[Number], quarters: int) -> tuple[Pixels, NDArray[Number]]:
    """A square page and its marks [m, 5] (label, left, top, right, bottom) after quarter turns against the clock."""
    side = pixels.shape[0]
    for _ in range(quarters):
        label, left, top, right, bottom = marks.T
        marks = np.stack([label, top, side - right, bottom, side - left], axis=1)
    return np.ascontiguousarray(np.rot90(pixels, quarters)), marks
