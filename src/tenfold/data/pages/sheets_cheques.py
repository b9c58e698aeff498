"""Amounts of money as cheques and vouchers have them: on patterns that make them hard to forge, often cut close."""

from dataclasses import replace

import numpy as np

from tenfold.data.pages import contents
from tenfold.data.pages.canvas import Canvas
from tenfold.data.pages.sheets_grounds import clouds, security
from tenfold.data.pages.sheets_lines import (
    Pen,
    frame,
    freehand,
    horizontal,
    random_pen,
    random_rule,
    vertical,
)
from tenfold.data.pages.sheets_writing import crowd, place, print_text, random_print, write
from tenfold.data.pages.tools import Tools


def cheque(canvas: Canvas, tools: Tools) -> None:
    """Part of a cheque: the amount in digits, the amount in words, a date, a name, a signature."""
    rng = canvas.rng
    security(canvas, rng.uniform(0.05, 0.35))
    height = float(rng.uniform(16, 48))
    writer, pen = tools.writer(rng, height), _dark_pen(canvas, height)
    rule = random_rule(canvas, broken=0.1, thickest=2)
    small = float(rng.uniform(6, 13))
    captions = random_print(canvas, tools, small)
    y = rng.uniform(0.2, 1.6) * height
    while y < canvas.height + height:
        left = rng.uniform(-30, 80)
        draw = rng.random()
        if draw < 0.45:
            _amount(canvas, tools, (left, y, rng.uniform(170, 300)), pen, height)
        elif draw < 0.85:
            horizontal(canvas, left, canvas.width * rng.uniform(0.6, 1.2), y + 0.15 * height, rule)
            print_text(canvas, captions, contents.caption(rng), left, y + 0.15 * height + 1.4 * small)
            text = contents.date(rng) if draw < 0.55 else " ".join(contents.word(rng) for _ in range(3))
            write(canvas, writer, text, left + height, y, pen, height=0.75 * height)
        else:
            end = left + rng.uniform(2, 5) * height
            writer.scribble(canvas, left, y - height, end, y + 0.3 * height, pen.value, pen.depth)
        y += height * rng.uniform(1.4, 2.6) + small


def strip(canvas: Canvas, tools: Tools) -> None:
    """Two to five amounts, each cut out close to its digits, with nothing around."""
    rng = canvas.rng
    security(canvas, rng.uniform(0.05, 0.4))
    paper = float(canvas.tone.mean())
    bare = rng.choice([0.0, 1.0, paper, paper, rng.uniform(0, 1)])
    count = int(rng.integers(2, 6))
    edges = [0.0]
    for slot in range(count):
        room = (canvas.height - edges[-1]) / (count - slot)
        height = float(min(90, room * rng.uniform(0.4, 0.9)))
        margin = rng.uniform(0, 0.5, 2) * height
        text = contents.amount(rng)
        writer = tools.writer(rng, height)
        height = float(min(height, 0.85 * canvas.width * height / writer.measure(text)))
        top = edges[-1] + place(rng, height + margin.sum(), room, cut=0)
        bottom = top + height + margin.sum()
        _edges(canvas, top, bottom)
        if rng.random() < 0.6:
            crowd(writer, rng)
        left = place(rng, 1.1 * writer.measure(text, height), canvas.width, cut=0)
        end = write(canvas, writer, text, left, top + margin[0] + height, _dark_pen(canvas, height), height=height)
        if rng.random() < 0.6:
            before, behind = rng.uniform(-0.02, 0.4, 2) * height
            canvas.rectangle(0, top, left - before, bottom, bare)
            canvas.rectangle(end + behind, top, canvas.width, bottom, bare)
        edges += [top, bottom]
    for upper, lower in zip(edges[::2], [*edges[1::2], canvas.height], strict=True):
        canvas.rectangle(0, upper, canvas.width, lower, bare)


def amounts(canvas: Canvas, tools: Tools) -> None:
    """Amounts one below the other, large, on a pattern or on bare paper."""
    rng = canvas.rng
    if rng.random() < 0.6:
        security(canvas, rng.uniform(0.05, 0.35))
    elif rng.random() < 0.4:
        hills = clouds(rng, canvas.height, canvas.width, 3)
        canvas.cover(np.clip(np.float32(0.1) + hills * np.float32(0.1), 0, 0.4), 0, 0, canvas.ink(0.3))
    # Small pictures show a smaller part, and its digits somewhat smaller.
    least, most = 20 * max(0.5, canvas.height / 256), min(60, 0.8 * canvas.height)
    y = rng.uniform(0.9, 2.0) * 1.5 * least
    while y < canvas.height + least:
        height = float(least * (most / least) ** rng.random())
        left, right = canvas.width * rng.uniform(-0.08, 0.27), canvas.width * rng.uniform(0.5, 1.2)
        _amount(canvas, tools, (left, y, right), _dark_pen(canvas, height), height)
        y += height * rng.uniform(1.2, 2.2) + 0.6 * least


def _dark_pen(canvas: Canvas, height: float) -> Pen:
    """A pen that a pattern below does not hide."""
    pen = random_pen(canvas, height, least=0.5)
    return replace(pen, depth=max(pen.depth, 0.7))


def _amount(canvas: Canvas, tools: Tools, line: tuple[float, float, float], pen: Pen, height: float) -> None:
    """An amount in its field, with a printed currency before it. line: left, baseline, right of the field."""
    rng = canvas.rng
    left, y, right = line
    rule = random_rule(canvas, broken=0.1, thickest=3)
    draw = rng.random()
    if draw < 0.4:
        pad = height * rng.uniform(0.05, 0.4)
        if rng.random() < 0.3:
            canvas.rectangle(left, y - height - pad, right, y + pad, rng.uniform(0.8, 1), 0.6)
        frame(canvas, left, y - height - pad, right, y + pad, rule)
    elif draw < 0.7:
        horizontal(canvas, left, right, y + height * rng.uniform(-0.03, 0.25), rule)
    writer = tools.writer(rng, height)
    start = left + rng.uniform(0.05, 0.5) * height
    if rng.random() < 0.35:
        currency = random_print(canvas, tools, 0.6 * height)
        start = print_text(canvas, currency, contents.choice(rng, ["$", "EUR", "CHF", "Fr.", "USD"]), start, y)
    text = contents.amount(rng)
    if rng.random() < 0.2:
        text = contents.number(rng, 5)
    if rng.random() < 0.5:
        crowd(writer, rng)
    end = write(canvas, writer, text, start, y, pen)
    if rng.random() < 0.2:
        end = _hundredths(canvas, tools, end + 0.1 * height, y, pen, height)
    if end + height < right and rng.random() < 0.35:
        points = np.array([[end + 0.2 * height, y - 0.4 * height], [right, y - height * rng.uniform(0.2, 0.5)]])
        freehand(canvas, pen, points, 1.0)


def _hundredths(canvas: Canvas, tools: Tools, left: float, y: float, pen: Pen, height: float) -> float:
    """Small cents: 00/100, or raised and underlined. Returns the right edge."""
    rng = canvas.rng
    size = height * rng.uniform(0.35, 0.6)
    writer = tools.writer(rng, size)
    cents = contents.choice(rng, ["00", "50", contents.digits(rng, 2)])
    if rng.random() < 0.5:
        return write(canvas, writer, cents + "/100", left, y - rng.uniform(0, 0.5) * height, pen)
    end = write(canvas, writer, cents, left, y - height + size, pen)
    for number in range(rng.integers(0, 3)):
        level = y - height + 1.2 * size + 3 * number
        freehand(canvas, pen, np.array([[left, level], [end, level + rng.normal(0, 1)]]))
    return end


def _edges(canvas: Canvas, top: float, bottom: float) -> None:
    """Lines of the field that a close cut leaves at its edges."""
    rng = canvas.rng
    rule = random_rule(canvas, broken=0.1)
    for y in (top, bottom):
        if rng.random() < 0.3:
            horizontal(canvas, 0, canvas.width, y + rng.normal(0, 1.5), rule)
    for x in (0, canvas.width):
        if rng.random() < 0.2:
            vertical(canvas, top, bottom, x + rng.normal(0, 3), rule)
