"""What was found at several sizes of a page, put together: everything once."""

import numpy as np
from numpy.typing import NDArray

from tenfold.reading.detector.peaks import Found

_SAME = 0.35
"""Boxes that share more of what both cover are one thing."""

_WITHIN = 0.65
"""A box that lies in another by more than this share is a part of it, or the other is made of several."""


def merge(found: list[Found]) -> list[Found]:
    """Of digits, and of separators, that are one thing the likeliest; of a digit and its parts what is likelier."""
    digits = _once([one for one in found if one.is_digit])
    marks = _once([one for one in found if not one.is_digit])
    boxes = _boxes(digits)
    # A stroke of a digit is no separator.
    kept = [
        mark for mark in marks if not len(boxes) or _covered(mark, boxes).max() < 0.7 or _outweighs(mark, digits, boxes)
    ]
    return digits + kept


def _outweighs(mark: Found, digits: list[Found], boxes: NDArray[np.float64]) -> bool:
    inside = _covered(mark, boxes)
    return bool(mark.score > 2 * max(digits[index].score for index in np.flatnonzero(inside >= 0.7)))


def _once(found: list[Found]) -> list[Found]:
    """Greedily the likeliest, without what is the same thing."""
    kept: list[Found] = []
    boxes = np.zeros((0, 4))
    for one in sorted(found, key=lambda one: -one.score):
        if len(kept):
            shared = _shared(one, boxes)
            area, areas = one.width * one.height, (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
            same = shared / np.maximum(area + areas - shared, 1e-6) > _SAME
            part = shared / np.maximum(np.minimum(area, areas), 1e-6) > _WITHIN
            if (same | part).any():
                continue
        kept.append(one)
        boxes = np.vstack([boxes, one.box])
    return kept


def _boxes(found: list[Found]) -> NDArray[np.float64]:
    return np.array([one.box for one in found]).reshape(-1, 4)


def _shared(one: Found, boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """The area that a box shares with each of the others."""
    left, top, right, bottom = one.box
    across = np.minimum(boxes[:, 2], right) - np.maximum(boxes[:, 0], left)
    down = np.minimum(boxes[:, 3], bottom) - np.maximum(boxes[:, 1], top)
    return np.asarray(np.maximum(across, 0) * np.maximum(down, 0), np.float64)


def _covered(one: Found, boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    return _shared(one, boxes) / max(one.width * one.height, 1e-6)
