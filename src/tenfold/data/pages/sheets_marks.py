"""Signs that a hand draws and that are no digits: ticks, crosses, arrows, stars, smileys, brackets, lines."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from tenfold.data.pages.canvas import Canvas
from tenfold.data.pages.sheets_lines import Pen, Points, ellipse, freehand, polyline

Mark = Callable[[Canvas, Pen, float, float, float], None]
"""Draws a sign of a size (pixels) around a point x, y."""


def _at(x: float, y: float, size: float, *points: tuple[float, float]) -> Points:
    """Points of a sign whose corners are (-0.5, -0.5) and (0.5, 0.5)."""
    return np.array([x, y]) + size * np.array(points)


def tick(canvas: Canvas, pen: Pen, x: float, y: float, size: float) -> None:
    """A check mark."""
    turn = canvas.rng.uniform(0.0, 0.35)
    draw = polyline if canvas.rng.random() < 0.6 else freehand
    draw(canvas, pen, _at(x, y, size, (-0.5, turn - 0.1), (-0.18, 0.5), (0.55, -0.5 - turn)), 0.03 * size)


def cross(canvas: Canvas, pen: Pen, x: float, y: float, size: float) -> None:
    """Two strokes from corner to corner."""
    polyline(canvas, pen, _at(x, y, size, (-0.5, -0.5), (0.5, 0.5)), 0.05 * size)
    polyline(canvas, pen, _at(x, y, size, (0.5, -0.5), (-0.5, 0.5)), 0.05 * size)


def plus(canvas: Canvas, pen: Pen, x: float, y: float, size: float) -> None:
    """A plus sign."""
    polyline(canvas, pen, _at(x, y, size, (-0.5, 0), (0.5, 0)), 0.03 * size)
    polyline(canvas, pen, _at(x, y, size, (0, -0.5), (0, 0.5)), 0.03 * size)


def dash(canvas: Canvas, pen: Pen, x: float, y: float, size: float) -> None:
    """A level stroke."""
    slope = canvas.rng.normal(0, 0.08)
    freehand(canvas, pen, _at(x, y, size, (-0.5, slope), (0, 0), (0.5, -slope)), 0.02 * size)


def equals(canvas: Canvas, pen: Pen, x: float, y: float, size: float) -> None:
    """Two level strokes."""
    dash(canvas, pen, x, y - 0.15 * size, size)
    dash(canvas, pen, x, y + 0.15 * size, size)


def arrow(canvas: Canvas, pen: Pen, x: float, y: float, size: float) -> None:
    """An arrow in any direction, straight or bent."""
    rng = canvas.rng
    bend, barb = rng.normal(0, 0.1), rng.uniform(0.15, 0.35)
    shaft = [(-0.5, 0.0), (0.0, bend), (0.5, 0.0)]
    head = [(0.5 - barb, -barb * 0.7), (0.5, 0.0), (0.5 - barb, barb * 0.7)]
    angle = rng.uniform(0, 2 * np.pi)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    freehand(canvas, pen, np.array([x, y]) + size * np.array(shaft) @ turn, 0.01 * size)
    polyline(canvas, pen, np.array([x, y]) + size * np.array(head) @ turn, 0.01 * size)


def star(canvas: Canvas, pen: Pen, x: float, y: float, size: float) -> None:
    """A star in one stroke, or of crossing strokes."""
    if canvas.rng.random() < 0.5:
        angle = np.arange(6) * 0.8 * np.pi - np.pi / 2
        points = np.stack([x + 0.5 * size * np.cos(angle), y + 0.5 * size * np.sin(angle)], axis=1)
        polyline(canvas, pen, points, 0.03 * size)
        return
    for angle in np.arange(3) * np.pi / 3:
        reach = 0.5 * size * np.array([np.cos(angle), np.sin(angle)])
        polyline(canvas, pen, np.array([x, y]) + np.stack([-reach, reach]), 0.03 * size)


def smiley(canvas: Canvas, pen: Pen, x: float, y: float, size: float) -> None:
    """A face, glad or sad."""
    rng = canvas.rng
    freehand(canvas, pen, ellipse((x, y), size / 2, size / 2, rng))
    for side in (-1, 1):
        freehand(canvas, pen, _at(x, y, size, (side * 0.16, -0.18), (side * 0.17, -0.08)))
    mood = rng.choice([-0.12, 0.14])
    freehand(canvas, pen, _at(x, y, size, (-0.24, 0.18), (-0.1, 0.18 + mood), (0.1, 0.18 + mood), (0.24, 0.18)))


def heart(canvas: Canvas, pen: Pen, x: float, y: float, size: float) -> None:
    """A heart."""
    half = [(0, -0.25), (0.15, -0.55), (0.5, -0.45), (0.55, -0.1), (0.25, 0.25), (0, 0.5)]
    for side in (-1.0, 1.0):
        freehand(canvas, pen, _at(x, y, size, *((side * across, down) for across, down in half)))


def brackets(canvas: Canvas, pen: Pen, x: float, y: float, size: float) -> None:
    """A pair of brackets, square or curly."""
    wide = canvas.rng.uniform(0.5, 2)
    square = [(0.12, -0.5), (0, -0.5), (0, 0.5), (0.12, 0.5)]
    curly = [(0.15, -0.5), (0.03, -0.45), (0.05, -0.1), (-0.08, 0), (0.05, 0.1), (0.03, 0.45), (0.15, 0.5)]
    shape, draw = (square, polyline) if canvas.rng.random() < 0.5 else (curly, freehand)
    for side in (-1.0, 1.0):
        ends = ((side * (wide / 2 - across), down) for across, down in shape)
        draw(canvas, pen, _at(x, y, size, *ends), 0.01 * size)


def wave(canvas: Canvas, pen: Pen, x: float, y: float, size: float) -> None:
    """A level line that goes up and down, wide enough to be no digit."""
    turns = canvas.rng.integers(5, 16)
    along = np.linspace(-1, 1, 2 * turns)
    down = np.where(np.arange(2 * turns) % 2, 0.12, -0.12) * canvas.rng.uniform(0.3, 1.5)
    draw = freehand if canvas.rng.random() < 0.6 else polyline
    draw(canvas, pen, np.array([x, y]) + size * np.stack([along, down], axis=1), 0.02 * size)


def triangle(canvas: Canvas, pen: Pen, x: float, y: float, size: float) -> None:
    """A triangle."""
    polyline(canvas, pen, _at(x, y, size, (-0.5, 0.45), (0, -0.5), (0.5, 0.45), (-0.5, 0.45)), 0.04 * size)


def hash_sign(canvas: Canvas, pen: Pen, x: float, y: float, size: float) -> None:
    """Two strokes across two."""
    for offset in (-0.17, 0.17):
        polyline(canvas, pen, _at(x, y, size, (-0.5, offset), (0.5, offset)), 0.03 * size)
        polyline(canvas, pen, _at(x, y, size, (offset + 0.1, -0.5), (offset - 0.1, 0.5)), 0.03 * size)


def circle_around(canvas: Canvas, pen: Pen, left: float, top: float, right: float, bottom: float) -> None:
    """A loop around a box, near to it or crossing its corners."""
    rng = canvas.rng
    across = (right - left) / 2 * rng.uniform(1.1, 1.6) + pen.width
    down = (bottom - top) / 2 * rng.uniform(1.1, 1.7) + pen.width
    middle = ((left + right) / 2 + rng.normal(0, 1), (top + bottom) / 2 + rng.normal(0, 1))
    freehand(canvas, pen, ellipse(middle, across, down, rng))


def box_around(canvas: Canvas, pen: Pen, left: float, top: float, right: float, bottom: float) -> None:
    """A box drawn by hand around a box."""
    gap = (bottom - top) * canvas.rng.uniform(0.05, 0.4)
    x0, y0, x1, y1 = left - gap, top - gap, right + gap, bottom + gap
    polyline(canvas, pen, np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1], [x0, y0 - 2]]), 0.03 * (bottom - top))


def underline(canvas: Canvas, pen: Pen, left: float, right: float, y: float) -> None:
    """One or two strokes under something, straight, slanted or wavy."""
    rng = canvas.rng
    width = right - left
    slope = rng.normal(0, 0.02) * width
    for number in range(rng.integers(1, 3)):
        level = y + number * (pen.width * 2 + 2)
        ends = np.linspace(left - rng.uniform(0, 0.15) * width, right + rng.uniform(0, 0.15) * width, 6)
        points = np.stack([ends, np.linspace(level - slope, level + slope, 6)], axis=1)
        freehand(canvas, pen, points, rng.choice([0, 0.6, 2]))


def cross_out(canvas: Canvas, pen: Pen, left: float, top: float, right: float, bottom: float) -> None:
    """Strike a box out and forget what is marked in it: by lines, a cross, a zigzag or a scrawl."""
    rng = canvas.rng
    tall, wide = bottom - top, right - left
    bold = replace(pen, width=pen.width * rng.uniform(0.8, 1.8), depth=1.0)
    x0, x1 = left - 0.2 * tall, right + 0.2 * tall
    kind = rng.integers(4)
    if kind == 0:
        for level in top + tall * rng.uniform(0.3, 0.7, rng.integers(2, 4)):
            polyline(canvas, bold, np.array([[x0, level], [x1, level]]), 0.06 * tall)
    elif kind == 1:
        polyline(canvas, bold, np.array([[x0, top], [x1, bottom]]), 0.05 * tall)
        polyline(canvas, bold, np.array([[x0, bottom], [x1, top]]), 0.05 * tall)
    else:
        turns = max(4, int(wide / tall * rng.uniform(5, 10)))
        along = np.linspace(left - 0.1 * tall, right + 0.1 * tall, 2 * turns)
        down = np.where(np.arange(2 * turns) % 2, top, bottom)
        draw = polyline if kind == 2 else freehand
        draw(canvas, bold, np.stack([along, down], axis=1), 0.08 * tall)
    canvas.blot(left, top, right, bottom)


MARKS: Sequence[Mark] = (
    tick, tick, cross, cross, plus, dash, equals, arrow, star, smiley, heart, brackets, wave, triangle, hash_sign
)  # fmt: skip
"""Signs that may stand alone on a page without a digit."""
