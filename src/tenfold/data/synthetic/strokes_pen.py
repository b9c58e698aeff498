"""The pen: from paths to ink on pixels, and the place of a glyph in its field."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tenfold.data.synthetic.strokes_hand import Floats, normal


@dataclass(frozen=True)
class Pen:
    """How pens and paper differ; lengths in pixels of the final image."""

    radius: float = 1.36  # half the stroke's width, the middle of a log-normal draw
    radius_spread: float = 0.28  # standard deviation of log(radius)
    limits: tuple[float, float] = (0.45, 3.4)  # the least and the greatest radius
    heavy: float = 0.06  # share of glyphs in a marker's stroke, half as wide again
    pressure: float = 0.14  # change of the radius along the path, as a share
    nib: float = 0.10  # change of the radius with the direction, as a share
    softness: tuple[float, float] = (0.8, 1.5)  # width of the edge's ramp from paper to ink
    roughness: float = 0.12  # noise of the edge
    bleed: float = 0.55  # how far apart two strokes begin to run together
    gap: float = 0.04  # share of glyphs with a place where the pen left no ink
    speck: float = 0.02  # share of pictures with a speck of dirt, a pixel large

    def scaled(self, by: float) -> "Pen":
        """The same pen in a picture of by times as many pixels across; edges stay as sharp as they are."""
        low, high = self.limits
        return replace(self, radius=self.radius * by, limits=(low * by, high * by))


@dataclass(frozen=True)
class Trail:
    """Ink to be: points [n, samples, 2] (x, y); load, the length of path each stands for, and radius [n, samples].

    All in pixels; a point without ink has no load.
    """

    points: Floats
    load: Floats
    radius: Floats


def press(path: Floats, pen_down: Floats, pen: Pen, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """How wide the pen draws along paths [n, samples, 2], and where it leaves no ink.

    Returns radius [n, samples] in pixels and pen_down [n, samples - 1] with gaps, 0 where there is no ink.
    """
    n, samples = path.shape[:2]
    step = np.diff(path, axis=1)
    direction = np.arctan2(step[..., 1], step[..., 0])
    direction = np.concatenate([direction, direction[:, -1:]], axis=1)
    heavy = rng.random((n, 1), np.float32) < pen.heavy
    base = pen.radius * np.exp(pen.radius_spread * normal(rng, n, 1)) * np.where(heavy, np.float32(1.5), 1)
    along = np.linspace(0, 1, samples, dtype=np.float32)
    change = np.zeros((n, samples), np.float32)
    for cycles in (0.5, 1.0, 2.0):
        phase = 2 * np.pi * rng.random((n, 1), np.float32)
        change += pen.pressure * 0.7 * normal(rng, n, 1) * np.sin(2 * np.pi * cycles * along + phase)
    angle = np.pi * rng.random((n, 1), np.float32)
    change += pen.nib * np.abs(normal(rng, n, 1)) * np.cos(2 * (direction - angle))
    radius = base * np.exp(change)
    width = rng.uniform(0.02, 0.08, (n, 1)).astype(np.float32) * (rng.random((n, 1)) < pen.gap)
    on = pen_down * (np.abs(along[1:] - rng.random((n, 1), np.float32)) >= width)
    return np.clip(radius, *pen.limits).astype(np.float32), on.astype(np.float32)


def place(path: Floats, on: Floats, radius: Floats, margin: Floats, box: int, side: int) -> Trail:
    """Fit paths as MNIST's digits are: the ink's longer side fills the box, its centre of mass the middle.

    path [n, samples, 2]; on [n, samples - 1]; radius [n, samples]; margin [n, 1]: how far ink reaches beyond the
    radius; box, side: the box and the square field it lies in. All but path in pixels. As in a cropped and shrunk
    picture, the ink begins on a whole pixel; a lopsided glyph keeps inside the field.
    """
    inked = np.zeros((*radius.shape, 1), bool)
    inked[:, 1:] = on[..., None] > 0
    inked[:, :-1] |= on[..., None] > 0
    reach = (radius + margin)[..., None]
    scale = box / np.maximum(np.subtract(*_bounds(path, np.zeros_like(reach), inked)).max(axis=1), 1e-3)
    for _ in range(3):  # the radius does not scale with the path, and varies along it: approach the fit
        extent = np.subtract(*_bounds(path * scale[:, None, None], reach, inked)).max(axis=1)
        of_path = np.maximum(extent - 2 * reach.mean(axis=(1, 2)), 1e-3)
        scale = scale * np.maximum(of_path + box - extent, 1e-3) / of_path
    points = path * scale[:, None, None]
    high, low = _bounds(points, reach, inked)
    load = np.zeros(radius.shape, np.float32)
    half_steps = np.linalg.norm(np.diff(points, axis=1), axis=2) * on / 2
    load[:, 1:] += half_steps
    load[:, :-1] += half_steps
    mass = load * radius + 1e-6
    centre = (points * mass[..., None]).sum(axis=1) / mass.sum(axis=1, keepdims=True)
    # Pixel i covers i - 0.5 to i + 0.5, so a whole pixel begins on a half.
    corner = np.clip(np.round(side // 2 - (centre - low) + 0.5) - 0.5, -0.5, side - 0.5 - (high - low))
    return Trail((points - (low - corner)[:, None]).astype(np.float32), load, radius)


def _bounds(points: Floats, reach: Floats, inked: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """The highest and the lowest x and y [n, 2] that the ink of points [n, samples, 2] reaches."""
    high = np.where(inked, points + reach, np.float32(-1e9)).max(axis=1)
    low = np.where(inked, points - reach, np.float32(1e9)).min(axis=1)
    return high, low


TOGETHER = 32
"""Pictures drawn at a time: their matrices stay in the processor's cache."""


def ink(
    trail: Trail, softness: Floats, pen: Pen, rng: np.random.Generator, height: int, width: int
) -> NDArray[np.uint8]:
    """Draw trails: uint8 [n, height, width], 255 where the ink is full; softness [n, 1] in pixels."""
    n = len(trail.points)
    tone = np.zeros((n, height, width), np.uint8)
    for start in range(0, n, TOGETHER):
        rows = slice(start, start + TOGETHER)
        edge = _inside(Trail(trail.points[rows], trail.load[rows], trail.radius[rows]), pen, height, width)
        edge += pen.roughness * normal(rng, *edge.shape)
        tone[rows] = np.round(np.clip(0.5 + edge / softness[rows, :, None], 0, 1) * 255)
    specked = np.flatnonzero(rng.random(n) < pen.speck)
    tone[specked, rng.integers(0, height, len(specked)), rng.integers(0, width, len(specked))] = 255
    return tone


def _inside(trail: Trail, pen: Pen, height: int, width: int) -> Floats:
    """How far each pixel [n, height, width] lies within the ink's edge, in pixels; negative outside.

    Every point of a trail is a Gaussian blot, and blots are separable, so a picture is one product of two small
    matrices. The logarithm of their sum is a smooth minimum of the squared distances to the path, each less its
    own radius squared: an exact distance along a lone stroke, and ink that runs together where strokes meet.
    """
    # A blot much smaller than the pen would be lost among float32's smallest numbers before the pen's edge, and one
    # much smaller than the steps along the path would make a string of beads.
    least = np.maximum(0.16 * trail.radius.max(axis=1, initial=0), 0.6 * trail.load.mean(axis=1))
    bleed = np.maximum(pen.bleed, least.astype(np.float64))[:, None, None]
    sharpness = 1 / (2 * bleed**2)
    sharp = sharpness.astype(np.float32)
    across = trail.points[:, :, 0, None] - np.arange(width, dtype=np.float32)
    down = trail.points[:, :, 1, None] - np.arange(height, dtype=np.float32)
    # e^-42 is no ink at all, and the product of two of them still clear of float32's slow denormal numbers.
    blots_x = np.exp(-np.minimum(across * across * sharp, 42))
    floor = (-42 / sharpness).astype(np.float32)
    blots_y = np.exp(np.maximum(trail.radius[..., None] ** 2 - down * down, floor) * sharp)
    blots_y *= (trail.load * np.sqrt(sharpness / np.pi).astype(np.float32)[..., 0])[..., None]
    density = np.matmul(blots_y.transpose(0, 2, 1), blots_x)
    squared = -np.log(density + np.float32(1e-30)) / sharp
    load = trail.load.sum(axis=1)
    radius = ((trail.load * trail.radius).sum(axis=1) / np.maximum(load, 1e-6))[:, None, None]
    edge: Floats = radius - np.sqrt(np.maximum(squared + radius**2, 0))
    return edge
