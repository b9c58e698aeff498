"""A digit's outline in place of the digit: Canny's edges (Canny 1986) with scikit-image's defaults."""

import cv2
import numpy as np

from tenfold.data.corruptions.sampling import Shares, sample, smooth
from tenfold.inference.frame import SIDE

_SIGMA = 1.0
_LEAST, _SURE = 0.1, 0.2
"""Slopes from which a pixel may be an edge, and from which it surely is one."""


def canny_edges(images: Shares, rng: np.random.Generator) -> Shares:
    """1 on the edges, else 0; nothing is drawn at random.

    An edge is where the slope of the smoothed image is steepest along its own direction, and steep enough there or
    somewhere along the same edge. The outermost pixels are none.
    """
    down, right = _slopes(smooth(images, _SIGMA, repeat_edge=False))
    slope = np.hypot(down, right)
    # One step along the slope, to the ring of eight neighbours, and back.
    longer = np.maximum(np.maximum(np.abs(down), np.abs(right)), np.finfo(np.float32).tiny)
    y, x = np.indices((SIDE, SIDE))
    steepest = slope > 0
    for way in (1, -1):
        # Equal slopes may differ in their last bit, otherwise on each processor.
        steepest &= sample(slope, y + way * down / longer, x + way * right / longer) <= slope * np.float32(1 + 1e-6)
    steepest[:, [0, -1], :] = steepest[:, :, [0, -1]] = False
    # No edge reaches the rim of its image, so all images can be labelled as one tall picture.
    possible = (steepest & (slope >= _LEAST)).reshape(-1, SIDE)
    sure = steepest & (slope >= _SURE)
    count, labels = cv2.connectedComponents(possible.astype(np.uint8), connectivity=8)
    kept = np.zeros(count, bool)
    kept[labels.reshape(images.shape)[sure]] = True
    return np.asarray(kept[labels].reshape(images.shape), np.float32)


def _slopes(images: Shares) -> tuple[Shares, Shares]:
    """Sobel's differences downwards and to the right, the edge's pixels repeated beyond it."""
    room = np.pad(images, ((0, 0), (1, 1), (1, 1)), mode="edge")
    down, right = room[:, 2:] - room[:, :-2], room[:, :, 2:] - room[:, :, :-2]
    return (
        np.asarray(down[:, :, :-2] + 2 * down[:, :, 1:-1] + down[:, :, 2:]),
        np.asarray(right[:, :-2] + 2 * right[:, 1:-1] + right[:, 2:]),
    )
