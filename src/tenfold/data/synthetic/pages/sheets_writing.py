"""Handwriting and small print in their places: mixed text, text in the middle of a cell, digits that touch."""

import re

import numpy as np

from tenfold.data.synthetic.pages.canvas import Canvas
from tenfold.data.synthetic.pages.fonts import print_line
from tenfold.data.synthetic.pages.sheets_lines import Pen, ellipse, freehand
from tenfold.data.synthetic.pages.tools import Tools, Writer

_RUNS = re.compile(r"[A-Za-z]+|°|[^A-Za-z°]+")


def digit_height(rng: np.random.Generator, least: float = 9.0, most: float = 42.0) -> float:
    """A height of digits in pixels: between two sizes, now and then anything from 6 to 60."""
    if rng.random() < 0.1:
        least, most = 6.0, 60.0
    return float(least * (most / least) ** rng.random())


def write(
    canvas: Canvas,
    writer: Writer,
    text: str,
    left: float,
    baseline: float,
    pen: Pen,
    *,
    height: float | None = None,
    slope: float = 0.0,
) -> float:
    """Write digits, signs, letters and ° in one line; slope: pixels down for each to the right. Returns the right edge."""
    tall = height or writer.height
    right = left
    for run in _RUNS.findall(text):
        level = baseline + slope * (right - left)
        if run == "°":
            radius = tall * canvas.rng.uniform(0.08, 0.15)
            ring = ellipse((right + 1.5 * radius, level - 0.95 * tall), radius, radius, canvas.rng)
            freehand(canvas, Pen(pen.value, pen.depth, min(pen.width, radius)), ring)
            right += 3 * radius
            continue
        put = writer.word if run[0].isalpha() else writer.number
        right = put(canvas, run, right, level, pen.value, height=tall, depth=pen.depth, slope=slope)
        right += 0.08 * tall
    return right


def write_middle(
    canvas: Canvas, writer: Writer, text: str, x: float, y: float, pen: Pen, height: float | None = None
) -> None:
    """Write a text around a point."""
    tall = height or writer.height
    write(canvas, writer, text, x - writer.measure(text, tall) / 2, y + tall / 2, pen, height=tall)


def write_crowded(
    canvas: Canvas, writer: Writer, text: str, left: float, baseline: float, pen: Pen, height: float, overlap: float
) -> float:
    """Write signs so close that each begins `overlap` heights before the last one's end. Returns the right edge."""
    right = left
    for sign in text:
        if sign == " ":
            right += 0.4 * height
            continue
        count = len(canvas.marks)
        start = right - (overlap * height if right > left else 0)
        level = baseline + canvas.rng.normal(0, 0.03) * height
        right = write(canvas, writer, sign, start, level, pen, height=height)
        if len(canvas.marks) > count:
            right = canvas.marks[-1].box[2]
    return right


def place(rng: np.random.Generator, length: float, room: float, cut: float = 0.12) -> float:
    """Where something `length` long begins in `room`; `cut`: share of cases in which an edge may cut it."""
    if length > room:
        return float(rng.uniform(room - length, 0))
    if rng.random() < cut:
        return float(rng.uniform(-0.5 * length, room - 0.5 * length))
    return float(rng.uniform(0, room - length))


def printed(
    canvas: Canvas, tools: Tools, text: str, left: float, baseline: float, height: float, *, depth: float = 1.0
) -> float:
    """Print a line in a font for text. Returns the right edge."""
    font = tools.fonts.pick(canvas.rng, "text")
    return print_line(canvas, font, text, left, baseline, height, canvas.ink(0.3), depth=depth)
