"""Sheets of printed text: newspapers, book pages, labels and posters."""

import numpy as np

from tenfold.data.pages import words
from tenfold.data.pages.canvas import Canvas
from tenfold.data.pages.fonts import Kind
from tenfold.data.pages.printing import (
    MOST_MARKS,
    Align,
    Style,
    flow,
    ground_of,
    ink_on,
    log_uniform,
    panel,
    rule,
)
from tenfold.data.pages.tools import Tools

_ALONE: tuple[Kind, ...] = ("any", "digits", "text", "hand", "segments")
_ALIGNMENTS: tuple[Align, ...] = ("left", "left", "left", "middle", "right")


def newspaper(canvas: Canvas, tools: Tools) -> None:
    """Columns of text with headlines and numbers, as a camera cuts them out of a larger page."""
    rng, ground = canvas.rng, ground_of(canvas)
    height = log_uniform(rng, 6.5, 22)
    body = Style(tools.fonts.pick(rng, "text"), height, ink_on(rng, ground, height))
    head_font = tools.fonts.pick(rng, "text") if rng.random() < 0.6 else body.font
    wide = height * rng.uniform(11, 28)
    gutter = height * rng.uniform(0.8, 2.5)
    leading, numbers = rng.uniform(1.5, 2.2), rng.choice([0.0, 0.05, 0.15, 0.3])
    ruled = rng.random() < 0.4
    x = -rng.uniform(0, wide)
    while x < canvas.width:
        y = rng.uniform(-20, 30)
        while y < canvas.height:
            y = _article(canvas, body, head_font, (x, y, x + wide), leading, numbers)
        if ruled:
            canvas.rectangle(x + wide + gutter / 2, 0, round(x + wide + gutter / 2) + 1, canvas.height, body.value)
        x += wide + gutter


def _article(
    canvas: Canvas, body: Style, head_font: str, place: tuple[float, float, float], leading: float, numbers: float
) -> float:
    """A headline, maybe, and a paragraph below it, from left, top to right. Returns the y below."""
    rng = canvas.rng
    left, top, right = place
    if rng.random() < 0.4:
        height = body.height * rng.uniform(1.3, 3.0)
        head = Style(head_font, height, body.value)
        title = words.tokens(rng, int(rng.integers(2, 7)), 0.12)
        top = flow(canvas, head, title, (left, top, right, canvas.height), rng.uniform(1.4, 1.8)) + height * 0.5
    text = words.tokens(rng, int(rng.integers(15, 70)), numbers if len(canvas.marks) < MOST_MARKS / 2 else 0.0)
    return flow(canvas, body, text, (left, top, right, canvas.height + body.height), leading) + body.height * 1.2


def text_page(canvas: Canvas, tools: Tools) -> None:
    """A page of letters alone, or of text with numbers in it, from tiny to huge."""
    rng, ground = canvas.rng, ground_of(canvas)
    height = log_uniform(rng, 6, 60)
    numbers = 0.0 if rng.random() < 0.5 else rng.uniform(0.05, 0.5)
    kind: Kind = "any" if height > 14 else "text"
    style = Style(tools.fonts.pick(rng, kind), height, ink_on(rng, ground, height), _tracking(rng, height))
    align = _ALIGNMENTS[rng.integers(len(_ALIGNMENTS))]
    margin, leading = rng.uniform(-20, 30), rng.uniform(1.4, 2.4)
    y = rng.uniform(-height, 30)
    while y < canvas.height:
        text = words.tokens(rng, int(rng.integers(10, 90)), numbers if len(canvas.marks) < MOST_MARKS / 2 else 0.0)
        if rng.random() < 0.1:
            text = [token.upper() for token in text]
        y = flow(canvas, style, text, (margin, y, canvas.width - margin, canvas.height + height), leading, align)
        y += height * rng.uniform(0.3, 1.5)


def _tracking(rng: np.random.Generator, height: float) -> float:
    """Mostly none; else some of a character's width."""
    return float(height * rng.uniform(-0.02, 0.3)) if rng.random() < 0.15 else 0.0


def poster(canvas: Canvas, tools: Tools) -> None:
    """A few lines of quite different sizes below each other, on panels or on the bare ground."""
    rng, ground = canvas.rng, ground_of(canvas)
    align = _ALIGNMENTS[rng.integers(len(_ALIGNMENTS))]
    x = {"left": rng.uniform(4, 40), "middle": rng.uniform(100, 156), "right": rng.uniform(210, 250)}[align]
    y, numbers = rng.uniform(-10, 40), rng.choice([0.0, 0.4, 0.7])
    while y < canvas.height:
        height = log_uniform(rng, 8, 60)
        font = tools.fonts.pick(rng, "any" if height > 16 else "text")
        text = words.number(rng) if rng.random() < numbers else words.name(rng)
        under = ground
        if rng.random() < 0.2:
            under = float(rng.uniform(0, 1))
            panel(canvas, (0, y - height * 0.3, canvas.width, y + height * 1.4), under)
        style = Style(font, height, ink_on(rng, under, height), _tracking(rng, height))
        style.put(canvas, style.fit(text, canvas.width * 1.1), x, y + height, align)
        y += height * rng.uniform(1.6, 2.4) + 4


def labels(canvas: Canvas, tools: Tools) -> None:
    """Price tags and product labels: panels with a name, small print, a large price, a bar code and its number."""
    rng, ground = canvas.rng, ground_of(canvas)
    columns, rows = int(rng.integers(1, 4)), int(rng.integers(1, 4))
    wide, high = canvas.width / columns, canvas.height / rows
    font, second = tools.fonts.pick(rng, "text"), tools.fonts.pick(rng, "any" if rows < 3 else "text")
    for row in range(rows):
        for column in range(columns):
            if rng.random() < 0.1:
                continue
            value = float(rng.uniform(0.55, 1)) if rng.random() < 0.75 else float(rng.uniform(0, 0.3))
            gap = rng.uniform(2, 0.08 * min(wide, high) + 3)
            box = (column * wide + gap, row * high + gap, (column + 1) * wide - gap, (row + 1) * high - gap)
            panel(canvas, box, value, ground * rng.uniform(0.1, 0.9) if rng.random() < 0.5 else None)
            _label(canvas, (font, second), box, value)


def _label(canvas: Canvas, fonts: tuple[str, str], box: tuple[float, float, float, float], ground: float) -> None:
    """What stands on one label, from top to bottom."""
    rng = canvas.rng
    left, top, right, bottom = box
    left, right = left + 4, right - 4
    room = right - left
    height = float(np.clip(room * rng.uniform(0.06, 0.12), 7, 20))
    small = Style(fonts[0], height, ink_on(rng, ground, height))
    y = top + 4
    said = words.tokens(rng, int(rng.integers(1, 9)), 0.15)
    y = flow(canvas, small, said, (left, y, right, min(bottom - 4, top + (bottom - top) * 0.45)), 1.6) + 5
    large_height = float(min((bottom - y) * rng.uniform(0.4, 0.7), 60))
    text = words.price(rng) if rng.random() < 0.7 else words.quantity(rng)
    large_height = min(large_height, large_height * room / max(Style(fonts[1], large_height, 0).width(text), 1))
    if large_height > 7:
        large = Style(fonts[1], large_height, ink_on(rng, ground, large_height))
        x = left + (room - large.width(text)) * rng.random()
        large.put(canvas, text, x, y + large_height)
        y += large_height + 6
    if bottom - y > 28 and rng.random() < 0.7:
        _bar_code(canvas, small, (left, y, right, bottom - 3))


def _bar_code(canvas: Canvas, style: Style, box: tuple[float, float, float, float]) -> None:
    """Bars, and the number that they stand for below them."""
    rng = canvas.rng
    left, top, right, bottom = box
    height = min(style.height, 11)
    text = words.digits(rng, int(rng.integers(6, 14)))
    x = left
    while x < right - 3:
        bar = int(rng.integers(1, 4))
        canvas.rectangle(x, top, round(x) + bar, bottom - height - 3, style.value)
        x += bar + int(rng.integers(1, 4))
    number = Style(style.font, height, style.value)
    number.put(canvas, number.fit(text, right - left), left, bottom - 1)


def number_alone(canvas: Canvas, tools: Tools) -> None:
    """A printed number of 1 to 12 digits, as wide as the page or less, sometimes in two or three lines."""
    rng, ground = canvas.rng, ground_of(canvas)
    font = tools.fonts.pick(rng, _ALONE[rng.integers(len(_ALONE))])
    lines = int(rng.choice([1, 1, 1, 2, 3]))
    y = rng.uniform(5, 190) if lines == 1 else rng.uniform(5, 40)
    for _ in range(lines):
        count = int(rng.integers(1, 13))
        text = words.digits(rng, count)
        if count > 3 and rng.random() < 0.25:
            text = text[: count // 2] + words.pick(rng, ".-:") + text[count // 2 :]
        tracking = rng.uniform(0, 8) if rng.random() < 0.2 else 0.0
        wide = Style(font, 60, 0).width(text) / 60
        height = min(60.0, (canvas.width - 10 - tracking * count) * rng.uniform(0.7, 1.05) / wide)
        style = Style(font, height, ink_on(rng, ground, height), tracking)
        style.put(canvas, text, rng.uniform(2, max(canvas.width - style.width(text) - 2, 3)), y + height)
        if rng.random() < 0.1:
            rule(canvas, 0, y + height * 1.3, canvas.width, style.value, int(rng.integers(1, 4)))
        y += height * rng.uniform(1.3, 2.0)
