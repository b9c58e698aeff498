"""Marks that a pen leaves and nobody reads: each kind is a function from a random stream to the pen's paths.

Every function takes n, samples and a random generator, and returns path [n, samples, 2] (x, y), about 1 high, and on
[n, samples - 1]: 1 where the pen is on the paper. A kind stays clear of digits: no lone upright line, no closed ring.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from tenfold.data.synthetic.strokes import write_symbols
from tenfold.data.synthetic.strokes_forms import written_forms
from tenfold.data.synthetic.strokes_hand import CATMULL_ROM, Floats, Hand, cubic, normal

Paths = tuple[Floats, Floats]


def spirals(n: int, samples: int, rng: np.random.Generator) -> Paths:
    """Two turns or more, inwards or outwards."""
    t = np.sqrt(_along(samples))  # the outer turns are longer, and the pen no faster
    radius = 0.04 + 0.5 * t ** _uniform(rng, n, 0.7, 1.2)
    angle = _uniform(rng, n, 0, 2 * np.pi) + _sign(rng, n) * 2 * np.pi * _uniform(rng, n, 2, 4.5) * t
    aspect = _uniform(rng, n, 0.6, 1.5)
    return _unbroken(_polar(radius, angle) * _xy(aspect, np.reciprocal(aspect)))


def rings(n: int, samples: int, rng: np.random.Generator) -> Paths:
    """Two to four rings within one another."""
    stroke, t = _strokes(_counts(rng, n, 2, 4), samples)
    total = stroke.max(axis=1, keepdims=True) + 1
    radius = (stroke + 1) / total / 2
    angle = _uniform(rng, n, 0, 2 * np.pi) + 2 * np.pi * 1.05 * t
    return _polar(radius, angle), _lifted(stroke)


def zigzags(n: int, samples: int, rng: np.random.Generator) -> Paths:
    """Four to nine strokes up and down, from left to right."""
    t = _along(samples)
    teeth = _counts(rng, n, 4, 9)[:, None]
    height = _uniform(rng, n, 0.2, 1.1) * (1 + _uniform(rng, n, -0.6, 0.6) * t)
    rise = np.abs((t * teeth + rng.random((n, 1), np.float32)) % 2 - 1) - np.float32(0.5)
    return _unbroken(_turn(_xy(t - 0.5, height * rise), _uniform(rng, n, -0.6, 0.6)))


def signatures(n: int, samples: int, rng: np.random.Generator) -> Paths:
    """Waves and loops from left to right, high and low in turn; some have the pen lifted once."""
    t = _along(samples)
    turns = 2 * np.pi * _uniform(rng, n, 4, 9) * t
    height = 0.12 + np.abs(_bend(rng, n, t)) * 0.35
    x = t - 0.5 + _uniform(rng, n, 0, 0.09) * np.cos(turns + _uniform(rng, n, 0, 2 * np.pi))
    y = height * np.sin(turns) + 0.1 * _bend(rng, n, t)
    path, on = _unbroken(_turn(_evenly(_xy(x, y)), _uniform(rng, n, -0.3, 0.3)))
    gap = np.abs(t[:, 1:] - _uniform(rng, n, 0, 2)) > 0.03
    return path, on * gap


def hatchings(n: int, samples: int, rng: np.random.Generator) -> Paths:
    """Five to eleven lines side by side, apart or in one go; some with every other line across."""
    lines = _counts(rng, n, 5, 11)
    stroke, t = _strokes(lines, samples)
    apart = rng.random((n, 1)) < 0.5
    along: Floats = np.where(~apart & (stroke % 2 == 1), 1 - t, t)
    across: Floats = ((stroke + np.where(apart, 0, t)) / lines[:, None]).astype(np.float32)
    across *= _uniform(rng, n, 0.4, 1.2)
    crossed = (rng.random((n, 1)) < 0.3) & (lines[:, None] >= 6)
    second = crossed & (stroke % 2 == 1)
    angle = _uniform(rng, n, 0, np.pi) + second * _uniform(rng, n, 0.9, 1.6)
    flat = _xy(along - 0.5, across - across.mean(axis=1)[:, None])
    on = np.where(apart | crossed, _lifted(stroke), 1).astype(np.float32)
    return _turn(flat + 0.02 * normal(rng, n, 1, 2), angle), on


def dashes(n: int, samples: int, rng: np.random.Generator) -> Paths:
    """One to three lines that lie, as an underline does."""
    stroke, t = _strokes(_counts(rng, n, 1, 3), samples)
    bow = _uniform(rng, n, -0.3, 0.3) * t * (1 - t)
    flat = _xy(t - 0.5 + 0.1 * stroke * _uniform(rng, n, -1, 1), bow + _uniform(rng, n, 0.1, 0.35) * stroke)
    return _turn(flat, _uniform(rng, n, -0.5, 0.5)), _lifted(stroke)


def corners(n: int, samples: int, rng: np.random.Generator) -> Paths:
    """Two arms that meet at a corner, turned every way but those of a 7, a flagged 1 and a straight line."""
    first = _uniform(rng, n, -0.3 * np.pi, 0.3 * np.pi)  # an arm to the right: neither a 7 nor a 1 has that alone
    second = first + _sign(rng, n) * _uniform(rng, n, 0.25 * np.pi, 0.7 * np.pi)
    t = 2 * _along(samples) - 1
    angle = np.where(t < 0, first, second)
    length = np.where(t < 0, np.float32(1), _uniform(rng, n, 0.5, 1.5))
    return _unbroken(_polar(np.abs(t) * length, angle))


def arcs(n: int, samples: int, rng: np.random.Generator) -> Paths:
    """A third to two thirds of a ring, its belly to any side but the right, where some people's 7 has it."""
    middle = _uniform(rng, n, 0.25 * np.pi, 1.5 * np.pi)
    angle = middle + 2 * np.pi * _uniform(rng, n, 0.36, 0.66) * (_along(samples) - 0.5)
    aspect = _uniform(rng, n, 0.8, 1.6)
    return _unbroken(_polar(np.float32(0.5), angle) * _xy(aspect, np.reciprocal(aspect)))


def tangles(n: int, samples: int, rng: np.random.Generator) -> Paths:
    """A smooth line through six to eleven places at random."""
    path = np.zeros((n, samples, 2), np.float32)
    counts = _counts(rng, n, 6, 11)
    for count in np.unique(counts):
        rows = counts == count
        weights = cubic(np.linspace(0, count - 1, samples), int(count), CATMULL_ROM).astype(np.float32)
        path[rows] = np.matmul(weights, rng.random((rows.sum(), count, 2), np.float32) - np.float32(0.5))
    return _unbroken(path)


def characters(n: int, samples: int, rng: np.random.Generator) -> Paths:
    """Three to seven short strokes, straight or bowed: an unknown script's letter."""
    most = 7
    stroke, t = _strokes(_counts(rng, n, 3, most), samples)
    places = 0.3 * normal(rng, n, most, 2)
    # Most strokes of any script lie or stand.
    angle = np.pi / 2 * rng.integers(0, 4, (n, most)) + 0.35 * normal(rng, n, most)
    length = rng.uniform(0.25, 0.9, (n, most))
    bow = 0.35 * normal(rng, n, most) * (rng.random((n, most)) < 0.5)
    values = np.stack([np.cos(angle), np.sin(angle), length, bow], axis=2).astype(np.float32)
    cos, sin, length_at, bow_at = np.moveaxis(_pick(values, stroke), 2, 0)
    along, off = (t - 0.5) * length_at, 4 * t * (1 - t) * bow_at
    return _pick(places, stroke) + _xy(along * cos - off * sin, along * sin + off * cos), _lifted(stroke)


def crossings(n: int, samples: int, rng: np.random.Generator, most: int = 5) -> Paths:
    """Two to most long lines that cross near the middle, far from parallel."""
    lines = _counts(rng, n, 2, most)
    stroke, t = _strokes(lines, samples)
    angle = _uniform(rng, n, 0, np.pi) + np.pi * stroke / lines[:, None] + _uniform(rng, n, -0.2, 0.2) * (stroke % 2)
    return _polar(t - 0.5, angle) + 0.08 * _pick(normal(rng, n, 7, 2), stroke), _lifted(stroke)


def dots(n: int, samples: int, rng: np.random.Generator) -> Paths:
    """Two to nine specks."""
    stroke, t = _strokes(_counts(rng, n, 2, 9), samples)
    places = rng.random((n, 9, 2), np.float32)
    return _pick(places, stroke) + _polar(np.float32(0.015), 2 * np.pi * t), _lifted(stroke)


def polygons(n: int, samples: int, rng: np.random.Generator) -> Paths:
    """Straight lines between four to eight places at random, back to the first."""
    count = _counts(rng, n, 4, 8)
    stroke, t = _strokes(count, samples)
    places = rng.random((n, 8, 2), np.float32)
    end = (stroke + 1) % count[:, None]
    return _unbroken(_pick(places, stroke) * (1 - t[..., None]) + _pick(places, end) * t[..., None])


def crossed_out(n: int, samples: int, rng: np.random.Generator) -> Paths:
    """A digit with a scratch or two lines over it; no 0, 1 or 7, which such lines are part of in some hands."""
    digit = _digits(n, samples // 2, rng, tuple("2345689"))
    some = rng.random((n, 1, 1)) < 0.5
    scratch = _scratch(n, samples - samples // 2, rng)
    lines = crossings(n, samples - samples // 2, rng, most=2)
    path = np.where(some, scratch[0], lines[0] * 1.4)
    return _joined(digit, (path, np.where(some[..., 0], scratch[1], lines[1])))


def overlaid(n: int, samples: int, rng: np.random.Generator) -> Paths:
    """Two digits on one another, the second turned and moved; no 1, which would be but a line through the other."""
    first, on_first = _digits(n, samples // 2, rng, tuple("23456789"))
    second, on_second = _digits(n, samples - samples // 2, rng, tuple("23456789"))
    second = _turn(second, _uniform(rng, n, 0.3 * np.pi, 1.7 * np.pi)) * _uniform(rng, n, 0.6, 1.2)[..., None]
    shift = _polar(_uniform(rng, n, 0.2, 0.6), _uniform(rng, n, 0, 2 * np.pi))
    return _joined((first, on_first), (second + shift, on_second))


MARKS: dict[str, Callable[[int, int, np.random.Generator], Paths]] = {
    mark.__name__: mark
    for mark in (
        spirals, rings, zigzags, signatures, hatchings, dashes, corners, arcs, tangles, characters, crossings, dots,
        polygons, crossed_out, overlaid,
    )
}  # fmt: skip
"""The kinds of marks by name."""


def _digits(n: int, samples: int, rng: np.random.Generator, symbols: tuple[str, ...]) -> Paths:
    chosen = [symbols[index] for index in rng.integers(len(symbols), size=n)]
    return write_symbols(chosen, written_forms("digits", "world"), Hand(), rng, samples)


def _scratch(n: int, samples: int, rng: np.random.Generator) -> Paths:
    """A dense line to and fro across the middle, at any angle."""
    t = _along(samples)
    passes = _uniform(rng, n, 4, 7)
    to_and_fro = np.abs((t * passes) % 2 - 1) * _uniform(rng, n, 0.9, 1.4) - 0.5
    flat = _xy(to_and_fro, (t - 0.5) * _uniform(rng, n, 0.5, 1.1))
    return _unbroken(_turn(flat, _uniform(rng, n, -0.8, 0.8)))


def _along(samples: int) -> Floats:
    """How far along its path each sample lies [1, samples], 0 to 1."""
    return np.linspace(0, 1, samples, dtype=np.float32)[None]


def _strokes(count: NDArray[np.int64], samples: int) -> tuple[NDArray[np.int64], Floats]:
    """Which of count [n] strokes each sample belongs to, and how far along it lies, 0 to 1; both [n, samples]."""
    at = np.arange(samples)[None] * count[:, None]
    stroke = at // samples
    first = -(-stroke * samples // count[:, None])
    last = -(-(stroke + 1) * samples // count[:, None]) - 1
    return stroke, ((np.arange(samples)[None] - first) / np.maximum(last - first, 1)).astype(np.float32)


def _lifted(stroke: NDArray[np.int64]) -> Floats:
    """Pen [n, samples - 1], off the paper between two strokes."""
    return np.asarray(stroke[:, 1:] == stroke[:, :-1], np.float32)


def _unbroken(path: Floats) -> Paths:
    return path.astype(np.float32), np.ones((len(path), path.shape[1] - 1), np.float32)


def _evenly(path: Floats) -> Floats:
    """The same curves with their samples evenly apart."""
    steps = np.linalg.norm(np.diff(path, axis=1), axis=2)
    along = np.concatenate([np.zeros((len(path), 1)), np.cumsum(steps, axis=1)], axis=1)
    at = along[:, -1:] * _along(path.shape[1])
    even = [[np.interp(*row, path[i, :, axis]) for axis in (0, 1)] for i, row in enumerate(zip(at, along, strict=True))]
    return np.asarray(even, np.float32).transpose(0, 2, 1)


def _joined(first: Paths, second: Paths) -> Paths:
    """One path and then the other, the pen lifted between them."""
    lift = np.zeros((len(first[0]), 1), np.float32)
    return np.concatenate([first[0], second[0]], axis=1), np.concatenate([first[1], lift, second[1]], axis=1)


def _pick(values: Floats, index: NDArray[np.int64]) -> Floats:
    """values [n, count, k] at index [n, samples]: [n, samples, k]."""
    return np.asarray(np.take_along_axis(values, index[..., None], axis=1))


def _xy(x: Floats, y: Floats) -> Floats:
    """Points [n, samples, 2] from x and y, each [n or 1, samples or 1]."""
    return np.asarray(np.stack(np.broadcast_arrays(x, y), axis=2), np.float32)


def _polar(radius: Floats | np.float32, angle: Floats) -> Floats:
    return _xy(radius * np.cos(angle), radius * np.sin(angle))


def _turn(path: Floats, angle: Floats) -> Floats:
    """Paths [n, samples, 2] turned by angle [n, 1 or samples], with the clock."""
    cos, sin = np.cos(angle), np.sin(angle)
    x, y = path[..., 0], path[..., 1]
    return _xy(x * cos - y * sin, x * sin + y * cos)


def _bend(rng: np.random.Generator, n: int, t: Floats) -> Floats:
    """A slow random curve [n, samples], about 1 high."""
    total = np.zeros((n, t.shape[1]), np.float32)
    for frequency in (1, 2, 3):
        total += normal(rng, n, 1) * np.sin(np.pi * frequency * t + _uniform(rng, n, 0, 2 * np.pi))
    return total


def _uniform(rng: np.random.Generator, n: int, low: float, high: float) -> Floats:
    return rng.uniform(low, high, (n, 1)).astype(np.float32)


def _sign(rng: np.random.Generator, n: int) -> Floats:
    return np.where(rng.random((n, 1)) < 0.5, np.float32(-1), np.float32(1))


def _counts(rng: np.random.Generator, n: int, least: int, most: int) -> NDArray[np.int64]:
    return rng.integers(least, most + 1, n)
