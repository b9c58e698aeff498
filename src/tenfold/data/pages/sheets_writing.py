"""Handwriting and small print in their places: mixed text, text in the middle of a cell, captions."""

import re
from dataclasses import dataclass, replace

import numpy as np

from tenfold.data.pages.canvas import Canvas
from tenfold.data.pages.fonts import line_width, print_line
from tenfold.data.pages.hands import Writer
from tenfold.data.pages.sheets_lines import Pen, ellipse, freehand
from tenfold.data.pages.tools import Tools

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
    """Write digits, signs, letters and ° in one line; slope: downwards. Returns the right edge in pixels."""
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


def crowd(writer: Writer, rng: np.random.Generator) -> None:
    """Make a person write in haste: neighbours touch and overlap."""
    writer.style = replace(writer.style, crowding=rng.uniform(0.2, 0.9), gap=min(writer.style.gap, 0.15))


def place(rng: np.random.Generator, length: float, room: float, cut: float = 0.12) -> float:
    """Where something `length` long begins in `room`; `cut`: share of cases in which an edge may cut it."""
    if length > room:
        return float(rng.uniform(room - length, 0))
    if rng.random() < cut:
        return float(rng.uniform(-0.5 * length, room - 0.5 * length))
    return float(rng.uniform(0, room - length))


@dataclass(frozen=True)
class Print:
    """The small print of a form. font: a file; height: of a digit, pixels; value: brightness."""

    font: str
    height: float
    value: float


def random_print(canvas: Canvas, tools: Tools, height: float) -> Print:
    """A font for text, in some ink."""
    return Print(tools.fonts.pick(canvas.rng, "text"), height, canvas.ink(0.3))


def print_text(canvas: Canvas, style: Print, text: str, left: float, baseline: float, room: float = np.inf) -> float:
    """Print a line, no longer than `room` pixels. Returns the right edge."""
    width = line_width(style.font, text, style.height)
    if width > room:
        text = text[: max(0, int(len(text) * room / width))]
    if not text or left > canvas.width or left + width < 0:
        return left
    return print_line(canvas, style.font, text, left, baseline, style.height, style.value)
