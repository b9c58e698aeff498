"""Two measures of ink: the level that parts it from paper, and how wide its strokes are."""

import cv2
import numpy as np
from numpy.typing import NDArray


def otsu_threshold(grey: NDArray[np.uint8]) -> int:
    """The level that parts grey uint8 values into two groups with the least variance inside them (Otsu 1979)."""
    counts = np.bincount(grey.ravel(), minlength=256).astype(np.float64)
    below = np.cumsum(counts)
    above = below[-1] - below
    mass = np.cumsum(counts * np.arange(256))
    with np.errstate(divide="ignore", invalid="ignore"):
        between = below * above * (mass / below - (mass[-1] - mass) / above) ** 2
    best = np.flatnonzero(between == np.nanmax(between)) if np.isfinite(between).any() else np.array([0])
    # Between two clear groups every level is as good as the next: the middle keeps away from the noise of both.
    return int(best[len(best) // 2])


def stroke_width(mask: NDArray[np.uint8]) -> float:
    """The width in pixels of most strokes of a mask uint8 [h, w]; 0 where there are none.

    Twice the distance to the edge along the middle of the strokes; the wide few, as blots, shadows, do not count.
    """
    if not mask.any():
        return 0.0
    distance = cv2.distanceTransform(cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT), cv2.DIST_L2, 3)
    ridge = distance[(distance > 0) & (distance >= cv2.dilate(distance, np.ones((3, 3), np.uint8)))]
    return max(1.0, 2 * float(np.percentile(ridge, 70)) - 1)
