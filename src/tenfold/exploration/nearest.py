"""Nearest neighbours by matrix products: all of them, and all within a distance, exactly."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Images = NDArray[np.uint8]
Rows = NDArray[np.int64]

_BLOCK = 1000
_SCREEN = 48
"""Components that pairs are screened by before their pixels are compared."""

_COLUMNS = 2000
"""Candidates at a time: their products with a block stay in the caches."""

_NO_PAIRS = np.zeros(0, np.int64), np.zeros(0, np.int64)

_MANY = 100_000
"""Pairs of a block that pass the screen from which on all of the block's pixels are compared at once."""


def nearest(queries: Floats, pool: Floats, k: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The k rows of pool nearest to each query, nearest first, and their Euclidean distances: [n, k] each.

    queries [n, size], pool [m, size]; k is at most m. Ties go to the earlier row.
    """
    k = min(k, len(pool))
    squares = np.einsum("ij,ij->i", pool, pool)
    rows = np.zeros((len(queries), k), np.int64)
    distances = np.zeros((len(queries), k))
    for start in range(0, len(queries), _BLOCK // 4):
        block = queries[start : start + _BLOCK // 4]
        scores = squares - 2 * (block @ pool.T)
        some = np.sort(np.argpartition(scores, k - 1, axis=1)[:, :k], axis=1)
        gaps = np.linalg.norm(pool[some].astype(np.float64) - block[:, None], axis=2)
        order = np.argsort(gaps, axis=1, kind="stable")
        rows[start : start + len(block)] = np.take_along_axis(some, order, axis=1)
        distances[start : start + len(block)] = np.take_along_axis(gaps, order, axis=1)
    return rows, distances


def nearest_within(images: Images, others: Images | None, cosine: float) -> list[tuple[int, int, float]]:
    """For each image its nearest other whose cosine is at least so much: its row, the other's row, their cosine.

    images uint8 [n, height, width], each with some ink; others: where to look, None for images itself, where an image
    is not its own neighbour. Exact: on unit vectors a cosine is a distance, and a distance in any few components is at
    most that in all. So pairs too far apart in some components are far apart, and only the rest are compared in full.
    """
    pool = images if others is None else others
    if len(images) == 0 or len(pool) == 0:
        return []
    radius = float(np.sqrt(2 - 2 * cosine)) + 1e-3  # the screen is in float32: no true pair may fail it
    basis = _basis(pool)
    screen, pool_screen = _project(images, basis), _project(pool, basis)
    order, pool_order = np.argsort(screen[:, 0]), np.argsort(pool_screen[:, 0])
    screen, pool_screen = screen[order], pool_screen[pool_order]
    own = others is None
    best: dict[int, tuple[float, int]] = {}
    for start in range(0, len(images), _BLOCK):
        block = slice(start, min(start + _BLOCK, len(images)))
        # Sorted by the first component, the candidates of a block are a range; of one set, each pair is met once.
        first, last = np.searchsorted(
            pool_screen[:, 0], [screen[block.start, 0] - radius, screen[block.stop - 1, 0] + radius]
        )
        first = block.start if own else first
        here, there = _pairs_within(screen[block], pool_screen[first:last], radius)
        if len(here) > _MANY:
            pairs = _nearest_of_block(images, pool, order[block], pool_order[first:last], cosine, own)
        else:
            pairs = _near_pairs(images, pool, order[block.start + here], pool_order[first + there], cosine, own)
        for row, other, value in pairs:
            best[row] = max(best.get(row, (-1.0, 0)), (value, -other))
            if own:
                best[other] = max(best.get(other, (-1.0, 0)), (value, -row))
    return [(row, -other, min(1.0, value)) for row, (value, other) in best.items()]


def _basis(images: Images) -> Floats:
    """The directions [size, _SCREEN], orthonormal, along which unit images vary most."""
    some = _units(images[:: max(1, len(images) // 10_000)])
    values, vectors = np.linalg.eigh(some.T.astype(np.float64) @ some)
    return np.ascontiguousarray(vectors[:, np.argsort(-values)[:_SCREEN]], np.float32)


def _project(images: Images, basis: Floats) -> Floats:
    parts = [_units(images[start : start + _BLOCK]) @ basis for start in range(0, len(images), _BLOCK)]
    return np.concatenate(parts)


def _units(images: Images) -> Floats:
    flat = images.reshape(len(images), -1).astype(np.float32)
    return np.asarray(flat / np.linalg.norm(flat, axis=1, keepdims=True), np.float32)


def _pairs_within(a: Floats, b: Floats, radius: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The rows of a and of b that are at most a radius apart."""
    half_squares = (np.einsum("ij,ij->i", a, a)[:, None] - radius**2) / 2, np.einsum("ij,ij->i", b, b)[:, None] / 2
    ones = np.ones((len(a), 1), np.float32), np.ones((len(b), 1), np.float32)
    # ab >= (aa + bb - rr) / 2, with the right side inside the product.
    left = np.hstack([a, -half_squares[0], ones[0]]).astype(np.float32)
    right = np.hstack([b, ones[1], -half_squares[1]]).astype(np.float32)
    product = np.empty((len(a), _COLUMNS), np.float32)
    found = [_NO_PAIRS]
    for start in range(0, len(b), _COLUMNS):
        part = right[start : start + _COLUMNS]
        within = np.matmul(left, part.T, out=product[:, : len(part)]) >= 0
        rows, columns = np.divmod(np.flatnonzero(within), len(part))
        found.append((rows, start + columns))
    here, there = zip(*found, strict=True)
    return np.concatenate(here), np.concatenate(there)


def _near_pairs(
    images: Images, pool: Images, here: Rows, there: Rows, cosine: float, own: bool
) -> Iterator[tuple[int, int, float]]:
    """Of pairs that passed the screen those that are near, compared in every pixel."""
    for start in range(0, len(here), _BLOCK * 4):
        rows, others = here[start : start + _BLOCK * 4], there[start : start + _BLOCK * 4]
        cosines = np.einsum("ij,ij->i", _units(images[rows]), _units(pool[others]), dtype=np.float64)
        near = (cosines >= cosine) & ~(own & (rows == others))
        yield from zip(rows[near].tolist(), others[near].tolist(), cosines[near].tolist(), strict=True)


def _nearest_of_block(
    images: Images, pool: Images, here: Rows, there: Rows, cosine: float, own: bool
) -> Iterator[tuple[int, int, float]]:
    """Each row's nearest among all of there, and of one set the other way round: faster where many are alike."""
    cosines = _units(images[here]) @ _units(pool[there]).T
    if own:
        cosines[here[:, None] == there] = -1
    for row, column in enumerate(cosines.argmax(axis=1)):
        if cosines[row, column] >= cosine:
            yield int(here[row]), int(there[column]), float(cosines[row, column])
    for column, row in enumerate(cosines.argmax(axis=0) if own else ()):
        if cosines[row, column] >= cosine:
            yield int(here[row]), int(there[column]), float(cosines[row, column])
