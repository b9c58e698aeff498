"""Tables filled by hand: marks, measurements, grades and names in rows and columns, ruled or not."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tenfold.data.pages import contents
from tenfold.data.pages.canvas import Canvas
from tenfold.data.pages.hands import Writer
from tenfold.data.pages.sheets_lines import Pen, Rule, frame, horizontal, random_pen, random_rule, vertical
from tenfold.data.pages.sheets_marks import cross, dash, plus, tick
from tenfold.data.pages.sheets_writing import Print, digit_height, print_text, random_print, write
from tenfold.data.pages.tools import Tools

_SIGNS = 150
"""About as many signs as are written on a page at most."""

_KINDS: Mapping[str, tuple[float, Callable[[np.random.Generator], str]]] = {
    "mark": (2.5, lambda rng: contents.number(rng, 2)),
    "one": (1.5, lambda rng: contents.digits(rng, 1)),
    "three": (3.4, lambda rng: contents.number(rng, 3)),
    "decimal": (4.2, lambda rng: f"{contents.number(rng, 2)}{contents.choice(rng, '..,')}{contents.digits(rng, 1)}"),
    "raised": (3.4, lambda rng: f"{contents.number(rng, 2)}·{contents.digits(rng, 1)}"),
    "grade": (2.0, contents.grade),
    "name": (7.0, contents.name),
    "code": (5.0, lambda rng: contents.digits(rng, int(rng.integers(3, 6)), ones=0.1)),
    "date": (6.0, contents.date),
    "number": (1.6, lambda rng: contents.number(rng, 2)),
    "sign": (1.5, lambda rng: ""),
}
"""What a column may hold: its width in heights of a digit, and a random entry. "number" is printed, a "sign" drawn."""

_SHARES = {"mark": 6, "one": 4, "three": 4, "decimal": 4, "raised": 1, "grade": 1.2, "code": 1, "date": 0.5, "sign": 1}


@dataclass(frozen=True)
class _Grid:
    """edges of columns and rows, pixels; kinds: what each column holds."""

    columns: NDArray[np.float64]
    rows: NDArray[np.float64]
    kinds: list[str]


@dataclass(frozen=True)
class _Habits:
    """How a table is filled. empty, dashed: shares of cells; align: "left", "right" or "middle"; stray: pixels; header:
    of the first row, "printed", "written" or "none"."""

    empty: float
    dashed: float
    align: str
    stray: float
    slope: float
    header: str


def table(canvas: Canvas, tools: Tools) -> None:
    """A table with 2 to 16 columns and 2 to 15 rows, as much of it as the page shows."""
    rng = canvas.rng
    height = digit_height(rng, 8, 34)
    grid = _random_grid(rng, height)
    writer, pen = tools.writer(rng, height), random_pen(canvas, height)
    rule = random_rule(canvas, broken=0.15)
    if rng.random() < 0.12:
        for top in grid.rows[:-1:2]:
            tall = grid.rows[1] - grid.rows[0]
            canvas.rectangle(grid.columns[0], top, grid.columns[-1], top + tall, rule.value, 0.2 * rule.depth)
    _print_rules(canvas, grid, rule)
    habits = _Habits(
        empty=float(rng.choice([0.0, 0.1, 0.4])),
        dashed=float(rng.choice([0.0, 0.0, 0.15])),
        align=str(rng.choice(["left", "right", "middle"])),
        stray=height * rng.uniform(0.02, 0.15),
        slope=float(rng.normal(0, 0.015)),
        header=str(rng.choice(["printed", "written", "none", "none"])),
    )
    _fill(canvas, random_print(canvas, tools, min(0.65 * height, 14)), grid, writer, pen, habits)


def _random_grid(rng: np.random.Generator, height: float) -> _Grid:
    """A grid that covers a good part of the page, or more than the page."""
    count = int(rng.integers(2, 17))
    names = list(_SHARES)
    shares = np.array(list(_SHARES.values()))
    pool = rng.choice(names, rng.integers(1, 4), p=shares / shares.sum())
    kinds = [str(kind) for kind in rng.choice(pool, count)]
    if rng.random() < 0.4:
        kinds[0] = str(rng.choice(["name", "number"]))
        if kinds[0] == "number" and rng.random() < 0.6:
            kinds[1] = "name"
    room = rng.uniform(1.0, 1.7)
    widths = np.array([_KINDS[kind][0] for kind in kinds]) * height * 0.75 * room
    if rng.random() < 0.5:
        widths[:] = np.where([kind == "name" for kind in kinds], widths, widths[1:].max())
    tall = height * rng.uniform(1.05, 2.2)
    rows = int(rng.integers(2, 16))
    left = rng.uniform(-0.35 * widths.sum(), 60) if rng.random() < 0.5 else rng.uniform(-5, 40)
    top = rng.uniform(-0.5 * rows * tall, 60) if rng.random() < 0.3 else rng.uniform(-5, 40)
    return _Grid(left + np.cumsum([0, *widths]), top + np.arange(rows + 1, dtype=np.float64) * tall, kinds)


def _print_rules(canvas: Canvas, grid: _Grid, rule: Rule) -> None:
    """Print the lines that a table has: all, some or none."""
    rng = canvas.rng
    kind = rng.choice(["all", "rows", "columns", "outer", "none"], p=[0.5, 0.15, 0.1, 0.05, 0.2])
    left, right, top, bottom = grid.columns[0], grid.columns[-1], grid.rows[0], grid.rows[-1]
    if kind in ("all", "rows"):
        for y in grid.rows:
            horizontal(canvas, left, right, y, rule)
    if kind in ("all", "columns"):
        for x in grid.columns:
            vertical(canvas, top, bottom, x, rule)
    bold = replace(rule, style="plain", width=rule.width * rng.uniform(1, 2))
    if kind == "outer" or (kind == "all" and rng.random() < 0.4):
        frame(canvas, left, top, right, bottom, bold)
    if kind != "none" and rng.random() < 0.4:
        horizontal(canvas, left, right, grid.rows[1], bold)


def _fill(canvas: Canvas, captions: Print, grid: _Grid, writer: Writer, pen: Pen, habits: _Habits) -> None:
    rng = canvas.rng
    height, tall = writer.height, grid.rows[1] - grid.rows[0]
    written = 0
    for number, top in enumerate(grid.rows[:-1]):
        baseline = top + (tall + height) / 2 + rng.normal(0, 0.06) * height
        if not 0 < baseline < canvas.height + height:
            continue
        for kind, left, right in zip(grid.kinds, grid.columns, grid.columns[1:], strict=False):
            if right < 0 or left > canvas.width:
                continue
            if number == 0 and habits.header != "none":
                _write_header(canvas, captions, writer, left, right, baseline, pen, habits)
            elif kind == "number":
                print_text(canvas, captions, f"{number + 1}{contents.choice(rng, ['', '.'])}", left + 3, baseline)
            elif kind == "name" or (rng.random() >= habits.empty and written < _SIGNS):
                written += _write_entry(canvas, writer, kind, left, right, baseline, pen, habits)


def _write_header(
    canvas: Canvas,
    captions: Print,
    writer: Writer,
    left: float,
    right: float,
    baseline: float,
    pen: Pen,
    habits: _Habits,
) -> None:
    text = contents.word(canvas.rng)[: max(2, int(1.4 * (right - left) / writer.height))]
    if habits.header == "printed":
        print_text(canvas, captions, text, left + 2, baseline, right - left)
    elif len(text) > 2:
        write(canvas, writer, text, left + 2, baseline, pen, height=0.7 * writer.height)


def _write_entry(
    canvas: Canvas, writer: Writer, kind: str, left: float, right: float, baseline: float, pen: Pen, habits: _Habits
) -> int:
    """Write one cell. Returns how many signs."""
    rng = canvas.rng
    middle, height = (left + right) / 2, writer.height
    if kind == "sign" or rng.random() < habits.dashed:
        sign = (tick, cross, plus, dash)[rng.integers(4)] if kind == "sign" else dash
        sign(canvas, pen, middle, baseline - height / 2, height * rng.uniform(0.4, 0.9))
        return 1
    text = _KINDS[kind][1](rng)
    if kind == "name" and 1.1 * writer.measure(text) > right - left:
        text = text.split()[0][: max(3, int(1.2 * (right - left) / height))]
    # Who has little room writes small.
    height *= float(min(1, rng.uniform(0.85, 1.1) * (right - left) / (writer.measure(text) + 1)))
    width = writer.measure(text, height)
    start = {"left": left + 0.15 * height, "right": right - width - 0.15 * height}.get(habits.align, middle - width / 2)
    start += rng.normal(0, 1) * habits.stray
    baseline += rng.normal(0, 0.5) * habits.stray
    write(canvas, writer, text, start, baseline, pen, height=height, slope=habits.slope)
    return len(text)
