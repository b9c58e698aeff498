"""Lines that are printed, not written: the rules of paper, its squares, the boxes of forms."""

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.reading.ink import Ink

Mask = NDArray[np.uint8]

_SOLID = 64
"""Strength of ink above which a pixel counts."""

_RUN = 0.25
"""A rule shows in unbroken runs of this share of the page's length, at least."""

_LONGEST_RUN = 100
"""Pixels: a rule that is a little off level breaks into steps no longer than this."""

_SHORTEST_RUN = 25
"""Pixels: on a smaller picture a digit's own strokes are as long as its rules."""

_ACROSS = 0.7
"""It reaches over this share of the page in all; over half of it where it runs out of the picture."""

_REACH = 9
"""Pixels: a stroke on both sides of a rule is one stroke no further apart than this."""

_THICK = 0.06
"""It is no thicker than this share of the page's breadth."""


def without_rules(ink: Ink) -> Ink | None:
    """The same ink without lines that run across the page; None where there are none.

    Where a stroke crosses a rule it stays whole. A digit's own stroke that runs right across a tight crop looks like a
    rule, too: whoever asks compares the two readings.
    """
    mask = (ink.strength > _SOLID).astype(np.uint8)
    lying = _rules(mask)
    upright = np.ascontiguousarray(_rules(np.ascontiguousarray(mask.T)).T)
    if not lying.any() and not upright.any():
        return None
    rules = lying | upright
    strength = np.where(cv2.dilate(rules, np.ones((3, 3), np.uint8)) > 0, 0, ink.strength)
    written = np.asarray(mask & ~rules & 1, np.uint8)
    bridges = _crossings(written, lying) | np.ascontiguousarray(
        _crossings(np.ascontiguousarray(written.T), np.ascontiguousarray(upright.T)).T
    )
    whole = cv2.dilate(bridges, np.ones((3, 3), np.uint8)) > 0
    return replace(ink, strength=np.where(whole, ink.strength, strength).astype(np.uint8))


def _rules(mask: Mask) -> Mask:
    """Where lying rules are, 0 or 1 [h, w]."""
    height, width = mask.shape
    run = int(min(_LONGEST_RUN, _RUN * width))
    if run < _SHORTEST_RUN:
        return np.zeros_like(mask)
    # A rule off level steps from row to row: made two pixels thicker, its steps overlap.
    thicker = cv2.dilate(mask, np.ones((3, 1), np.uint8))
    runs = np.asarray(cv2.morphologyEx(thicker, cv2.MORPH_OPEN, np.ones((1, run), np.uint8)), np.uint8) & mask
    joined = cv2.morphologyEx(runs, cv2.MORPH_CLOSE, np.ones((3, run), np.uint8))
    count, labels, boxes, _centres = cv2.connectedComponentsWithStats(np.asarray(joined, np.uint8))
    if count < 2:
        return np.zeros_like(mask)
    x, _y, wide, _tall, area = np.asarray(boxes, np.int64).T
    leaves = (x <= 1) | (x + wide >= width - 1)
    long = (wide >= _ACROSS * width) | (leaves & (wide >= 0.5 * width))
    solid = np.bincount(labels.ravel(), runs.ravel(), count)
    kept = long & (area <= np.maximum(3, _THICK * height) * wide) & (solid >= 0.6 * wide)
    kept[0] = False
    return np.asarray(kept[labels] & (runs > 0), np.uint8)


def _crossings(written: Mask, rules: Mask) -> Mask:
    """Where strokes go through lying rules, 0 or 1 [h, w]: writing both right above and right below."""
    reach = np.ones((_REACH, 1), np.uint8)
    above = np.asarray(cv2.dilate(written, reach, anchor=(0, _REACH - 1)), np.uint8)
    below = np.asarray(cv2.dilate(written, reach, anchor=(0, 0)), np.uint8)
    return rules & above & below
