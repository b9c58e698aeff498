"""The pen: a digit's ink enlarged from its 28×28 view, drawn thinner or thicker, and pressed unevenly."""

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from tenfold.inference.frame import SIDE

Ink = NDArray[np.float32]
"""How much of each pixel ink covers: float32 [h, w] in [0, 1]."""

Mask = NDArray[np.uint8]

_BLOT = 1.25
"""Times the strokes' middle radius: ink thicker than where two of them cross is a blot, an eye that ran full."""


def upscale(view: NDArray[np.uint8], size: int) -> Ink:
    """The ink [size, size] of a digit's view uint8 [28, 28], its edges smooth as a pen's and about a pixel wide.

    MNIST's edges are a pixel's ramp of 28. Enlarged they would be wide and soft, with the pixels' steps still to be
    seen: a blur of half a view's pixel takes the steps away, and a steeper ramp the softness.
    """
    scale = size / SIDE
    # In a thick pen's digits the eye of a 6 is only a little paler than the ink around it: sharpening opens it again.
    sharp = cv2.addWeighted(view, 3, cv2.GaussianBlur(view, (0, 0), 1.5), -2, 0)
    soft = cv2.resize(_without_specks(sharp), (size, size), interpolation=cv2.INTER_CUBIC)
    if scale > 1:
        soft = cv2.GaussianBlur(soft, (0, 0), 0.5 * scale)
    steepness = max(1.0, 1.4 * scale)
    # Edges at 0.4 rather than 0.5: the blur takes from thin strokes, and they must not part.
    edge = soft.astype(np.float32) * np.float32(steepness / 255) + np.float32(0.5 - 0.4 * steepness)
    return np.asarray(np.clip(edge, 0, 1), np.float32)


def _without_specks(view: MatLike) -> MatLike:
    """The view without what stands apart and is no larger than two pixels: dirt, which a pen would make a dot of."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats((view > 100).astype(np.uint8), connectivity=8)
    if count <= 2:
        return view
    speck = stats[:, cv2.CC_STAT_AREA] <= 2
    return np.where(speck[labels], 0, view).astype(np.uint8)


def thicken(coverage: Ink, rng: np.random.Generator, ratio: float, thinnest: float = 1.0) -> Ink:
    """The same strokes `ratio` times as wide, from a hairline (ratio near 0) to a marker (about 2).

    Every stroke shrinks towards its middle line or grows away from it, so that thin strokes never part. A hole in
    the ink (the eye of a 6) stays open: strokes grow no further than the smallest hole allows; an eye that ran full
    of ink stays a blot. How much of the pen's own changes of width is left is random: a canvas draws evenly.
    thinnest: width in pixels below which no stroke goes; under 1 they come apart.
    """
    solid = (coverage > 0.5).astype(np.uint8)
    middle = skeleton(solid)
    if not middle.any():
        return coverage
    radius_there = cv2.distanceTransform(solid, cv2.DIST_L2, cv2.DIST_MASK_5)[middle > 0] - np.float32(0.5)
    distance, nearest = cv2.distanceTransformWithLabels(
        1 - middle, cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    mean = float(np.median(radius_there))
    ratio = min(ratio, 1 + _room(solid) / max(mean, 0.5)) if ratio > 1 else ratio
    blot = np.maximum(radius_there - np.float32(_BLOT * mean), 0)
    own = np.float32(rng.uniform(0, 1))
    radius = np.zeros(int(nearest.max()) + 1, np.float32)
    radius[nearest[middle > 0]] = np.maximum((mean + own * (radius_there - blot - mean)) * ratio, thinnest / 2) + blot
    # Neighbouring points of the middle line differ in radius: without a blur the outline would step between them.
    around = cv2.blur(radius[nearest], (2 * round(mean) + 1, 2 * round(mean) + 1))
    return np.asarray(np.clip(around - distance + np.float32(0.5), 0, 1), np.float32)


def _room(solid: Mask) -> float:
    """Pixels by which strokes may grow and leave every hole that a person would see open."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(1 - solid, connectivity=4)
    height, width = solid.shape
    x, y, w, h = stats[:, 0], stats[:, 1], stats[:, 2], stats[:, 3]
    inside = (x > 0) & (y > 0) & (x + w < width) & (y + h < height) & (stats[:, 4] > solid.size / 1000)
    inside[0] = False  # the ink itself
    if not inside.any():
        return float(max(height, width))
    depth = cv2.distanceTransform(1 - solid, cv2.DIST_L2, cv2.DIST_MASK_5)
    return 0.5 * min(float(depth[labels == hole].max()) for hole in range(count) if inside[hole])


def skeleton(solid: Mask) -> Mask:
    """The middle lines, a pixel wide, of strokes uint8 [h, w] of 0 and 1 (Zhang and Suen 1984); topology is kept."""
    x, y, w, h = cv2.boundingRect(solid)
    thin: MatLike = solid[y : y + h, x : x + w]
    left = cv2.countNonZero(solid)
    if not left:
        return solid
    while True:
        for keep in _KEEP:
            # The eight neighbours' bits add up to at most 255, so a filter on bytes gathers them exactly.
            neighbours = cv2.filter2D(thin, -1, _BITS, borderType=cv2.BORDER_CONSTANT)
            thin = cv2.bitwise_and(thin, cv2.LUT(neighbours, keep))
        before, left = left, cv2.countNonZero(thin)
        if left == before:
            middle = np.zeros_like(solid)
            middle[y : y + h, x : x + w] = thin
            return middle


_BITS = np.array([[128, 1, 2], [64, 0, 4], [32, 16, 8]], np.float32)


def _keep_tables() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """For each of the 256 neighbourhoods, whether its middle stays, in each half of Zhang and Suen's step."""
    bits = np.arange(256)[:, None] >> np.arange(8) & 1  # P2 … P9, clockwise from the pixel above
    count = bits.sum(axis=1)
    turns = ((bits == 0) & (np.roll(bits, -1, axis=1) == 1)).sum(axis=1)
    up, right, down, left = bits[:, 0], bits[:, 2], bits[:, 4], bits[:, 6]
    edge = (count >= 2) & (count <= 6) & (turns == 1)
    first = edge & (up * right * down == 0) & (right * down * left == 0)
    second = edge & (up * right * left == 0) & (up * down * left == 0)
    return (~first).astype(np.uint8), (~second).astype(np.uint8)


_KEEP = _keep_tables()


def pencil(coverage: Ink, rng: np.random.Generator, strength: float) -> Ink:
    """Ink as graphite on rough paper leaves it: in a share `strength` of full grain it misses the paper's dips."""
    grain = rng.standard_normal(coverage.shape, np.float32)
    grain = cv2.GaussianBlur(grain, (0, 0), 0.7) * np.float32(1.8)
    return np.asarray(coverage * np.clip(1 - strength * (np.float32(0.45) + np.float32(0.4) * grain), 0, 1), np.float32)


def pressure(coverage: Ink, rng: np.random.Generator, strength: float) -> Ink:
    """Ink lighter by up to a share `strength` where the hand pressed less, changing slowly along the strokes."""
    return np.asarray(coverage * (1 - np.float32(strength) * drift(coverage.shape, rng, 4)), np.float32)


def drift(shape: tuple[int, ...], rng: np.random.Generator, cells: int) -> Ink:
    """A smooth random field [h, w] in [0, 1], `cells` times across the longer side."""
    height, width = shape
    cell = max(height, width) / cells
    coarse = rng.random((round(height / cell) + 2, round(width / cell) + 2), np.float32)
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
