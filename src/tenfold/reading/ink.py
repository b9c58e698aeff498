"""Tells ink from paper: how much ink each pixel holds, and what is only the paper's grain or the picture's edge.

Ink is what differs from the paper's own brightness (`tenfold.reading.light`), in the one direction (darker or lighter)
in which the stronger differences lie.
"""

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.reading.light import LARGE, Channel, darkening_of, third_moment
from tenfold.reading.measures import otsu_threshold, quantile, stroke_width

Polarity = Literal["dark-on-light", "light-on-dark"]
Grey = NDArray[np.uint8]
Floats = NDArray[np.float32]

_FAINTEST, _FAINTEST_DRAWN = 14.0, 4.0
"""Grey levels, of 255, that ink differs from paper at least; the second on a drawing canvas, whose paper is all one
level, so that a few levels are no chance."""

_EVEN, _SAME = 0.85, 0.25
"""A page is a canvas where this share of its paper is one level, as close as the second says."""

_LEAST_GRAIN = 2.5
"""The grain of paper that is not one level, however fine."""

_APART = 1.75
"""Paper and ink lie this far apart, in sums of their deviations, where a page has both in plenty."""

_MARGIN = 0.015
"""Ink that lies all within this share of the picture's shorter side from its edge is no one's writing."""

_THICK = 0.05
"""Ink thicker than this share of the shorter side, at the edge of a large picture, is no stroke."""

_GRAINY = 3.0
"""Paper rougher than this, in the same shares, is calmed before ink is looked for."""

_SMALL = 60
"""A picture of fewer pixels a side has strokes too thin to be calmed, and none that are dust."""

_DUST = 5
"""Pixels: smaller spots of a larger picture are the camera's noise."""

_RARE, _BEYOND = 3.0, 6.0
"""Times the grain: ink is never less; from the second on it is ink however short."""

_LONG = 16
"""Pixels: so long a piece, and a quarter of the picture's shorter side, is a stroke."""

_CORE, _EDGE = 0.55, 0.3
"""Shares of full ink: a stroke holds pixels above the first, and reaches as far as pixels above the second."""


@dataclass(frozen=True, eq=False)
class Ink:
    """The ink of a page: strength uint8 [h, w], 0 on paper, 255 where it is solid.

    stroke: the usual width of its strokes in pixels; 0 on a blank page.
    """

    strength: Grey
    polarity: Polarity
    stroke: float

    @property
    def blank(self) -> bool:
        """Whether there is no ink at all."""
        return not self.strength.any()


def find_ink(pixels: Grey) -> Ink:
    """The ink on a page uint8 [h, w] grey or [h, w, 3] RGB."""
    channels = [Channel(grey) for grey in np.moveaxis(pixels.reshape(*pixels.shape[:2], -1), 2, 0)]
    moments = [third_moment(channel) for channel in channels]
    polarity: Polarity = "dark-on-light" if sum(moments) <= 0 else "light-on-dark"
    if polarity == "light-on-dark":
        channels, moments = [Channel(255 - channel.grey) for channel in channels], [-moment for moment in moments]
    # A blue pen on yellow paper is lighter than it in one channel: that one tells nothing.
    agreeing = [channel for channel, moment in zip(channels, moments, strict=True) if moment <= 0]
    strength, stroke = _strokes(darkening_of(agreeing))
    return Ink(strength, polarity, stroke)


def _strokes(darkening: Floats) -> tuple[Grey, float]:
    """Strength of ink uint8 [h, w] and the strokes' width, where darkening is ink and not the paper's own grain."""
    none = np.zeros(darkening.shape, np.uint8), 0.0
    offset, grain = _paper_grain(darkening)
    if grain > _GRAINY and min(darkening.shape) > _SMALL:
        darkening = np.asarray(cv2.blur(darkening, (3, 3)), np.float32)
        offset, grain = _paper_grain(darkening)
    rest = darkening - offset
    faintest = _FAINTEST if grain else _FAINTEST_DRAWN
    floor = max(faintest, 4 * grain)
    for _ in range(3):
        strong = rest[rest > floor]
        if len(strong) < 4:
            return none
        full = float(np.mean(strong[strong >= otsu_threshold(np.clip(strong, 0, 255).astype(np.uint8))]))
        if full < max(1.5 * faintest, _RARE * grain):
            return none
        edge = max(_EDGE * full, 2.5 * grain)
        count, parts, measured, _centres = cv2.connectedComponentsWithStats((rest > edge).astype(np.uint8))
        boxes = np.asarray(measured, np.int32)
        rim = _rim(boxes, rest.shape) | _surroundings(boxes, rest.shape)
        if not rim.any():
            break
        rest[rim[parts]] = 0
    kept = np.zeros(count, bool)
    kept[parts[rest > max(_CORE * full, edge)]] = True
    kept &= boxes[:, 4] >= (_DUST if min(rest.shape) > _SMALL else 1)
    kept[0] = False
    # Noise rises above itself in spots, a pattern in short pieces; strokes are as long as a digit is high.
    longest = int(boxes[kept, 2:4].max(initial=0))
    if not kept.any() or (full < _BEYOND * grain and longest < max(_LONG, 0.25 * min(rest.shape))):
        return none
    held = kept[parts].astype(np.uint8)
    rest -= 0.15 * full
    rest *= 255 / (0.7 * full)
    strength = np.clip(rest, 0, 255, out=rest).astype(np.uint8)
    strength *= np.asarray(cv2.dilate(held, np.ones((3, 3), np.uint8)), np.uint8)
    return strength, stroke_width(held)


def _paper_grain(darkening: Floats) -> tuple[float, float]:
    """Where the paper lies in darkening, and how rough it is: median and deviation of the pixels without ink."""
    step = max(1, int((darkening.size / 40_000) ** 0.5))
    some = darkening[::step, ::step].ravel()
    inked = some > otsu_threshold(np.clip(some, 0, 255).astype(np.uint8))
    if inked.any() and not inked.all():
        dark, light = some[inked], some[~inked]
        # Otsu halves noise, too; the halves of one hill lie 1.3 of their deviations apart.
        if dark.mean() - light.mean() > max(_APART * (dark.std() + light.std()), _FAINTEST_DRAWN):
            some = light
    offset = quantile(some, 0.5)
    off = np.abs(some - np.float32(offset))
    # A canvas is one level and nothing else; half a level of noise already is not.
    if np.count_nonzero(off < _SAME) > _EVEN * len(off):
        return offset, 0.0
    deviation = 1.4826 * quantile(off, 0.5)
    if deviation < _SAME:
        # Noise that is cut off at black or white has its median there; its upper half still tells of it.
        deviation = quantile(some, 0.84) - offset
    return offset, max(deviation, _LEAST_GRAIN)


def _rim(boxes: NDArray[np.int32], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Which parts are only the picture's own rim: a line along one of its sides, as a crop or a lens leaves it."""
    x, y, width, height = boxes[:, :4].T
    thin_x, thin_y = max(2, 0.03 * shape[1]), max(2, 0.03 * shape[0])
    upright = ((x == 0) | (x + width == shape[1])) & (width <= thin_x) & (height > 4 * width)
    lying = ((y == 0) | (y + height == shape[0])) & (height <= thin_y) & (width > 4 * height)
    margin = _MARGIN * min(shape)
    inside = (x + width <= margin) | (x >= shape[1] - margin) | (y + height <= margin) | (y >= shape[0] - margin)
    rim: NDArray[np.bool_] = upright | lying | inside
    rim[0] = False
    return rim


def _surroundings(boxes: NDArray[np.int32], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Which parts are what the sheet lies on, or a shadow: thick, at the picture's edge, and not all that there is."""
    x, y, width, height, area = boxes.T
    at_edge = (x == 0) | (y == 0) | (x + width == shape[1]) | (y + height == shape[0])
    thick = area > _THICK * min(shape) * np.maximum(width, height)
    around: NDArray[np.bool_] = at_edge & thick
    written = ~around & ~at_edge & (np.maximum(width, height) >= max(_LONG, 0.03 * min(shape)))
    around[0] = written[0] = False
    return around if min(shape) > LARGE and written.any() else np.zeros_like(around)
