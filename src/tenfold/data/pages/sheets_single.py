"""Pages with one digit or a few: of any size and anywhere, in rows, on boards; letters alone; and textures."""

import numpy as np

from tenfold.data.pages import contents
from tenfold.data.pages.canvas import Canvas
from tenfold.data.pages.sheets_grounds import clouds, notebook, texture
from tenfold.data.pages.sheets_lines import Pen, frame, random_pen, random_rule
from tenfold.data.pages.sheets_writing import crowd, place, write
from tenfold.data.pages.tools import Tools


def single(canvas: Canvas, tools: Tools) -> None:
    """One digit from 10 pixels high to the page's height, anywhere, often in a corner or in the middle."""
    _alone(canvas, tools, contents.digits(canvas.rng, 1))


def single_letter(canvas: Canvas, tools: Tools) -> None:
    """One letter that looks like no digit."""
    _alone(canvas, tools, contents.letter(canvas.rng))


def single_character(canvas: Canvas, tools: Tools) -> None:
    """One sign of some script, or a shape."""
    _alone(canvas, tools, "")


def _alone(canvas: Canvas, tools: Tools, text: str) -> None:
    """Write a text, or a sign that is neither digit nor letter where it is empty, anywhere and of any size."""
    rng = canvas.rng
    height = float(10 * (0.094 * canvas.height) ** rng.random())
    if rng.random() < 0.3:
        notebook(canvas, rng.uniform(10, 50), rng.uniform(0, 50))
    elif rng.random() < 0.15:
        texture(canvas, rng.uniform(0.03, 0.2))
    writer, pen = tools.writer(rng, height), random_pen(canvas, height)
    room = canvas.width - writer.measure(text or "0"), canvas.height - height
    draw = rng.random()
    if draw < 0.35:
        at = rng.normal(0.5, 0.05, 2)
    elif draw < 0.55:
        at = rng.choice([0.0, 1.0], 2) + rng.normal(0, 0.02, 2)
    else:
        at = rng.uniform(0, 1, 2)
    left, top = float(at[0] * room[0]), float(at[1] * room[1])
    if rng.random() < 0.1:
        gap = height * rng.uniform(0.05, 0.5)
        frame(canvas, left - gap, top - gap, left + 0.7 * height + gap, top + height + gap, random_rule(canvas))
    if text:
        write(canvas, writer, text, left, top + height, pen)
    else:
        writer.character(canvas, left, top + height, pen.value, height=height, depth=pen.depth)


def few(canvas: Canvas, tools: Tools) -> None:
    """Two to four digits that fill the page's width, apart or touching."""
    rng = canvas.rng
    text = contents.digits(rng, int(rng.integers(2, 5)))
    writer = tools.writer(rng, 100.0)
    height = 100 * canvas.width * rng.uniform(0.55, 0.95) / (1.15 * writer.measure(text, 100))
    height = float(min(height, 0.95 * canvas.height))
    pen = random_pen(canvas, height)
    if rng.random() < 0.2:
        notebook(canvas, rng.uniform(15, 60), rng.uniform(0, 60))
    left = place(rng, 1.15 * writer.measure(text, height), canvas.width, cut=0)
    baseline = place(rng, height, canvas.height, cut=0) + height
    if rng.random() < 0.4:
        crowd(writer, rng)
    write(canvas, writer, text, left, baseline, pen, height=height)


def spaced(canvas: Canvas, tools: Tools) -> None:
    """A few rows of digits with much space between them, or scattered ones."""
    rng = canvas.rng
    height = float(12 * (60 / 12) ** rng.random())
    if rng.random() < 0.3:
        notebook(canvas, height * rng.uniform(0.8, 2), rng.uniform(0, height))
    writer, pen = tools.writer(rng, height), random_pen(canvas, height)
    in_order, step = rng.random() < 0.4, height * rng.uniform(1.1, 3.5)
    first, number = int(rng.integers(0, 10)), 0
    line = height * rng.uniform(1.3, 4)
    stray = rng.choice([0.04, 0.12, 0.4])
    for y in np.arange(rng.uniform(1, 4) * height, canvas.height, line)[: rng.integers(1, 8)]:
        for x in np.arange(rng.uniform(0, 2) * height, canvas.width - 0.6 * height, step):
            digit = str((first + number) % 10) if in_order else contents.digits(rng, 1)
            level = y + rng.normal(0, stray) * min(height, line - height)
            write(canvas, writer, digit, x + rng.normal(0, stray) * (step - height), level, pen)
            number += 1


def board(canvas: Canvas, tools: Tools) -> None:
    """Numbers in chalk on a dark board, or in a marker on a pale one."""
    rng = canvas.rng
    dark = rng.random() < 0.6
    smears = clouds(rng, canvas.height, canvas.width, 4) * np.float32(rng.uniform(0.005, 0.05))
    canvas.tone[:] = np.clip(np.float32(rng.uniform(0.05, 0.4) if dark else rng.uniform(0.7, 0.95)) + smears, 0, 1)
    height = float(20 * (90 / 20) ** rng.random())
    writer = tools.writer(rng, height)
    pen = random_pen(canvas, height, least=0.5)
    if dark:
        pen = Pen(float(rng.uniform(0.7, 1)), float(rng.uniform(0.5, 1)), pen.width)
    y = rng.uniform(1.1, 2) * height
    while y < canvas.height + 0.3 * height:
        text = contents.any_number(rng) if rng.random() < 0.7 else contents.digits(rng, int(rng.integers(1, 4)))
        write(canvas, writer, text, place(rng, writer.measure(text), canvas.width), y, pen)
        y += height * rng.uniform(1.3, 2.5)
    if dark and rng.random() < 0.6:
        _crumble(canvas)


def _crumble(canvas: Canvas) -> None:
    """Make light strokes grainy, as chalk on a rough board."""
    rough = canvas.rng.standard_normal(canvas.tone.shape, np.float32)
    ground = np.float32(np.median(canvas.tone[::8, ::8]))
    lit = np.maximum(canvas.tone - ground, 0)
    canvas.tone -= lit * np.clip(rough * np.float32(0.35) + np.float32(0.1), 0, 0.8)


def plain_texture(canvas: Canvas, tools: Tools) -> None:
    """A texture, a pattern or ruled paper, with nothing written on it."""
    rng = canvas.rng
    if rng.random() < 0.15:
        notebook(canvas, rng.uniform(6, 60), rng.uniform(0, 60))
        return
    texture(canvas, rng.uniform(0.25, 1.0))
    if rng.random() < 0.3:
        texture(canvas, rng.uniform(0.1, 0.5))
