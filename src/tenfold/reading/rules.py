"""Lines that are printed, not written: the rules of paper, its squares, the boxes of forms."""

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.reading.ink import Ink
from tenfold.reading.light import LARGE
from tenfold.reading.measures import stroke_width

Mask = NDArray[np.uint8]
Floats = NDArray[np.float32]

_SOLID = 64
"""Strength of ink above which a pixel counts."""

_FAINT = 24
"""The same for rules, which are printed in pale colours."""

_DARKER = 80
"""Strength of ink by which a pixel is darker than the rules."""

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

_STEEPEST, _STEP = 0.07, 0.002
"""Rules rise or fall by no more than the first share of their length, and the share is found to the second."""

_STEEPER = 1.05
"""The page is level unless its lines are so many times as sharp when it is sheared."""

_SAMPLED = 20_000
"""So many points tell the slope."""


def without_rules(ink: Ink) -> Ink | None:
    """The same ink without lines that run across the page; None where there are none.

    Where a stroke crosses a rule it stays whole. A digit's own stroke that runs right across a tight crop looks like a
    rule, too: whoever asks compares the two readings.
    """
    mask = (ink.strength > _SOLID).astype(np.uint8)
    # On a tight crop every long stroke looks like a rule, the more so if it may be pale and slope.
    sheet = min(mask.shape) > LARGE
    shown = (ink.strength > _FAINT).astype(np.uint8) if sheet else mask
    find = _sloping_rules if sheet else _rules
    lying = find(shown)
    upright = np.ascontiguousarray(find(np.ascontiguousarray(shown.T)).T)
    if not lying.any() and not upright.any():
        return None
    # Where a sheet is darker than its rules, there is writing on them.
    darkest = float(np.median(ink.strength[(lying | upright) > 0])) + _DARKER if sheet else 255
    pale = np.asarray(ink.strength <= darkest, np.uint8)
    lying, upright = lying & pale, upright & pale
    rules = lying | upright
    edged = np.asarray(cv2.dilate(rules, np.ones((3, 3), np.uint8)), np.uint8)
    strength = np.where(edged & pale, 0, ink.strength)
    written = np.asarray(mask & ~rules & 1, np.uint8)
    bridges = _crossings(written, lying) | np.ascontiguousarray(
        _crossings(np.ascontiguousarray(written.T), np.ascontiguousarray(upright.T)).T
    )
    whole = cv2.dilate(bridges, np.ones((3, 3), np.uint8)) > 0
    left = np.where(whole, ink.strength, strength).astype(np.uint8)
    return replace(ink, strength=left, stroke=stroke_width((left > _SOLID).astype(np.uint8)))


def _sloping_rules(mask: Mask) -> Mask:
    """Where nearly lying rules of a whole sheet are, 0 or 1 [h, w]: parallel, if not level."""
    slope = _slope(mask)
    height, width = mask.shape
    room = int(np.ceil(abs(slope) * width))
    # Half a step more than none, for a row that falls between two pixels would be lost.
    start = (room if slope > 0 else 0) + _STEP / 2
    # Each maps a pixel of what is made to the pixel that it is taken from.
    to_page = np.array([[1, 0, 0], [slope, 1, -start]])
    to_level = np.array([[1, 0, 0], [-slope, 1, start]])
    nearest = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
    level = np.asarray(cv2.warpAffine(mask, to_page, (width, height + room), flags=nearest), np.uint8)
    rules = _rules(level)
    return np.asarray(cv2.warpAffine(rules, to_level, (width, height), flags=nearest), np.uint8) & mask


def _slope(mask: Mask) -> float:
    """The slope at which the upper edges of all ink fall into the sharpest rows."""
    y, x = np.nonzero(mask[1:] & ~mask[:-1] & 1)
    if len(x) == 0:
        return 0.0
    some = slice(None, None, max(1, len(x) // _SAMPLED))
    along, height = np.asarray(x[some], np.float32), np.asarray(y[some], np.float32)
    row = max(1.0, _STEP * mask.shape[1] / 2)
    slopes = np.arange(-_STEEPEST, _STEEPEST + _STEP / 2, _STEP)
    sharpness = [_sharpness(height - np.float32(slope) * along, row) for slope in slopes]
    best = int(np.argmax(sharpness))
    return float(slopes[best]) if sharpness[best] > _STEEPER * _sharpness(height, row) else 0.0


def _sharpness(y: Floats, row: float) -> float:
    """How unevenly heights fall into rows."""
    counts = np.bincount(((y - y.min()) / row).astype(np.int64)).astype(np.float64)
    return float(counts @ counts)


def _rules(mask: Mask) -> Mask:
    """Where rules are that are level but for a pixel here and there, 0 or 1 [h, w]."""
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
