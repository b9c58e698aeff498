"""What can be measured of a picture that makes it hard to read: figures only, judged by `tenfold.reading.diagnosis`."""

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.reading.measures import Box
from tenfold.reading.trace import SymbolTrace, Trace

Mask = NDArray[np.bool_]

_SOLID = 64
"""Strength of ink above which it counts."""

_CORE = 200
"""Strength of the middle of a stroke."""

_LONG, _UPRIGHT = 4.0, 60.0
"""Pieces of ink lie along a line if they reach so many times as far along it as across; and what slopes more degrees
than this is none."""

_NEAR = 0.05
"""A box may end this share of its longer side before the ink in it does."""

_PATCH = 0.05
"""Share of the page's shorter side that a patch is at least wide."""

_SHARP = 0.3
"""Share of the page's grey levels that are stepped over within a patch's edge, 7 pixels wide."""

_CELLS = 6
"""Light is compared between so many parts of a page's sides."""


def patches(grey: NDArray[np.uint8]) -> int:
    """How many areas of one shade stand on a page [h, w], wider than strokes and sharp-edged: plates, stickers."""
    _, lighter = cv2.threshold(grey, 0, 1, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    boxes = [box for shade in (lighter, 1 - lighter) for box in _patches(grey, shade.astype(np.uint8))]
    return sum(not any(_within(one, other) for other in boxes if other != one) for one in boxes)


def _patches(grey: NDArray[np.uint8], shade: NDArray[np.uint8]) -> Iterator[tuple[slice, slice]]:
    """Rows and columns of the patches of one shade, which is 1 there and 0 elsewhere."""
    steps = cv2.morphologyEx(cv2.GaussianBlur(grey, (5, 5), 0), cv2.MORPH_GRADIENT, np.ones((7, 7), np.uint8))
    sharp = _SHARP * float(np.ptp(np.percentile(grey, (1, 99))))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(cv2.morphologyEx(shade, cv2.MORPH_OPEN, np.ones((5, 5))))
    for label in range(1, count):
        left, top, width, height, area = map(int, stats[label])
        box = slice(top, top + height), slice(left, left + width)
        clear = left > 0 and top > 0 and left + width < grey.shape[1] and top + height < grey.shape[0]
        if clear and min(width, height) >= _PATCH * min(grey.shape) and area >= width * height / 2:
            piece = np.pad((labels[box] == label).astype(np.uint8), 1)
            rim = cv2.morphologyEx(piece, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))[1:-1, 1:-1] > 0
            if np.median(steps[box][rim]) >= sharp:
                yield box


def _within(one: tuple[slice, slice], other: tuple[slice, slice]) -> bool:
    return all(b.start <= a.start and a.stop <= b.stop for a, b in zip(one, other, strict=True))


def contrast(trace: Trace) -> float:
    """Grey levels, of 255, between strokes and the paper right beside them, in the channel where it is most."""
    return float(max(_channel_contrasts(trace), default=0.0))


def edge_width(trace: Trace) -> float:
    """Pixels over which paper becomes ink at the edge of most strokes: about 1 in a sharp picture."""
    contrasts = _channel_contrasts(trace)
    best = int(np.argmax(contrasts))
    if contrasts[best] == 0:
        return 0.0
    levels = _channels(trace)[..., best].astype(np.float32)
    across, down = np.zeros_like(levels), np.zeros_like(levels)
    across[:, :-1], down[:-1] = np.abs(np.diff(levels, axis=1)), np.abs(np.diff(levels, axis=0))
    solid = (trace.used.strength > 128).astype(np.uint8)
    edge = cv2.morphologyEx(solid, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0
    steepest = np.hypot(across, down)[edge]
    return contrasts[best] / float(np.percentile(steepest, 75)) if len(steepest) else 0.0


def grain(trace: Trace) -> float:
    """Standard deviation, in grey levels, of the paper's noise from pixel to pixel (Immerkaer 1996)."""
    paper = _paper(trace)
    grey = trace.page.grey.astype(np.float32)
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
    rough = np.abs(cv2.filter2D(grey, -1, kernel))[paper]
    return float(np.sqrt(np.pi / 2) / 6 * rough.mean()) if rough.size else 0.0


def blockiness(trace: Trace) -> float:
    """Grey levels by which the paper steps more at every eighth pixel than right before and after: JPEG's blocks.

    In excess of what it does at the next best of eighth pixels, for a rough paper does so by chance.
    """
    bare = trace.ink.strength == 0
    grey = trace.page.grey.astype(np.float32)
    most = 0.0
    for levels, mask in ((grey, bare), (grey.T, bare.T)):
        steps = np.abs(np.diff(levels, axis=1))
        more = steps[:, 1:-1] - (steps[:, :-2] + steps[:, 2:]) / 2
        within = mask[:, :-3] & mask[:, 1:-2] & mask[:, 2:-1] & mask[:, 3:]
        column = np.arange(more.shape[1]) % 8
        places = [more[:, column == i][within[:, column == i]] for i in range(8)]
        if min(len(place) for place in places) > 100:
            second, first = sorted(float(place.mean()) for place in places)[-2:]
            most = max(most, first - max(second, 0.0))
    return most


def unevenness(trace: Trace) -> tuple[float, float]:
    """Grey levels of the paper in the darkest and the lightest part of the page."""
    paper = _paper(trace)
    grey = trace.page.grey
    levels = []
    for rows in np.array_split(np.arange(grey.shape[0]), _CELLS):
        for columns in np.array_split(np.arange(grey.shape[1]), _CELLS):
            if len(rows) == 0 or len(columns) == 0:
                continue
            window = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
            bare = grey[window][paper[window]]
            if bare.size > 0.2 * grey[window].size:
                levels.append(float(np.median(bare)))
    return (min(levels), max(levels)) if levels else (0.0, 0.0)


def digit_height(trace: Trace) -> float:
    """Pixels of the page that most digits are high, or what else there is; infinite where there is nothing."""
    digits = trace.boxes[: len(trace.reading.digits)] or trace.boxes
    return float(np.median([max(box[3], box[2] / 3) for box in digits])) if digits else float("inf")


def coverage(trace: Trace) -> float:
    """Share of the page that is ink."""
    return float((trace.used.strength > _SOLID).mean())


def at_border(trace: Trace) -> list[tuple[str, int]]:
    """The sides of the page that digits, or what was rejected, run into, and over how many pixels."""
    solid = trace.used.strength > _SOLID
    height, width = solid.shape
    runs = {"left": 0, "top": 0, "right": 0, "bottom": 0}
    for x, y, wide, tall in trace.boxes:
        near = max(1, round(_NEAR * max(wide, tall)))
        # A box may reach beyond the page.
        rows, columns = np.s_[max(0, y) : max(0, y + tall)], np.s_[max(0, x) : max(0, x + wide)]
        if x < near:
            runs["left"] += int(solid[rows, 0].sum())
        if y < near:
            runs["top"] += int(solid[0, columns].sum())
        if x + wide > width - near:
            runs["right"] += int(solid[rows, -1].sum())
        if y + tall > height - near:
            runs["bottom"] += int(solid[-1, columns].sum())
    return [(side, run) for side, run in runs.items() if run]


def ruled(trace: SymbolTrace) -> float:
    """Share of the ink that is lines across the page, where they reach beyond the digits; 0 without them."""
    if trace.bare is None:
        return 0.0
    solid = trace.ink.strength > _SOLID
    rules = solid & (trace.bare.strength <= _SOLID)
    beside = rules.copy()
    for x, y, wide, tall in trace.boxes:
        beside[y : y + tall, x : x + wide] = False
    # A digit's own stroke may run right across a tight crop.
    return float(rules.sum() / solid.sum()) if beside.sum() > 0.3 * max(1, rules.sum()) else 0.0


def slope(trace: Trace) -> float:
    """Degrees by which the longest line of three digits or more rises to the right.

    A line that slopes so much that it was read as several is found by the lie of all pieces of ink, where that is long.
    """
    lines: dict[int, list[Box]] = {}
    for digit, box in zip(trace.reading.digits, trace.boxes, strict=False):
        lines.setdefault(digit.line, []).append(box)
    longest = max(lines.values(), key=len, default=[])
    rises = [_rise(boxes, least) for boxes, least in ((longest, 1.0), (trace.boxes, _LONG)) if len(boxes) >= 3]
    return max(rises, key=abs, default=0.0)


def _rise(boxes: Sequence[Box], least: float) -> float:
    """Degrees by which boxes' middles rise along their longer axis; 0 where that is not so many times the shorter."""
    middles = np.array([(x + wide / 2, -y - tall / 2) for x, y, wide, tall in boxes])
    spread, axes = np.linalg.eigh(np.cov(middles.T))
    along, up = axes[:, 1]
    degrees = float(np.degrees(np.arctan2(up, along)))
    degrees = (degrees + 90) % 180 - 90
    # Digits one below the other are a column, not a line that stands upright.
    return degrees if abs(degrees) < _UPRIGHT and spread[1] > least**2 * spread[0] else 0.0


def _channels(trace: Trace) -> NDArray[np.uint8]:
    pixels = trace.page.pixels
    return pixels.reshape(*pixels.shape[:2], -1)


def _channel_contrasts(trace: Trace) -> list[float]:
    strength = trace.used.strength
    channels = _channels(trace)
    core = strength >= _CORE
    if not core.any():
        return [0.0] * channels.shape[2]
    reach = 2 * int(np.ceil(trace.used.stroke)) + 3
    beside = (cv2.dilate((strength > 0).astype(np.uint8), np.ones((reach, reach), np.uint8)) > 0) & (strength == 0)
    if not beside.any():
        beside = strength < _SOLID
    pairs = ((channels[..., i][core], channels[..., i][beside]) for i in range(channels.shape[2]))
    return [abs(float(np.median(ink)) - float(np.median(paper))) if paper.size else 0.0 for ink, paper in pairs]


def _paper(trace: Trace) -> Mask:
    """Pixels well away from all ink."""
    inked = (trace.ink.strength > 0).astype(np.uint8)
    return np.asarray(cv2.dilate(inked, np.ones((5, 5), np.uint8)) == 0)
