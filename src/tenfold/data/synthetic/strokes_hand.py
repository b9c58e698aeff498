"""The writer's hand: from a written form to the pen's path, as one person draws it on one occasion."""

import itertools
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tenfold.data.synthetic.strokes_forms import Form

Floats = NDArray[np.float32]

SAMPLES = 112
"""Points along a glyph's path: about half a pixel apart in a 20-pixel box, closer than any pen is wide."""


def samples_for(box: int) -> int:
    """How many points a path needs in a box of that many pixels: at most two pixels apart in the longest glyphs."""
    return max(SAMPLES, 3 * box)


@dataclass(frozen=True)
class Hand:
    """How much one person's writing differs from another's; lengths as shares of the glyph's height.

    All values are standard deviations of normal draws unless their line says otherwise.
    """

    slant: float = 0.24  # horizontal shift per height, about slant_mean
    slant_mean: float = 0.12  # most people lean to the right
    rotation: float = 0.10  # radians
    aspect: float = 0.20  # of log(width / height)
    width: float = 0.85  # width of the forms' box over its height, on average
    pose: float = 0.25  # how far a pose may go beyond the drawn ones, as a share
    jitter: float = 0.052  # of each control point
    stroke_shift: float = 0.03  # of each stroke as a whole
    stroke_scale: float = 0.08  # of log(size) of each stroke about its middle
    overshoot: float = 0.12  # of each stroke's ends, as a share of the last step
    roundness: float = 0.75  # upper end of a uniform draw: 0 keeps corners, 1 draws through them
    warp: float = 0.035  # bend of the plane the glyph is written on
    tremor: float = 0.006  # shake of the hand along the path


@lru_cache(maxsize=2000)
def spline(form: Form, samples: int = SAMPLES) -> tuple[Floats, Floats, Floats]:
    """The linear maps from a form's control points [points] to the samples of its path.

    Returns sharp [samples, points], a Catmull-Rom spline that passes every point and breaks at corners; round
    [samples, points], a uniform B-spline that passes near them; and pen [samples - 1], 1 where the pen is on the
    paper between two samples and 0 where it is lifted.
    """
    lengths, offset = [], 0
    for count in form.strokes:
        stroke = form.points[:, offset : offset + count].mean(axis=0)
        lengths.append(float(np.hypot(*np.diff(stroke, axis=0).T).sum()))
        offset += count
    shares = np.cumsum([0.0, *lengths]) / sum(lengths)
    bounds = np.round(shares * samples).astype(int)
    total = sum(form.strokes)
    sharp, rounded = np.zeros((samples, total)), np.zeros((samples, total))
    offset = 0
    for count, low, high in zip(form.strokes, bounds[:-1], bounds[1:], strict=True):
        columns = slice(offset, offset + count)
        nominal = form.points[:, columns].mean(axis=0)
        at = _even(nominal, int(high - low))
        sharp[low:high, columns] = _catmull_rom(at, form.corners[columns])
        rounded[low:high, columns] = cubic(at, count, B_SPLINE)
        offset += count
    pen = np.ones(samples - 1)
    pen[bounds[1:-1] - 1] = 0
    return sharp.astype(np.float32), rounded.astype(np.float32), pen.astype(np.float32)


CATMULL_ROM = np.array([[0, 2, 0, 0], [-1, 0, 1, 0], [2, -5, 4, -1], [-1, 3, -3, 1]]) / 2
B_SPLINE = np.array([[1, 4, 1, 0], [-3, 0, 3, 0], [3, -6, 3, 0], [-1, 3, -3, 1]]) / 6


def _even(points: Floats, samples: int) -> NDArray[np.float64]:
    """Curve parameters [samples] in [0, points - 1], evenly spaced along the polygon through the points."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    return np.interp(np.linspace(0, along[-1], samples), along, np.arange(len(points)))


def cubic(at: NDArray[np.float64], count: int, basis: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weights [samples, count] of a cubic spline at parameters; beyond its ends it goes on straight."""
    eye = np.eye(count)
    knots = np.concatenate([[2 * eye[0] - eye[1]], eye, [2 * eye[-1] - eye[-2]]])
    segment = np.clip(at.astype(int), 0, count - 2)
    powers = (at - segment)[:, None] ** np.arange(4)
    weights: NDArray[np.float64] = np.einsum("sk,skp->sp", powers @ basis, knots[segment[:, None] + np.arange(4)])
    return weights


def _catmull_rom(at: NDArray[np.float64], corners: tuple[bool, ...]) -> NDArray[np.float64]:
    """Weights of a Catmull-Rom spline that starts anew at every corner."""
    weights = np.zeros((len(at), len(corners)))
    breaks = [0, *(i for i in range(1, len(corners) - 1) if corners[i]), len(corners) - 1]
    for first, last in itertools.pairwise(breaks):
        inside = (at >= first) & (at <= last)
        weights[inside] = 0
        weights[inside, first : last + 1] = cubic(at[inside] - first, last - first + 1, CATMULL_ROM)
    return weights


def normal(rng: np.random.Generator, *shape: int) -> Floats:
    """Standard normal draws."""
    return rng.standard_normal(shape, np.float32)


def write(form: Form, n: int, hand: Hand, rng: np.random.Generator, samples: int = SAMPLES) -> tuple[Floats, Floats]:
    """n versions of a form, each by another writer.

    Returns path [n, samples, 2] (x, y), about 1 high, and pen [n, samples - 1]: 1 where the pen is on the paper.
    """
    control = _control_points(form, n, hand, rng)
    sharp, rounded, pen = spline(form, samples)
    roundness = rng.random((n, 1, 1), np.float32) ** 2 * hand.roundness
    path = (1 - roundness) * np.matmul(sharp, control) + roundness * np.matmul(rounded, control)
    path = shake(path - np.float32(0.5), hand, rng)
    return np.matmul(path, _style(n, hand, rng)), np.broadcast_to(pen, (n, samples - 1))


def shake(path: Floats, hand: Hand, rng: np.random.Generator) -> Floats:
    """Paths [n, samples, 2], about 1 high, as a hand draws them: with its tremor, on a plane that bends."""
    n, samples = path.shape[:2]
    along = np.linspace(0, 1, samples, dtype=np.float32)[None, :, None]
    path = path + hand.tremor * _waves(along, n, 7.0, rng)
    return path + hand.warp * (_waves(path[..., :1], n, 0.7, rng) + _waves(path[..., 1:], n, 0.7, rng))


def _control_points(form: Form, n: int, hand: Hand, rng: np.random.Generator) -> Floats:
    """Control points [n, points, 2]: a pose, then every stroke and every point a little off."""
    poses = len(form.points)
    mix = rng.dirichlet(np.ones(poses), n).astype(np.float32)
    mix = (1 + hand.pose) * mix - hand.pose / poses
    control = np.tensordot(mix, form.points, axes=1)
    control += hand.jitter * normal(rng, *control.shape)
    offset = 0
    for count in form.strokes:
        stroke = control[:, offset : offset + count]
        middle = stroke.mean(axis=1, keepdims=True)
        size = np.exp(hand.stroke_scale * normal(rng, n, 1, 2))
        shift = hand.stroke_shift * normal(rng, n, 1, 2) if len(form.strokes) > 1 else 0
        stroke[:] = middle + (stroke - middle) * size + shift
        extend = hand.overshoot * normal(rng, n, 2, 1)
        first, last = stroke[:, 0] - stroke[:, 1], stroke[:, -1] - stroke[:, -2]
        stroke[:, 0] += extend[:, 0] * first
        stroke[:, -1] += extend[:, 1] * last
        offset += count
    return control


def _waves(along: Floats, n: int, frequency: float, rng: np.random.Generator, count: int = 3) -> Floats:
    """Smooth random displacements [n, samples, 2] along a coordinate [n or 1, samples, 1], each about 1 high.

    frequency: upper end of the waves' frequencies, in cycles per unit of the coordinate.
    """
    total: Floats = np.zeros((), np.float32)
    for _ in range(count):
        omega = (2 * np.pi * frequency) * rng.random((n, 1, 2), np.float32)
        phase = (2 * np.pi) * rng.random((n, 1, 2), np.float32)
        total = total + normal(rng, n, 1, 2) * np.sin(along * omega + phase)
    return total


def _style(n: int, hand: Hand, rng: np.random.Generator) -> Floats:
    """Linear maps [n, 2, 2] for row vectors: aspect, then slant, then rotation."""
    aspect = hand.width * np.exp(hand.aspect * normal(rng, n))
    slant = hand.slant_mean + hand.slant * normal(rng, n)
    angle = hand.rotation * normal(rng, n)
    zero, one = np.zeros(n, np.float32), np.ones(n, np.float32)
    stretch = np.stack([aspect, zero, zero, one], axis=1).reshape(n, 2, 2)
    # y runs down, so leaning right moves the upper part (negative y) to the right.
    shear = np.stack([one, zero, -slant, one], axis=1).reshape(n, 2, 2)
    turn = np.stack([np.cos(angle), np.sin(angle), -np.sin(angle), np.cos(angle)], axis=1).reshape(n, 2, 2)
    style: Floats = np.matmul(np.matmul(stretch, shear), turn)
    return style
