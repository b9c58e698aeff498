"""A dataset as a map: each image a point, like images near each other (principal components, Pearson 1901)."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

_FITTED = 20_000
"""Images that the directions are found on: more do not move them visibly."""

_BATCH = 4000


@dataclass(frozen=True)
class Projection:
    """places: float32 [n, 2], the first two principal components of the pixels, in units of full pixels; explained:
    their two shares of the pixels' variance."""

    places: NDArray[np.float32] = field(repr=False)
    explained: tuple[float, float]


def project(images: NDArray[np.uint8], seed: int = 0) -> Projection:
    """The map of images uint8 [n, height, width]. A component's sign is free: the one that makes its sum positive."""
    flat = images.reshape(len(images), -1)
    some = np.sort(np.random.default_rng(seed).permutation(len(flat))[:_FITTED])
    sample = flat[some].astype(np.float32) / 255
    mean = sample.mean(axis=0)
    sample -= mean
    values, vectors = np.linalg.eigh((sample.T @ sample).astype(np.float64))
    axes = vectors[:, [-1, -2]]
    axes = (axes * np.where(axes.sum(axis=0) < 0, -1, 1)).astype(np.float32)
    parts = [
        (flat[start : start + _BATCH].astype(np.float32) / 255 - mean) @ axes for start in range(0, len(flat), _BATCH)
    ]
    variance = max(float(values.sum()), 1e-12)
    return Projection(np.concatenate(parts), (float(values[-1]) / variance, float(values[-2]) / variance))
