"""Blur: frosted glass, and a camera that moved."""

import math

import numpy as np

from tenfold.data.corruptions.sampling import Shares, smooth
from tenfold.inference.frame import SIDE


def glass_blur(images: Shares, rng: np.random.Generator, sigma: float, reach: int, rounds: int) -> Shares:
    """Smoothed, then pixels swapped with neighbours at most `reach` away, half of them a round, then smoothed again."""
    n = len(images)
    # A column an image: a swap of one place in all images then touches few lines of memory.
    pixels = np.ascontiguousarray(smooth(images, sigma).reshape(n, -1).T)
    columns = np.arange(n)
    order = range(SIDE - reach, reach, -1)
    for _ in range(rounds):
        steps = rng.integers(-reach, reach, (2, len(order), len(order), n), np.int16)
        # Half of the swaps are with oneself.
        moves = (SIDE * steps[0] + steps[1]) * rng.integers(2, size=steps.shape[1:], dtype=np.int16)
        for y, row in enumerate(order):
            for x, column in enumerate(order):
                here = SIDE * row + column
                there = here + moves[y, x]
                kept = pixels[here].copy()
                pixels[here] = pixels[there, columns]
                pixels[there, columns] = kept
    return smooth(np.ascontiguousarray(pixels.T).reshape(images.shape), sigma)


def motion_blur(images: Shares, rng: np.random.Generator, radius: int, sigma: float) -> Shares:
    """Smeared along a line within 45° of the horizontal, to one side, as ImageMagick's motion blur does it.

    The line is 2 × radius + 1 pixels long, and what is i pixels along it weighs as a Gaussian of sigma pixels does.
    """
    taps = np.arange(2 * radius + 1)
    weights = np.exp(-(taps**2) / (2 * sigma**2))
    weights /= weights.sum()
    angle = rng.uniform(-math.pi / 4, math.pi / 4, len(images))
    right = np.ceil(np.outer(taps, np.cos(angle)) - 0.5).astype(np.int64)
    down = np.ceil(np.outer(taps, np.sin(angle)) - 0.5).astype(np.int64)
    room = len(taps)
    padded = np.pad(images, ((0, 0), (room, room), (0, room)), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, (SIDE, SIDE), axis=(1, 2))
    rows = np.arange(len(images))
    blurred = np.zeros_like(images)
    for tap, weight in enumerate(weights.astype(np.float32)):
        blurred += weight * windows[rows, room + down[tap], right[tap]]
    return blurred
