"""Forms: combs with a box for each digit, fields with captions, and boxes to tick."""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from tenfold.data.pages import contents
from tenfold.data.pages.canvas import Canvas
from tenfold.data.pages.hands import Writer
from tenfold.data.pages.sheets_lines import Pen, Rule, frame, horizontal, random_pen, random_rule, vertical
from tenfold.data.pages.sheets_marks import cross, tick
from tenfold.data.pages.sheets_writing import (
    Print,
    digit_height,
    place,
    print_text,
    random_print,
    write,
    write_middle,
)
from tenfold.data.pages.tools import Tools

_STYLES = ("closed", "teeth", "half", "separate", "underscores", "shaded", "dividers")


@dataclass(frozen=True)
class Comb:
    """A row of cells, one for each digit. gap: between separate cells; places in pixels."""

    left: float
    top: float
    across: float
    down: float
    count: int
    style: str
    rule: Rule
    gap: float = 0.0

    def middle(self, index: int) -> tuple[float, float]:
        """x, y of a cell's middle."""
        return self.left + index * (self.across + self.gap) + self.across / 2, self.top + self.down / 2

    @property
    def right(self) -> float:
        """Pixels."""
        return self.left + self.count * (self.across + self.gap) - self.gap


def random_comb(canvas: Canvas, across: float, count: int, left: float, top: float, style: str, rule: Rule) -> Comb:
    """A comb whose cells are `across` wide and of a random height."""
    rng = canvas.rng
    apart = style in ("separate", "underscores", "shaded")
    gap = float(across * rng.uniform(0.06, 0.5)) if apart else 0.0
    return Comb(left, top, across, float(across * rng.uniform(0.85, 1.7)), count, style, rule, gap)


def print_comb(canvas: Canvas, comb: Comb) -> None:
    """Print a comb's walls."""
    rule, bottom, right = comb.rule, comb.top + comb.down, comb.right
    edges = [comb.left + index * comb.across for index in range(comb.count + 1)]
    if comb.style in ("separate", "underscores", "shaded"):
        for index in range(comb.count):
            left = comb.left + index * (comb.across + comb.gap)
            if comb.style == "separate":
                frame(canvas, left, comb.top, left + comb.across, bottom, rule)
            elif comb.style == "shaded":
                canvas.rectangle(left, comb.top, left + comb.across, bottom, rule.value, 0.25 * rule.depth)
            else:
                horizontal(canvas, left, left + comb.across, bottom, rule)
        return
    top = {"teeth": 0.75, "half": 0.5}.get(comb.style, 0.0) * comb.down + comb.top
    if comb.style in ("closed", "half"):
        frame(canvas, comb.left, comb.top, right, bottom, rule)
        edges = edges[1:-1]
        rule = replace(rule, width=rule.width * canvas.rng.choice([1, 1, 0.6]))
    elif comb.style == "teeth":
        horizontal(canvas, comb.left, right, bottom, rule)
    for edge in edges:
        vertical(canvas, top, bottom, edge, rule)


def fill_comb(canvas: Canvas, comb: Comb, writer: Writer, text: str, pen: Pen, stray: float) -> None:
    """Write a text into a comb's cells, one sign each, a space for an empty one. stray: of signs from the middle of
    their cells, as a share of the cell (one standard deviation)."""
    for index, sign in enumerate(text[: comb.count]):
        x, y = comb.middle(index)
        if sign == " " or not -comb.across < x < canvas.width + comb.across:
            continue
        x += canvas.rng.normal(0, stray) * comb.across
        y += canvas.rng.normal(0, stray) * comb.down
        write_middle(canvas, writer, sign, x, y, pen)


def combs(canvas: Canvas, tools: Tools) -> None:
    """Rows of cells with a digit each, as forms have them for dates, amounts and codes."""
    rng = canvas.rng
    if rng.random() < 0.2:
        _shade(canvas)
    across = 14 * (60 / 14) ** rng.random()
    style, rule = str(rng.choice(_STYLES)), random_rule(canvas)
    top = rng.uniform(-0.3, 1.5) * across
    writer, pen, stray = _hand(canvas, tools, across)
    captions = random_print(canvas, tools, float(np.clip(across * rng.uniform(0.2, 0.5), 5, 14)))
    while top < canvas.height:
        if rng.random() < 0.2:
            writer, pen, stray = _hand(canvas, tools, across)
        count = int(rng.integers(1, max(3, 300 / across)))
        captioned = rng.random() < 0.6
        top += 1.3 * captions.height if captioned else 0
        comb = random_comb(canvas, across, count, 0, top, style, rule)
        comb = replace(comb, left=place(rng, comb.right, canvas.width, cut=0.25))
        if captioned:
            _caption(canvas, captions, comb)
        print_comb(canvas, comb)
        fill_comb(canvas, comb, writer, _comb_text(rng, count), pen, stray)
        top += comb.down + rng.uniform(0.1, 1.2) * across + (rng.uniform(0, 150) if rng.random() < 0.2 else 0)


def _hand(canvas: Canvas, tools: Tools, across: float) -> tuple[Writer, Pen, float]:
    """Who fills a comb, with what, and how far digits stray from the middle."""
    rng = canvas.rng
    height = float(np.clip(across * rng.uniform(0.5, 1.2), 8, 60))
    return tools.writer(rng, height), random_pen(canvas, height), float(rng.choice([0.03, 0.06, 0.1, 0.15]))


def _comb_text(rng: np.random.Generator, count: int) -> str:
    """Digits, flush left, flush right or everywhere, with letters now and then."""
    if rng.random() < 0.08:
        return "".join(contents.letter(rng) for _ in range(count)).upper()
    text = contents.digits(rng, count, ones=rng.choice([0.0, 0.2, 0.5]))
    blank = int(rng.integers(0, count + 1)) if rng.random() < 0.35 else 0
    if rng.random() < 0.1:
        text = "".join(" " if rng.random() < 0.4 else sign for sign in text)
    return text[: count - blank] + " " * blank if rng.random() < 0.5 else " " * blank + text[blank:]


def _shade(canvas: Canvas) -> None:
    """Tint the paper below some line, or all of it."""
    top = canvas.rng.choice([0.0, canvas.rng.uniform(0, canvas.height)])
    canvas.rectangle(0, top, canvas.width, canvas.height, canvas.ink(0.3), canvas.rng.uniform(0.05, 0.3))


def _caption(canvas: Canvas, captions: Print, comb: Comb) -> None:
    """Print small above or before a comb."""
    rng = canvas.rng
    text, height = contents.caption(rng), captions.height
    if comb.left > 3 * height and rng.random() < 0.3:
        room = comb.left - height
        print_text(canvas, captions, text, max(0, room - len(text) * height), comb.top + 0.6 * comb.down, room)
        return
    print_text(canvas, captions, text, comb.left + rng.uniform(0, height), comb.top - rng.uniform(0.25, 0.5) * height)


def form(canvas: Canvas, tools: Tools) -> None:
    """Fields with printed captions, filled by hand: on a rule, in a box, in a comb, or not at all."""
    rng = canvas.rng
    height = digit_height(rng, 9, 30)
    small = float(np.clip(height * rng.uniform(0.3, 0.8), 5, 14))
    captions = random_print(canvas, tools, small)
    writer, pen, rule = tools.writer(rng, height), random_pen(canvas, height), random_rule(canvas, thickest=2)
    row = height * rng.uniform(1.3, 1.8) + small * 1.5
    columns = np.cumsum([rng.uniform(-60, 5), *rng.uniform(5, 16, 8) * height])
    kind = rng.choice(["box", "line", "line", "bare"])
    for bottom in np.arange(rng.uniform(0.5, 1.2) * row, canvas.height + 0.5 * row, row):
        for left, right in pairwise(columns):
            if left >= canvas.width or right <= 0:
                continue
            _field(canvas, captions, writer, (left, bottom - row, right, bottom), kind, rule, pen)


def _field(
    canvas: Canvas,
    captions: Print,
    writer: Writer,
    box: tuple[float, float, float, float],
    kind: str,
    rule: Rule,
    pen: Pen,
) -> None:
    rng, small = canvas.rng, captions.height
    left, top, right, bottom = box
    if kind == "box":
        frame(canvas, left, top, right, bottom, rule)
    elif kind == "line":
        horizontal(canvas, left + small, right - small, bottom - small * 0.3, rule)
    print_text(canvas, captions, contents.caption(rng), left + small * 0.6, top + small * 1.4, right - left - small)
    baseline = bottom - writer.height * rng.uniform(-0.05, 0.25)
    if rng.random() < 0.3:
        count = max(1, int((right - left) / writer.height / 1.3))
        comb = Comb(
            left, bottom - 1.15 * writer.height, 1.2 * writer.height, 1.15 * writer.height, count, "teeth", rule
        )
        print_comb(canvas, comb)
        fill_comb(canvas, comb, writer, _comb_text(rng, count), pen, 0.07)
        return
    draw = rng.random()
    if draw > 0.8:
        return
    text = contents.name(rng) if draw < 0.2 else contents.any_number(rng)
    if 1.1 * writer.measure(text) < right - left:
        write(canvas, writer, text, left + small, baseline, pen, slope=float(rng.normal(0, 0.02)))


def check_boxes(canvas: Canvas, tools: Tools) -> None:
    """Boxes to tick, with printed captions; some hold a digit."""
    rng = canvas.rng
    size = 8 * (40 / 8) ** rng.random()
    rule, pen = random_rule(canvas, broken=0.05, thickest=2.5), random_pen(canvas, 1.5 * size)
    writer = tools.writer(rng, max(size * rng.uniform(0.6, 1.2), 7))
    captions = random_print(canvas, tools, float(np.clip(0.6 * size, 5, 16)))
    captioned, numbers = rng.random() < 0.8, rng.choice([0.0, 0.0, 0.4])
    step = size * rng.uniform(1.2, 3)
    pitch = max(step, rng.uniform(0.3, 1) * canvas.width) if captioned else step
    columns = np.arange(rng.uniform(-1, 2) * size, canvas.width, pitch)
    for top in np.arange(rng.uniform(-0.5, 1) * size, canvas.height, step):
        for left in columns:
            frame(canvas, left, top, left + size, top + size, rule)
            if captioned:
                print_text(
                    canvas, captions, contents.caption(rng), left + 1.4 * size, top + 0.8 * size, pitch - 1.8 * size
                )
            x, y = left + size * rng.normal(0.5, 0.08), top + size * rng.normal(0.5, 0.08)
            if rng.random() < numbers:
                write_middle(canvas, writer, contents.digits(rng, 1), x, y, pen)
            elif rng.random() < 0.5:
                draw = tick if rng.random() < 0.5 else cross
                draw(canvas, pen, x, y, size * rng.uniform(0.5, 1.3))
