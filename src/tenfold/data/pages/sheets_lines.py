"""Lines on a page: rules as they are printed, and strokes as a hand draws them."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tenfold.data.pages.canvas import Canvas, Tone

Style = Literal["plain", "dashed", "dotted", "double"]

Points = NDArray[np.float64]
"""A polyline [n, 2]: x, y in pixels."""


@dataclass(frozen=True)
class Pen:
    """value: brightness of the ink; depth: of full ink, 0 to 1; width: of the stroke, pixels."""

    value: float
    depth: float
    width: float


@dataclass(frozen=True)
class Rule:
    """How a printed line looks. period: of dashes and dots, and the gap of a double line, pixels; wave: pixels that
    it strays from straight."""

    value: float
    depth: float
    width: float
    style: Style = "plain"
    period: float = 4.0
    wave: float = 0.0


def random_pen(canvas: Canvas, height: float, least: float = 0.35) -> Pen:
    """A pen for digits of a height: `least` is the least contrast to the paper."""
    rng = canvas.rng
    depth = 1 - 0.6 * rng.random() ** 2.5
    return Pen(canvas.ink(least), float(depth), float(max(0.8, height * rng.uniform(0.04, 0.13))))


def random_rule(canvas: Canvas, broken: float = 0.25, thickest: float = 3.0) -> Rule:
    """A look for the lines of a form. broken: share of dashed, dotted and double ones; thickest: pixels."""
    rng = canvas.rng
    styles: tuple[Style, ...] = ("dashed", "dotted", "double")
    style: Style = styles[rng.integers(3)] if rng.random() < broken else "plain"
    width = 0.5 * (thickest / 0.5) ** rng.random()
    if style == "double":
        width = min(width, 1.6)
    wave = rng.uniform(0.3, 1.5) if rng.random() < 0.15 else 0.0
    period = rng.uniform(2, 4) if style == "dotted" else rng.uniform(3, 9)
    return Rule(canvas.ink(0.15), float(rng.uniform(0.4, 1)), float(width), style, float(period), float(wave))


def horizontal(canvas: Canvas, left: float, right: float, y: float, rule: Rule) -> None:
    """Print a horizontal rule."""
    _print(canvas, left, right, y, rule, upright=False)


def vertical(canvas: Canvas, top: float, bottom: float, x: float, rule: Rule) -> None:
    """Print a vertical rule."""
    _print(canvas, top, bottom, x, rule, upright=True)


def frame(canvas: Canvas, left: float, top: float, right: float, bottom: float, rule: Rule) -> None:
    """Print the four sides of a box; their ends meet."""
    reach = rule.width / 2
    for y in (top, bottom):
        horizontal(canvas, left - reach, right + reach, y, rule)
    for x in (left, right):
        vertical(canvas, top - reach, bottom + reach, x, rule)


def _print(canvas: Canvas, start: float, end: float, across: float, rule: Rule, upright: bool) -> None:
    if rule.style == "double":
        single = replace(rule, style="plain")
        gap = rule.width + min(rule.period, 4) / 2
        _print(canvas, start, end, across - gap / 2, single, upright)
        _print(canvas, start, end, across + gap / 2, single, upright)
        return
    if rule.wave:
        _print_wavy(canvas, start, end, across, rule, upright)
        return
    first = max(round(start), -1)
    length = min(round(end), (canvas.height if upright else canvas.width) + 1) - first
    if length < 1:
        return
    at = int(np.floor(across - rule.width / 2)) - 1
    middles = at + np.arange(int(np.ceil(rule.width)) + 4) + 0.5
    profile = np.clip(rule.width / 2 + 0.5 - np.abs(middles - across), 0, min(1, rule.width)) * rule.depth
    ink = np.outer(profile, _pattern(length, rule)).astype(np.float32)
    if upright:
        canvas.cover(np.ascontiguousarray(ink.T), at, first, rule.value)
    else:
        canvas.cover(ink, first, at, rule.value)


def _pattern(length: int, rule: Rule) -> Tone:
    """Ink along a rule: 1, and 0 between its dashes or dots."""
    if rule.style == "plain":
        return np.ones(length, np.float32)
    share = 0.5 if rule.style == "dotted" else 0.62
    place = np.arange(length) / rule.period % 1
    edge = (share / 2 - np.abs(place - 0.5)) * rule.period + 0.5
    return np.asarray(np.clip(edge, 0, 1), np.float32)


def _print_wavy(canvas: Canvas, start: float, end: float, across: float, rule: Rule, upright: bool) -> None:
    along = np.linspace(start, end, 12)
    strayed = across + rule.wave * np.sin(along / canvas.rng.uniform(20, 60) + canvas.rng.uniform(0, 7))
    points = np.stack([strayed, along] if upright else [along, strayed], axis=1)
    canvas.line(points, rule.width, rule.value, rule.depth)


def freehand(canvas: Canvas, pen: Pen, points: Points, wobble: float = 0.0) -> None:
    """Draw a smooth curve near points [n, 2]; each strays by `wobble` pixels (one standard deviation)."""
    strayed = points + canvas.rng.normal(0, max(wobble, 1e-9), points.shape)
    canvas.line(_apart(smooth(strayed), 2 + 0.6 * pen.width), pen.width, pen.value, pen.depth)


def polyline(canvas: Canvas, pen: Pen, points: Points, wobble: float = 0.0) -> None:
    """Draw straight strokes from point to point."""
    strayed = points + canvas.rng.normal(0, max(wobble, 1e-9), points.shape)
    canvas.line(strayed, pen.width, pen.value, pen.depth)


def smooth(points: Points) -> Points:
    """Cut a polyline's corners three times (Chaikin 1974); its ends stay."""
    for _ in range(3):
        cut = np.stack([0.75 * points[:-1] + 0.25 * points[1:], 0.25 * points[:-1] + 0.75 * points[1:]], axis=1)
        points = np.concatenate([points[:1], cut.reshape(-1, 2), points[-1:]])
    return points


def _apart(points: Points, gap: float) -> Points:
    """About one point each `gap` pixels of a curve, and its ends: the edge of a wide line shows shorter pieces."""
    steps = np.hypot(*np.diff(points, axis=0).T)
    along = np.concatenate([[0], np.cumsum(steps)])
    count = max(2, int(along[-1] / gap) + 1)
    even = np.linspace(0, along[-1], count)
    return np.stack([np.interp(even, along, axis) for axis in points.T], axis=1)


def ellipse(centre: tuple[float, float], across: float, down: float, rng: np.random.Generator) -> Points:
    """A loop as a hand draws it around a middle: it starts anywhere and ends beyond or short of its start."""
    begin, turns = rng.uniform(0, 2 * np.pi), rng.uniform(0.95, 1.15)
    angle = begin + np.linspace(0, turns * 2 * np.pi, 24) * rng.choice([-1, 1])
    drift = 1 + rng.uniform(-0.12, 0.12) * np.linspace(0, 1, 24)
    return np.stack([centre[0] + across * drift * np.cos(angle), centre[1] + down * drift * np.sin(angle)], axis=1)
