"""Digits composed into numbers as one person writes them on a line, with every glyph's own ink.

Neighbours stand apart, touch or overlap; what belongs to which is known to the pixel, so that a reader's cuts can be
measured and its mistakes made into examples.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from tenfold.data.synthetic.paper import Span
from tenfold.data.synthetic.paper_pen import Ink, Mask, thicken, upscale
from tenfold.data.synthetic.strings_marks import around, mark
from tenfold.inference.frame import BOX, SIDE
from tenfold.reading.measures import Box


@dataclass(frozen=True)
class Glyph:
    """One digit or mark on the page; label "0" to "9", or a mark of `strings_marks.MARKS`."""

    label: str
    box: Box

    @property
    def is_digit(self) -> bool:
        """Whether it counts in the number: marks do not."""
        return self.label.isdigit()


@dataclass(frozen=True)
class Writing:
    """Glyphs on one sheet: coverage float32 [h, w]; owner int16 [h, w], the index of the glyph with most ink, or -1."""

    coverage: Ink
    owner: NDArray[np.int16]
    glyphs: tuple[Glyph, ...]


@dataclass(frozen=True)
class Hand:
    """How one person writes one number. Lengths are shares of a digit's height."""

    height: float  # of a digit, pixels
    slant: float  # tangent, to the right
    width: float  # of a digit, as a share of its own
    gap: float  # between neighbours
    crowding: float  # chance that two neighbours touch or overlap
    wander: float  # of the baseline, standard deviation
    slope: float  # of the line, downwards
    unevenness: float  # of sizes, standard deviation
    small_zeros: float  # size of the zeros that end a number
    joining: float  # chance that the pen stays down between two neighbours, zeros above all


TOUCHING = 0.15
"""Share of neighbouring digits that touch or overlap, over all hands."""

_JOINERS = 0.2
"""Share of hands that do not always lift the pen between two digits."""

_THINNEST, _WIDEST = 0.045, 0.17
"""Width of a number's strokes as a share of its digits' height: a hard pencil, a felt pen."""


def hand(rng: np.random.Generator, height: float) -> Hand:
    """A person's hand; height: of a digit, in pixels."""
    return Hand(
        height=height,
        slant=rng.normal(0.15, 0.22),
        width=rng.uniform(0.8, 1.2),
        gap=float(np.exp(rng.uniform(np.log(0.06), np.log(0.45)))),
        # Most people rarely let digits touch, and some always do: the square has a third for its mean.
        crowding=min(1.0, 3 * TOUCHING * rng.random() ** 2),
        wander=rng.uniform(0, 0.08),
        slope=rng.normal(0, 0.03),
        unevenness=rng.uniform(0.02, 0.12),
        small_zeros=rng.uniform(0.5, 0.85) if rng.random() < 0.25 else 1.0,
        joining=rng.uniform(0.2, 1.0) if rng.random() < _JOINERS else 0.0,
    )


def number(
    views: NDArray[np.uint8],
    labels: Sequence[int],
    rng: np.random.Generator,
    height: Span = (22, 40),
    marks: float = 0.5,
) -> Writing:
    """A number in one hand and one pen from digits' views uint8 [n, 28, 28]; as `compose` for the rest."""
    tall = rng.uniform(*height)
    stroke = tall * _THINNEST * (_WIDEST / _THINNEST) ** rng.random()
    size = round(tall * SIDE / BOX)
    digits = []
    for view in views:
        ink = upscale(view, size)
        digits.append(thicken(ink, rng, stroke / _stroke(ink) * float(np.exp(rng.normal(0, 0.06)))))
    return compose(digits, labels, rng, hand(rng, tall), marks=marks)


def compose(
    digits: Sequence[Ink],
    labels: Sequence[int],
    rng: np.random.Generator,
    written_by: Hand | None = None,
    marks: float = 0.5,
    margin: Span = (0.0, 0.5),
) -> Writing:
    """Digits side by side on one line, with marks between and around them.

    digits: each one's ink [h, w], any sizes; labels: 0 to 9, as many. marks: chance that thousands are parted, other
    marks rarer in proportion; 0 for digits alone. margin: paper on each side, in heights of a digit. Raises ValueError
    where the numbers of digits and labels differ or there are none.
    """
    if len(digits) != len(labels) or not digits:
        raise ValueError(f"compose: {len(digits)} digits with {len(labels)} labels")
    style = written_by or hand(rng, rng.uniform(22, 40))
    line = _Line(style, rng, len(digits))
    stroke = _stroke(digits[0]) * style.height / max(1, _box(digits[0])[3])
    placed = around(len(digits), rng, marks) if marks else {}
    first_small = _zeros_from(labels)
    for index, (ink, label) in enumerate(zip(digits, labels, strict=True)):
        for kind in placed.get(index, ""):
            line.add(kind, *mark(kind, rng, style.height, stroke))
        glyph = _shaped(ink, style, rng, style.small_zeros if index >= first_small else 1.0)
        line.add(str(label), glyph, glyph.shape[0])
        zeros = index > 0 and label == labels[index - 1] == 0
        if index > 0 and rng.random() < style.joining * (1.0 if zeros else 0.25):
            line.join(stroke)
    for kind in placed.get(len(digits), ""):
        line.add(kind, *mark(kind, rng, style.height, stroke))
    return line.cut(margin)


def _zeros_from(labels: Sequence[int]) -> int:
    """Index of the first of the zeros that end a number; its length where fewer than two do."""
    n = len(labels)
    zeros = next((i for i, label in enumerate(reversed(labels)) if label), n)
    return n - zeros if 2 <= zeros < n else n


def _shaped(ink: Ink, style: Hand, rng: np.random.Generator, scale: float) -> Ink:
    """A digit cut to its ink, in the hand's size and slant."""
    x, y, w, h = _box(ink)
    cut = np.ascontiguousarray(ink[y : y + h, x : x + w])
    # A digit that lies down (a wide 2) is not made as tall as the others: it would be huge.
    tall = style.height * scale * float(np.exp(rng.normal(0, style.unevenness))) * min(1.0, 1.35 * h / w)
    up = tall / h
    across = up * style.width * float(np.exp(rng.normal(0, 0.05)))
    moments = cv2.moments(cut)
    own = -moments["mu11"] / max(moments["mu02"], 1e-6)
    lean = (0.6 * (style.slant - float(np.clip(own, -1, 1))) + rng.normal(0, 0.04)) * across
    height, width = max(3, round(tall)), max(2, int(np.ceil(w * across + abs(lean) * h)) + 2)
    matrix = np.array([[across, -lean, 1 + max(0.0, lean) * h], [0, up, 0]])
    if up < 0.6:  # shrunk so far, thin strokes would fall between the pixels
        cut = np.asarray(cv2.blur(cut, (round(1 / up), round(1 / up))), np.float32)
    # Interpolation may end a rounding above 1.
    return np.asarray(np.minimum(cv2.warpAffine(cut, matrix, (width, height)), 1), np.float32)


def _box(ink: Ink) -> Box:
    """The box of the ink above a tenth; the whole field where there is none."""
    x, y, w, h = cv2.boundingRect((ink > 0.1).astype(np.uint8))
    return (x, y, w, h) if w else (0, 0, ink.shape[1], ink.shape[0])


def _stroke(ink: Ink) -> float:
    """Width of the strokes in pixels, from how deep they are in the middle."""
    solid: Mask = (ink > 0.5).astype(np.uint8)
    depth = cv2.distanceTransform(solid, cv2.DIST_L2, cv2.DIST_MASK_3)
    area = int(solid.sum())
    # Across a stroke of w pixels depth runs 1, 2, … w/2 … 2, 1: its mean is w/4 + 1/2.
    return max(1.0, 4 * float(depth.sum()) / area - 2) if area else 1.0


class _Line:
    """A line in the making: glyphs are added from left to right, each set against the ink before it."""

    def __init__(self, style: Hand, rng: np.random.Generator, count: int) -> None:
        self.style, self.rng = style, rng
        height = int(style.height * (4.5 + abs(style.slope) * 2.5 * count))
        self.coverage = np.zeros((height, int(style.height * 2.2 * (count + 4))), np.float32)
        self.owner = np.full(self.coverage.shape, -1, np.int16)
        self.front = np.zeros(height, np.float32)  # right edge of the ink in each row
        self.base = height * 0.5 + style.height * 0.5 - np.sign(style.slope) * (height / 2 - 2.2 * style.height)
        self.glyphs: list[Glyph] = []

    def add(self, label: str, ink: Ink, above: float) -> None:
        """Put a glyph whose top is `above` pixels over the line behind the last one."""
        height, width = ink.shape
        solid = ink > 0.3
        start, wide = (self.glyphs[-1].box[0], self.glyphs[-1].box[2]) if self.glyphs else (0, 0)
        y = self.base + self.style.slope * start + self.rng.normal(0, self.style.wander) * self.style.height - above
        top = int(np.clip(round(y), 0, len(self.front) - height))
        rows = np.flatnonzero(solid.any(axis=1))
        left = solid.argmax(axis=1)[rows]
        x = self._behind(top + rows, left, label) if self.glyphs else 1
        # A dash fits above a dot, and a dot under a 7: but the next comes behind the middle of the last.
        x = int(np.clip(x, start + wide // 2, self.coverage.shape[1] - width))
        there = np.s_[top : top + height, x : x + width]
        more = ink > np.maximum(self.coverage[there], 0)
        self.owner[there][more] = len(self.glyphs)
        np.maximum(self.coverage[there], ink, out=self.coverage[there])
        right = width - solid[:, ::-1].argmax(axis=1)[rows]
        self.front[top + rows] = np.maximum(self.front[top + rows], x + right)
        self.glyphs.append(Glyph(label, _moved(_box(ink), x, top)))

    def join(self, stroke: float) -> None:
        """Draw the pen's way from the last glyph but one to the last: a sagging line between their upper halves."""
        (x, y, w, h), (next_x, next_y, _w, next_h) = (glyph.box for glyph in self.glyphs[-2:])
        ends = []
        for index, top, tall, left in (
            (len(self.glyphs) - 2, y, h, x + w / 2),
            (len(self.glyphs) - 1, next_y, next_h, 0),
        ):
            rows, columns = np.nonzero(self.owner[top : top + max(2, tall // 2)] == index)
            inner = columns > left if left else columns < next_x + _w / 2
            if not inner.any():
                return
            pick = int(self.rng.integers(0, int(inner.sum())))
            ends.append((int(columns[inner][pick]), int(rows[inner][pick]) + top))
        (x0, y0), (x1, y1) = ends
        sag = self.rng.uniform(-0.05, 0.25) * self.style.height
        t = np.linspace(0, 1, 9)
        way = np.stack([x0 + (x1 - x0) * t, y0 + (y1 - y0) * t + 4 * sag * t * (1 - t)], axis=1)
        line = np.zeros_like(self.coverage)
        cv2.polylines(
            line, [np.round(way * 8).astype(np.int32)], False, 1.0, max(1, round(0.7 * stroke)), cv2.LINE_AA, 3
        )
        line = np.clip(line, 0, 1)
        more = line > self.coverage
        half = np.arange(self.coverage.shape[1]) > (x0 + x1) / 2
        self.owner[more] = np.where(half, len(self.glyphs) - 1, len(self.glyphs) - 2)[np.nonzero(more)[1]]
        np.maximum(self.coverage, line, out=self.coverage)

    def _behind(self, rows: NDArray[np.intp], left: NDArray[np.intp], label: str) -> int:
        """x of a glyph, its ink beginning at left in rows, with the gap to the ink before it that the hand wants."""
        apart = not (label.isdigit() and self.glyphs[-1].is_digit and self.rng.random() < self.style.crowding)
        # Ink that is near above or below counts too: else a digit would slide under the bar of a 7.
        reach = 2 * round(self.style.height / 5) + 1 if apart else 3
        front: MatLike = cv2.dilate(self.front[:, None], np.ones((reach, 1), np.uint8))
        touching = float((front[rows, 0] - left).max())
        if apart:
            gap = self.style.gap * float(np.exp(self.rng.normal(0, 0.35))) * self.style.height
            return round(touching + max(2.0, gap))
        return round(touching - self.rng.exponential(0.05) * self.style.height)

    def cut(self, margin: Span) -> Writing:
        """The writing with its paper around it, other amounts on each side."""
        x, y, w, h = _box(self.coverage)
        top, bottom, left, right = (int(m) for m in self.rng.uniform(*margin, 4) * self.style.height)
        coverage = cv2.copyMakeBorder(self.coverage[y : y + h, x : x + w], top, bottom, left, right, 0, value=0)
        owner = cv2.copyMakeBorder(self.owner[y : y + h, x : x + w], top, bottom, left, right, 0, value=-1)
        glyphs = tuple(replace(glyph, box=_moved(glyph.box, left - x, top - y)) for glyph in self.glyphs)
        return Writing(np.asarray(coverage, np.float32), np.asarray(owner, np.int16), glyphs)


def _moved(box: Box, x: int, y: int) -> Box:
    return box[0] + x, box[1] + y, box[2], box[3]
