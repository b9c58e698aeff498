"""Noise: pixels that chance makes lighter, darker, or their own opposite.

Here as in every room of the corruptions: images [n, 28, 28] float32 in [0, 1], and each image has its own draws.
"""

import numpy as np

from tenfold.data.corruptions.sampling import Shares


def shot_noise(images: Shares, rng: np.random.Generator, photons: float) -> Shares:
    """Each pixel counted in photons, of which a full one sends so many on average."""
    return (rng.poisson(images * photons) / photons).astype(np.float32)


def impulse_noise(images: Shares, rng: np.random.Generator, share: float) -> Shares:
    """Salt and pepper: this share of the pixels turned full or empty, by a coin."""
    hit = rng.random(images.shape, dtype=np.float32)
    # The share's lower half is salt, its upper half pepper: one draw a pixel serves both.
    salted = np.where(hit < share / 2, np.float32(1), images)
    return np.where((hit >= share / 2) & (hit < share), np.float32(0), salted)
