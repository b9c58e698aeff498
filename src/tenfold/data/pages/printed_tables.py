"""Columns of printed numbers: invoices, receipts, timetables, calendars, and windows on a screen."""

from collections.abc import Callable

import numpy as np

from tenfold.data.pages import words
from tenfold.data.pages.canvas import Canvas
from tenfold.data.pages.printing import MOST_MARKS, Style, flow, ground_of, ink_on, log_uniform, panel, rule
from tenfold.data.pages.tools import Tools


def invoice(canvas: Canvas, tools: Tools) -> None:
    """Rows of an item's name and numbers in columns, right aligned, with or without rules."""
    rng, ground = canvas.rng, ground_of(canvas)
    height = log_uniform(rng, 7, 28)
    style = Style(tools.fonts.pick(rng, "text"), height, ink_on(rng, ground, height))
    y = rng.uniform(-10, 20)
    if rng.random() < 0.5:
        y = _heading(canvas, tools, style, y)
    _table(canvas, style, (rng.uniform(-10, 14), y, canvas.width - rng.uniform(-10, 14), canvas.height), ground)


def _heading(canvas: Canvas, tools: Tools, style: Style, y: float) -> float:
    """A title, an address, a date. Returns the y below."""
    rng = canvas.rng
    for _ in range(rng.integers(1, 5)):
        height = style.height * rng.uniform(1, 1.8)
        head = Style(tools.fonts.pick(rng, "text") if rng.random() < 0.2 else style.font, height, style.value)
        texts = (
            words.name(rng),
            f"{words.name(rng)} {words.whole(rng)}",
            words.date(rng),
            words.phone(rng),
            words.code(rng),
        )
        y += height * 1.6
        head.put(canvas, words.pick(rng, texts), rng.uniform(2, 40), y)
    return y + style.height


def _column(rng: np.random.Generator) -> Callable[[], str]:
    """What fills one column: numbers of one kind."""
    kind = int(rng.integers(6))
    most, places, point = int(rng.integers(1, 5)), int(rng.integers(1, 4)), ".,"[rng.integers(2)]
    minus = rng.random() < 0.15
    if kind < 3:
        return lambda: ("-" if minus and rng.random() < 0.5 else "") + words.decimal(rng, most, places, point)
    if kind == 3:
        return lambda: words.whole(rng, most)
    return (lambda: words.clock(rng)) if kind == 4 else lambda: words.date(rng)


def _table(canvas: Canvas, style: Style, box: tuple[float, float, float, float], ground: float) -> None:
    """A names' column and columns of numbers, as many as have room."""
    rng = canvas.rng
    left, top, right, bottom = box
    height, pitch = style.height, style.height * rng.uniform(1.6, 2.8)
    named = right - left > height * 9 and rng.random() < 0.8
    label_width = float(rng.uniform(4, 9)) * height if named else 0.0
    widths, fills = _columns(rng, style, right - left - label_width)
    edges = left + label_width + np.cumsum(widths)
    thick = int(rng.integers(0, 3))
    across, down, banded = thick and rng.random() < 0.7, thick and rng.random() < 0.4, rng.random() < 0.2
    faint = style.value + (ground - style.value) * rng.uniform(0, 0.6)
    y, row = top, 0
    while y < bottom and len(canvas.marks) < MOST_MARKS:
        if banded and row % 2:
            canvas.rectangle(left, y, right, y + pitch, ground * 0.9 if ground > 0.4 else ground + 0.06)
        if across:
            rule(canvas, left, y, right, faint, thick)
        baseline = y + (pitch + height) / 2
        if named:
            style.put(canvas, style.fit(words.name(rng), label_width - height * 0.4), left + 3, baseline)
        for edge, width, fill in zip(edges, widths, fills, strict=True):
            text = fill() if rng.random() < 0.95 else ""
            # Now and then a number is longer than those that its column's width was taken from.
            if text and style.width(text) < width - height * 0.5:
                style.put(canvas, text, edge - height * 0.35, baseline, "right")
        y, row = y + pitch, row + 1
    if down:
        for edge in (left + label_width, *edges):
            canvas.rectangle(edge, top, round(edge) + thick, y, faint)


def _columns(rng: np.random.Generator, style: Style, room: float) -> tuple[list[float], list[Callable[[], str]]]:
    """Widths in pixels and contents of the columns that have room side by side; at least one."""
    widths: list[float] = []
    fills: list[Callable[[], str]] = []
    while len(fills) < 7:
        fill = _column(rng)
        width = max(style.width(fill()) for _ in range(6)) + style.height * rng.uniform(1.2, 2.5)
        if fills and sum(widths) + width > room:
            break
        widths.append(float(width))
        fills.append(fill)
    return widths, fills


def receipt(canvas: Canvas, tools: Tools) -> None:
    """A narrow slip: a shop's name, items with their prices at the right, a total, a date, a code."""
    rng, ground = canvas.rng, ground_of(canvas)
    height = log_uniform(rng, 7, 22)
    ink = ink_on(rng, ground, height)
    style = Style(tools.fonts.pick(rng, "text"), height, ink)
    left, right = rng.uniform(-10, 40), canvas.width - rng.uniform(-10, 60)
    y, pitch = rng.uniform(-5, 30), height * rng.uniform(1.45, 2.2)
    point = ".,"[rng.integers(2)]
    while y < canvas.height + pitch and len(canvas.marks) < MOST_MARKS:
        y += pitch
        said = rng.random()
        if said < 0.72:
            amount = words.decimal(rng, int(rng.integers(1, 4)), 2, point)
            start = right - style.width(amount)
            count = f"{words.whole(rng, 2)} " if rng.random() < 0.2 else ""
            style.put(canvas, style.fit(count + words.name(rng), start - left - height), left, y)
            style.put(canvas, amount, start, y)
        elif said < 0.82:
            large = Style(style.font, height * rng.uniform(1.1, 1.6), ink)
            y += large.height - height
            amount = words.decimal(rng, 4, 2, point)
            start = right - large.width(amount)
            label = words.pick(rng, ("TOTAL", "Total", "SUMME", "Sum", "EUR", "CASH", "Tax"))
            large.put(canvas, large.fit(label, start - left - height), left, y)
            large.put(canvas, amount, start, y)
        elif said < 0.9:
            texts = (words.date(rng), words.clock(rng), words.phone(rng), words.name(rng), words.code(rng))
            style.put(canvas, words.pick(rng, texts), (left + right) / 2, y, "middle")
        elif said < 0.95:
            style.put(canvas, style.fit(words.pick(rng, "-=*.") * 60, right - left), left, y)
        else:
            y += pitch * rng.random()


def timetable(canvas: Canvas, tools: Tools) -> None:
    """Places at the left and times in columns, or hours with the minutes of departures."""
    rng, ground = canvas.rng, ground_of(canvas)
    height = log_uniform(rng, 7, 24)
    style = Style(tools.fonts.pick(rng, "text"), height, ink_on(rng, ground, height))
    pitch, left = height * rng.uniform(1.6, 2.4), rng.uniform(-5, 15)
    hourly, point = rng.random() < 0.4, ":."[rng.integers(2)]
    label = height * (2.5 if hourly else rng.uniform(4, 9))
    step = style.width("00 " if hourly else "00:00 ") + height * rng.uniform(0.1, 1.0)
    ruled, banded = rng.random() < 0.5, rng.random() < 0.3
    y, hour = rng.uniform(-5, 30), int(rng.integers(0, 12))
    while y < canvas.height and len(canvas.marks) < MOST_MARKS:
        if banded and hour % 2:
            canvas.rectangle(0, y, canvas.width, y + pitch, ground * 0.88)
        if ruled:
            rule(canvas, left, y, canvas.width, ground + (style.value - ground) * 0.6)
        baseline = y + (pitch + height) / 2
        style.put(
            canvas, f"{hour % 24:02}" if hourly else style.fit(words.name(rng), label - height * 0.5), left, baseline
        )
        minutes = sorted(rng.integers(0, 60, 12))
        for at, x in enumerate(np.arange(left + label, canvas.width, step)[: int(rng.integers(2, 12))]):
            text = f"{minutes[at]:02}" if hourly else f"{(hour + at) % 24:02}{point}{minutes[-at]:02}"
            style.put(canvas, text, float(x), baseline)
        y, hour = y + pitch, hour + 1


def calendar(canvas: Canvas, tools: Tools) -> None:
    """One month or a part of several: the days of the week, and their numbers in rows of seven."""
    rng, ground = canvas.rng, ground_of(canvas)
    cell = log_uniform(rng, 18, 60)
    high = cell * rng.uniform(0.7, 1.2)
    height = min(high, cell) * rng.uniform(0.3, 0.5)
    style = Style(tools.fonts.pick(rng, "any" if height > 14 else "text"), height, ink_on(rng, ground, height))
    head = Style(style.font, height * rng.uniform(0.7, 1.0), ink_on(rng, ground, height))
    ruled, corner = rng.random() < 0.5, rng.random() < 0.4
    for left in np.arange(rng.uniform(-cell, 20), canvas.width, cell * 7.6):
        for top in np.arange(rng.uniform(-high, 20), canvas.height, high * 8.5):
            if len(canvas.marks) < MOST_MARKS:
                _month(canvas, (style, head), (float(left), float(top), cell, high), ruled, corner)


def _month(
    canvas: Canvas, styles: tuple[Style, Style], place: tuple[float, float, float, float], ruled: bool, corner: bool
) -> None:
    """One month at left, top with cells so wide and high; corner: days stand in their cells' upper right corners."""
    rng = canvas.rng
    style, head = styles
    left, top, cell, high = place
    head.put(canvas, words.date(rng), left + cell * 3.5, top + high * 0.7, "middle")
    for day, text in enumerate("MTWTFSS" if rng.random() < 0.5 else ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")):
        head.put(canvas, text, left + cell * (day + 0.5), top + high * 1.6, "middle")
    first = int(rng.integers(7))
    for day in range(1, int(rng.integers(29, 33))):
        row, column = divmod(first + day - 1, 7)
        x, y = left + column * cell, top + (row + 1.9) * high
        if ruled:
            rule(canvas, x, y, x + cell, style.value)
            canvas.rectangle(x, y, round(x) + 1, y + high, style.value)
        if corner:
            style.put(canvas, str(day), x + cell * 0.9, y + style.height + 3, "right")
        else:
            style.put(canvas, str(day), x + cell / 2, y + (high + style.height) / 2, "middle")


def screen(canvas: Canvas, tools: Tools) -> None:
    """A screen's windows: a bar with a title, buttons, fields, a table, light on dark or dark on light."""
    rng = canvas.rng
    ground = float(rng.uniform(0, 0.25) if rng.random() < 0.6 else rng.uniform(0.85, 1))
    panel(canvas, (0, 0, canvas.width, canvas.height), ground)
    height = log_uniform(rng, 7, 20)
    font = tools.fonts.pick(rng, "text")
    style = Style(font, height, ink_on(rng, ground, height, 0.6))
    bar = float(np.clip(ground + rng.uniform(-0.25, 0.25), 0, 1))
    y = rng.uniform(0, 12)
    canvas.rectangle(0, y, canvas.width, y + height * 2.2, bar)
    title = Style(font, height, ink_on(rng, bar, height, 0.6))
    title.put(canvas, words.name(rng, 1, 4), rng.uniform(4, 30), y + height * 1.6)
    y += height * 3.2
    while y < canvas.height:
        said = rng.random()
        if said < 0.35:
            y = _buttons(canvas, font, ground, y, height)
        elif said < 0.65:
            bottom = y + height * rng.uniform(5, 16)
            _table(canvas, style, (rng.uniform(4, 30), y, canvas.width - rng.uniform(0, 30), bottom), ground)
            y = bottom + height * 2.5
        else:
            text = words.tokens(rng, int(rng.integers(3, 25)), 0.2)
            y = flow(canvas, style, text, (rng.uniform(4, 40), y, canvas.width - 4, canvas.height), 1.7) + height


def _buttons(canvas: Canvas, font: str, ground: float, y: float, height: float) -> float:
    """A row of buttons and fields. Returns the y below."""
    rng = canvas.rng
    x = rng.uniform(4, 20)
    while x < canvas.width:
        value = float(np.clip(ground + rng.choice([-1, 1]) * rng.uniform(0.1, 0.7), 0, 1))
        style = Style(font, height, ink_on(rng, value, height, 0.6))
        text = words.number(rng) if rng.random() < 0.4 else words.name(rng, 1, 2)
        right = x + style.width(text) + height * 1.6
        border = float(rng.uniform(0, 1)) if rng.random() < 0.3 else None
        panel(canvas, (x, y, right, y + height * 2.2), value, border)
        style.put(canvas, text, x + height * 0.8, y + height * 1.6)
        x = right + rng.uniform(4, 20)
    return y + height * 3.4
