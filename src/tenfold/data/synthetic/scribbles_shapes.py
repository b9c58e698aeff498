"""Printed and accidental shapes that are no digit: filled figures, silhouettes and textures.

Every function takes n, the pixels of the field's side and of the box that the shape lies in, and a random generator,
and returns uint8 [n, side, side], 255 where the ink is full. No shape is an upright bar, nor has it one round hole.
"""

from collections.abc import Callable

import numpy as np

from tenfold.data.dataset import Images
from tenfold.data.synthetic.strokes_hand import Floats, normal

DIRECTIONS = 512
"""Boundary points of a figure: closer than a pixel in a field of 128."""


def figures(n: int, side: int, box: int, rng: np.random.Generator) -> Images:
    """Filled discs, polygons, stars and blots, stretched and turned."""
    angle = np.linspace(0, 2 * np.pi, DIRECTIONS, endpoint=False, dtype=np.float32)[None]
    edges = [_polygon(n, angle, rng), _star(n, angle, rng), _blot(n, angle, rng), np.ones((n, DIRECTIONS), np.float32)]
    radius = np.choose(rng.choice(4, (n, 1), p=[0.35, 0.2, 0.35, 0.1]), edges)
    plane = _planes(n, rng)
    boundary = np.matmul(np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=2), plane)
    low, high = boundary.min(axis=1, keepdims=True), boundary.max(axis=1, keepdims=True)
    scale = box / (high - low).max(axis=2, keepdims=True)
    pixels = (_grid(side).reshape(1, -1, 2) - (side - 1) / 2) / scale + (low + high) / 2
    flat = np.matmul(pixels, np.linalg.inv(plane))
    index = np.round(np.arctan2(flat[..., 1], flat[..., 0]) * (DIRECTIONS / 2 / np.pi)).astype(int) % DIRECTIONS
    inside = np.take_along_axis(radius, index, axis=1) - np.hypot(flat[..., 0], flat[..., 1])
    return _tone(inside.reshape(n, side, side) * scale)


def silhouettes(n: int, side: int, box: int, rng: np.random.Generator) -> Images:
    """Three to six boxes in one, most of them alike on the left and on the right, as clothes and furniture are."""
    grid = (_grid(side) - (side - 1) / 2) / np.float32(box / 2)
    mirrored = np.abs(grid[..., 0])
    x = np.where(rng.random((n, 1, 1)) < 0.7, mirrored, grid[..., 0])
    inside = np.full((n, side, side), -np.inf, np.float32)
    for part in range(6):
        middle = rng.uniform(-0.9, 0.9, (2, n, 1, 1)).astype(np.float32)
        half = rng.uniform(0.1, 0.5, (2, n, 1, 1)).astype(np.float32)
        if part == 0:  # the trunk is broad: it would be a 1 otherwise
            middle, half = middle * 0, half * 0.6 + 0.35
        reach = np.minimum(half[0] - np.abs(x - middle[0]), half[1] - np.abs(grid[..., 1] - middle[1]))
        used = rng.random((n, 1, 1)) < (1 if part < 3 else 0.5)
        inside = np.maximum(inside, np.where(used, reach, -np.inf))
    # Cut from above or below, as between trouser legs: a hole would make it a 0.
    depth, half_width = rng.uniform(-0.3, 0.9, (n, 1, 1)), rng.uniform(0.05, 0.3, (n, 1, 1))
    upside = np.where(rng.random((n, 1, 1)) < 0.5, -1, 1) * grid[..., 1]
    inside = np.minimum(inside, np.maximum(np.abs(x) - half_width, depth - upside))
    within = 1 - np.abs(grid).max(axis=2)
    return _tone(np.minimum(inside, within) * np.float32(box / 2))


def textures(n: int, side: int, box: int, rng: np.random.Generator) -> Images:
    """Patches of noise, coarse or fine, lengthwise or crosswise, in a box or in a ragged patch of one."""
    inside = np.zeros((n, side, side), np.float32)
    sizes = np.array([3, 5, 9, 16, 28])
    rows, columns = rng.choice(sizes, n), rng.choice(sizes, n)
    for height in sizes:
        for width in sizes:
            chosen = np.flatnonzero((rows == height) & (columns == width))
            noise = normal(rng, len(chosen), height, width)
            inside[chosen] = _stretch(height, side) @ noise @ _stretch(width, side).T
    inside -= rng.normal(0, 0.25, (n, 1, 1)).astype(np.float32)
    inside *= rng.uniform(2, 8, (n, 1, 1)).astype(np.float32)
    within = np.float32(box / 2) - np.abs(_grid(side) - (side - 1) / 2).max(axis=2)
    ragged = _stretch(6, side) @ normal(rng, n, 6, 6) @ _stretch(6, side).T * 6
    ragged *= (rng.random((n, 1, 1)) < 0.5).astype(np.float32)
    return _tone(np.minimum(inside, within + np.minimum(ragged, 0)))


SHAPES: dict[str, Callable[[int, int, int, np.random.Generator], Images]] = {
    shape.__name__: shape for shape in (figures, silhouettes, textures)
}
"""The kinds of shapes by name."""


def _polygon(n: int, angle: Floats, rng: np.random.Generator) -> Floats:
    """The distance [n, directions] from the middle to the edge of polygons with three to eight sides."""
    sector = (2 * np.pi / rng.integers(3, 9, (n, 1))).astype(np.float32)
    return np.asarray(np.cos(sector / 2) / np.cos(angle % sector - sector / 2), np.float32)


def _star(n: int, angle: Floats, rng: np.random.Generator) -> Floats:
    """The same of stars with four to nine points."""
    sector = (2 * np.pi / rng.integers(4, 10, (n, 1))).astype(np.float32)
    depth = rng.uniform(0.5, 2.5, (n, 1)).astype(np.float32)
    return np.asarray(1 / (1 + depth * (1 - np.abs(2 * (angle % sector) / sector - 1))), np.float32)


def _blot(n: int, angle: Floats, rng: np.random.Generator) -> Floats:
    """The same of blots: a ring whose radius waves."""
    waves = np.zeros((n, angle.shape[1]), np.float32)
    for frequency in range(2, 10):
        waves += normal(rng, n, 1) / frequency * np.cos(frequency * angle + 2 * np.pi * rng.random((n, 1), np.float32))
    return np.asarray(np.exp(rng.uniform(0.3, 1.0, (n, 1)) * waves), np.float32)


def _planes(n: int, rng: np.random.Generator) -> Floats:
    """Linear maps [n, 2, 2] for row vectors: a turn, then a stretch: no disc becomes a bar."""
    angle = 2 * np.pi * rng.random(n, np.float32)
    turn = np.stack([np.cos(angle), np.sin(angle), -np.sin(angle), np.cos(angle)], axis=1).reshape(n, 2, 2)
    stretch = np.ones((n, 1, 2), np.float32)
    stretch[:, 0, 0] = np.exp(rng.uniform(-0.5, 0.7, n))
    return np.asarray(turn * stretch)


def _grid(side: int) -> Floats:
    """Every pixel's x and y [side, side, 2]."""
    return np.stack(np.meshgrid(np.arange(side), np.arange(side)), axis=2).astype(np.float32)


def _stretch(count: int, side: int) -> Floats:
    """The linear map [side, count] from a row of values to as many pixels, straight between them."""
    at = np.linspace(0, count - 1, side, dtype=np.float32)[:, None]
    return np.asarray(np.maximum(1 - np.abs(at - np.arange(count, dtype=np.float32)), 0), np.float32)


def _tone(inside: Floats) -> Images:
    """Ink from how far each pixel lies within the edge, in pixels."""
    return np.asarray(np.round(np.clip(inside + 0.5, 0, 1) * 255), np.uint8)
