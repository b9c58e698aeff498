"""Glyphs as distances, so that one stored glyph can be drawn in any size and with any pen."""

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from tenfold.data.pages.canvas import FIELD_STEPS, FIELD_ZERO, Field
from tenfold.data.synthetic.paper_pen import skeleton, upscale
from tenfold.data.synthetic.strokes_hand import Floats
from tenfold.inference.frame import BOX, SIDE

FIELD_SIDE = 64
"""Pixels of the square that holds a glyph."""

FIELD_BOX = 44
"""Pixels of the glyph's longer side within it, the pen's width left out where the middle line is kept."""

Box = tuple[int, int, int, int]

_SHARP = 16
"""A polyline is drawn on sixteenths of a pixel."""


def outline_field(solid: NDArray[np.uint8]) -> Field:
    """Distances to the outline of ink uint8 [h, w] of 0 and 1: negative inside."""
    inside = cv2.distanceTransform(solid, cv2.DIST_L2, cv2.DIST_MASK_5)
    outside = cv2.distanceTransform(1 - solid, cv2.DIST_L2, cv2.DIST_MASK_5)
    # Whole pixels make a stepped outline: a small blur takes the steps away.
    return _stored(cv2.GaussianBlur(np.where(solid > 0, 0.5 - inside, outside - 0.5), (0, 0), 0.9))


def middle_field(middle: NDArray[np.uint8]) -> Field:
    """Distances to middle lines uint8 [h, w] of 0 and 1."""
    distance = cv2.distanceTransform(1 - middle, cv2.DIST_L2, cv2.DIST_MASK_5)
    # A line of whole pixels zigzags: a blur straightens it, and lifts its middle by what is taken off again.
    soft = cv2.GaussianBlur(distance, (0, 0), 1.2)
    return _stored(np.maximum(soft - np.float32(0.8), 0))


def _stored(distance: MatLike) -> Field:
    return np.asarray(np.clip(np.round(distance * np.float32(FIELD_STEPS) + FIELD_ZERO), 0, 255), np.uint8)


def enlarged(view: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The solid ink uint8 [FIELD_SIDE, FIELD_SIDE] of a digit's view [28, 28], its box in the middle."""
    ink = upscale(view, round(SIDE * FIELD_BOX / BOX))
    return centred((ink > 0.5).astype(np.uint8))


def centred(solid: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Ink cut to its box and laid on the middle of the field's square; larger ink is shrunk to FIELD_BOX."""
    x, y, width, height = cv2.boundingRect(solid)
    field = np.zeros((FIELD_SIDE, FIELD_SIDE), np.uint8)
    if not width:
        return field
    cut = solid[y : y + height, x : x + width]
    longest = max(width, height)
    if abs(longest - FIELD_BOX) > 4:
        size = max(1, round(width * FIELD_BOX / longest)), max(1, round(height * FIELD_BOX / longest))
        grey = cv2.resize(
            cut * np.uint8(255), size, interpolation=cv2.INTER_AREA if longest > FIELD_BOX else cv2.INTER_CUBIC
        )
        cut = (np.asarray(grey) > 110).astype(np.uint8)
        width, height = size
    left, top = (FIELD_SIDE - width) // 2, (FIELD_SIDE - height) // 2
    field[top : top + height, left : left + width] = cut
    return field


def bent(solid: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Solid ink uint8 [h, w] of 0 and 1 as another hand draws it: moved a little, smoothly (Simard et al. 2003)."""
    height, width = solid.shape
    moves = rng.normal(0, rng.uniform(0.02, 0.06) * FIELD_BOX, (2, 5, 5)).astype(np.float32)
    across, down = (np.asarray(cv2.resize(move, (width, height), interpolation=cv2.INTER_CUBIC)) for move in moves)
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    moved = cv2.remap(solid * np.uint8(255), x + across, y + down, cv2.INTER_LINEAR)
    return centred((np.asarray(moved) > 127).astype(np.uint8))


def ink_box(field: Field) -> Box:
    """Left, top, right, bottom in pixels of what lies on or within the field's zero."""
    x, y, width, height = cv2.boundingRect((field <= FIELD_ZERO + 1).astype(np.uint8))
    return x, y, x + width, y + height


def middle_of(solid: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The middle line of solid ink."""
    return skeleton(solid)


def drawn(path: Floats, on: Floats) -> NDArray[np.uint8]:
    """The middle line uint8 [side, side] of a path [samples, 2]; on [samples - 1]: 1 where the pen writes."""
    writes = on > 0
    inked = np.zeros(len(path), bool)
    inked[1:] |= writes
    inked[:-1] |= writes
    middle = np.zeros((FIELD_SIDE, FIELD_SIDE), np.uint8)
    if not inked.any():
        return middle
    low, high = path[inked].min(axis=0), path[inked].max(axis=0)
    scale = FIELD_BOX / max(float((high - low).max()), 1e-3)
    at = (path - (low + high) / 2) * scale + FIELD_SIDE / 2 - 0.5
    points = np.round(at * _SHARP).astype(np.int32)
    ends = np.flatnonzero(np.diff(np.concatenate([[0], writes.astype(np.int8), [0]])))
    strokes = [points[first : last + 1] for first, last in ends.reshape(-1, 2)]
    cv2.polylines(middle, strokes, False, 1, 1, cv2.LINE_8, 4)
    return middle


def stroke_radius(solid: NDArray[np.uint8], middle: NDArray[np.uint8]) -> float:
    """Half the width of solid ink's strokes in pixels: the median along its middle line."""
    inside = cv2.distanceTransform(solid, cv2.DIST_L2, cv2.DIST_MASK_5)
    along = inside[middle > 0]
    return float(np.median(along)) - 0.5 if len(along) else 0.0
