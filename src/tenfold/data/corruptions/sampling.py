"""What several corruptions are made of: images smoothed, and images sampled between their pixels."""

import numpy as np
from numpy.typing import NDArray

from tenfold.inference.frame import SIDE

Shares = NDArray[np.float32]
"""Images [n, 28, 28], or masks and weights for them, as shares of full ink."""

Places = NDArray[np.floating]


def smooth(images: Shares, sigma: float, *, repeat_edge: bool = True) -> Shares:
    """Images [n, 28, 28] smoothed by a Gaussian of sigma pixels, cut off at four sigmas.

    Beyond the edge lie the edge's own pixels, or nothing, which then weighs nothing.
    """
    reach = int(4 * sigma + 0.5)
    offsets = np.arange(-reach, reach + 1)
    kernel = np.exp(-(offsets**2) / (2 * sigma**2))
    # Smoothing a row is linear, so it is a matrix, and two products smooth all images at once.
    places, rows = np.arange(SIDE)[:, None] + offsets, np.arange(SIDE)[:, None]
    inside = repeat_edge | ((places >= 0) & (places < SIDE))
    matrix = np.zeros((SIDE, SIDE))
    np.add.at(matrix, (rows, places.clip(0, SIDE - 1)), kernel * inside)
    matrix /= matrix.sum(axis=1, keepdims=True)
    weights = matrix.astype(np.float32)
    return np.asarray(weights @ images @ weights.T)


def sample(images: Shares, rows: Places, columns: Places) -> Shares:
    """Images [n, 28, 28] at places [n, 28, 28] between their pixels, each neighbour by its nearness; 0 beyond."""
    n, width = len(images), SIDE + 3
    padded = np.pad(images, ((0, 0), (1, 2), (1, 2))).reshape(n, -1)
    down, top = np.modf(rows.clip(-1, SIDE) + 1)
    right, left = np.modf(columns.clip(-1, SIDE) + 1)
    corner = (width * top + left).astype(np.int64).reshape(n, -1)
    sampled = np.zeros(images.shape, np.float32)
    for step, weight in (
        (0, (1 - down) * (1 - right)),
        (1, (1 - down) * right),
        (width, down * (1 - right)),
        (width + 1, down * right),
    ):
        sampled += np.take_along_axis(padded, corner + step, axis=1).reshape(images.shape) * weight
    return sampled
