"""The sheet: what is on paper before anyone writes. Each function takes and gives the sheet's tone.

A tone is float32 [h, w]: 1 is bare paper, 0 black. Lengths are pixels; strengths are shares of the paper's light that
a line takes away, 0 to 1.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.data.synthetic.paper_pen import Ink, drift

Tone = NDArray[np.float32]


def bare(shape: tuple[int, int]) -> Tone:
    """A sheet [h, w] with nothing on it."""
    return np.ones(shape, np.float32)


def ruled(tone: Tone, rng: np.random.Generator, strength: float, spacing: float) -> Tone:
    """Lines across the sheet every `spacing` pixels, nearly level."""
    return np.asarray(
        tone * (1 - np.float32(strength) * _lines(tone.shape, rng, spacing, rng.normal(0, 0.015))), np.float32
    )


def squared(tone: Tone, rng: np.random.Generator, strength: float, spacing: float) -> Tone:
    """Squares with sides of `spacing` pixels, all turned by the same small angle."""
    angle = rng.normal(0, 0.02)
    across = _lines(tone.shape, rng, spacing, angle)
    down = _lines(tone.shape, rng, spacing, angle + np.pi / 2)
    return np.asarray(tone * (1 - np.float32(strength) * np.maximum(across, down)), np.float32)


def form_box(tone: Tone, rng: np.random.Generator, strength: float) -> Tone:
    """The lines of a form's field: one along the bottom, often one along the top, sometimes one at a side."""
    height, width = tone.shape
    lines = bare((height, width))
    colour, thickness = 1 - strength, 2 if height > 60 and rng.random() < 0.5 else 1
    slope = rng.normal(0, 0.008) * width
    for share, near in (
        (0.85, height - 1 - abs(rng.normal(0, 0.06)) * height),
        (0.4, abs(rng.normal(0, 0.06)) * height),
    ):
        if rng.random() < share:
            _segment(lines, (0, near), (width - 1, near + slope), colour, thickness)
    if rng.random() < 0.2:
        x = abs(rng.normal(0, 0.05)) * width
        x = x if rng.random() < 0.7 else width - 1 - x
        _segment(lines, (x, 0), (x - slope * height / width, height - 1), colour, thickness)
    return np.asarray(tone * lines, np.float32)


def _segment(lines: Tone, start: tuple[float, float], end: tuple[float, float], colour: float, thickness: int) -> None:
    """A soft-edged line drawn into lines; cv2 softens edges only on bytes, so a Gaussian ridge stands for it."""
    (x0, y0), (x1, y1) = start, end
    height, width = lines.shape
    x, y = np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32)[:, None]
    length = max(np.hypot(x1 - x0, y1 - y0), 1e-3)
    distance = np.abs((x - x0) * np.float32((y1 - y0) / length) - (y - y0) * np.float32((x1 - x0) / length))
    ridge = np.clip(np.float32(thickness / 2 + 0.5) - distance, 0, 1)
    np.minimum(lines, 1 - np.float32(1 - colour) * ridge, out=lines)


def _lines(shape: tuple[int, ...], rng: np.random.Generator, spacing: float, angle: float) -> Ink:
    """Parallel lines [h, w], 1 in their middle, about a pixel wide; angle in radians from level."""
    distance = _across(shape, angle) + np.float32(rng.uniform(0, spacing))
    off = np.abs(np.remainder(distance, np.float32(spacing)) - np.float32(spacing / 2))
    return np.asarray(np.clip(np.float32(rng.uniform(0.8, 1.3)) - off, 0, 1), np.float32)


def _across(shape: tuple[int, ...], angle: float) -> Ink:
    """Each pixel's distance [h, w] along the direction at right angles to `angle`."""
    height, width = shape
    x, y = np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32)[:, None]
    return np.asarray(y * np.float32(np.cos(angle)) - x * np.float32(np.sin(angle)), np.float32)


def security(tone: Tone, rng: np.random.Generator, strength: float) -> Tone:
    """A cheque's background: one to three families of fine wavy lines or arcs, or a lattice of dots."""
    if rng.random() < 0.2:
        return dots(tone, rng, strength)
    total = np.zeros_like(tone)
    for _ in range(rng.choice((1, 2, 3), p=(0.5, 0.35, 0.15))):
        np.maximum(total, waves(tone.shape, rng), out=total)
    # Print fades in and out, and a scan at this size half loses lines so fine.
    return np.asarray(
        tone * (1 - np.float32(strength) * total * (1 - np.float32(0.6) * drift(tone.shape, rng, 5))), np.float32
    )


def waves(shape: tuple[int, ...], rng: np.random.Generator) -> Ink:
    """One family of fine curved lines [h, w], 1 in their middle: waves in any direction, or arcs about one point."""
    height, width = shape
    x, y = np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32)[:, None]
    period = rng.uniform(3, 10)
    if rng.random() < 0.25:
        centre_x, centre_y = rng.uniform(-0.5, 1.5) * width, rng.uniform(-2, 3) * height
        distance = np.hypot(x - np.float32(centre_x), y - np.float32(centre_y))
    else:
        angle = rng.choice((0.0, rng.uniform(-0.5, 0.5), rng.uniform(-1.5, 1.5)), p=(0.4, 0.35, 0.25))
        distance = _across(shape, angle)
        length, phase = rng.uniform(12, 120), rng.uniform(0, 2 * np.pi)
        height_of_waves = rng.uniform(0, 0.08) * length
        distance = distance + np.float32(height_of_waves) * np.sin(
            x * np.float32(2 * np.pi / length) + np.float32(phase)
        )
    ridge = np.cos(distance * np.float32(2 * np.pi / period))
    # A line takes a pixel or so of its period: the ridge above a level that leaves that share.
    level = np.float32(np.cos(np.pi * min(0.9, rng.uniform(0.8, 1.6) / period)))
    return np.asarray(np.clip((ridge - level) / (1 - level) * np.float32(1.5), 0, 1), np.float32)


def dots(tone: Tone, rng: np.random.Generator, strength: float) -> Tone:
    """A lattice of dots over the sheet, lighter or darker than what is between them."""
    period, angle = rng.uniform(3, 7), rng.choice((0.0, np.pi / 4, rng.uniform(0, 1.5)))
    lattice = np.cos(_across(tone.shape, angle) * np.float32(2 * np.pi / period))
    lattice *= np.cos(_across(tone.shape, angle + np.pi / 2) * np.float32(2 * np.pi / period))
    spots = np.clip(lattice * np.float32(2) - np.float32(0.6), 0, 1)
    if rng.random() < 0.5:
        return np.asarray(tone * (1 - np.float32(strength) * spots), np.float32)
    return np.asarray(tone * (1 - np.float32(0.5 * strength) * (1 - spots)), np.float32)


def show_through(tone: Tone, rng: np.random.Generator, strength: float, other: Ink) -> Tone:
    """The mirrored, blurred writing `other` (any size) of the sheet's back, shining through."""
    height, width = tone.shape
    back = cv2.resize(np.ascontiguousarray(other[:, ::-1]), (width, height), interpolation=cv2.INTER_LINEAR)
    back = np.roll(back, (int(rng.integers(height)), int(rng.integers(width))), (0, 1))
    return np.asarray(
        tone * (1 - np.float32(strength) * cv2.GaussianBlur(back, (0, 0), rng.uniform(0.8, 2))), np.float32
    )


def fibres(tone: Tone, rng: np.random.Generator, strength: float) -> Tone:
    """Paper's own unevenness: cloudy over some pixels, never darker or lighter than ± strength by much."""
    height, width = tone.shape
    coarse = rng.standard_normal((height // 3 + 2, width // 3 + 2), np.float32)
    return np.asarray(
        tone * (1 + np.float32(strength / 2) * cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)),
        np.float32,
    )
