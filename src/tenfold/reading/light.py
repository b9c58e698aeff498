"""How bright the paper is under the ink, and which of the two is the darker.

Paper is smooth: whatever its colour and however the light falls, it changes slowly. Ink is thin: a stroke is narrow
beside the picture. So the paper's own brightness is what remains when everything narrow is filled in.
"""

from collections.abc import Sequence
from functools import cached_property, lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.reading.measures import otsu_threshold, quantile, stroke_width

Grey = NDArray[np.uint8]
Floats = NDArray[np.float32]

LARGE = 200
"""Pixels of the shorter side: on a larger picture a stroke is narrow beside the page."""

_COARSE = 40
"""Pixels of the longer side at which the light on the whole page is judged."""

_SAMPLED = 160
"""Pixels of the longer side that are looked at to tell which of ink and paper is dark."""

_FINE = 400
"""Pixels of the longer side at which the paper between the strokes is judged: light has no finer detail."""

_DARKEST_PAPER = 96.0
"""Ink is a share of the paper's brightness, so that a shadow takes from both; a share of less is noise."""

_WIDEST_STROKE = 0.35
"""The widest stroke on such a page, and room beside it, as a share of the shorter side."""

_NARROWEST_WINDOW = 0.1
"""No smaller a share of the shorter side is filled in: the thin rules of paper must not set the measure for strokes."""


class Channel:
    """One channel of a page, or its grey: uint8 [h, w]. What is asked of its light twice is found once."""

    def __init__(self, grey: Grey) -> None:
        self.grey = np.ascontiguousarray(grey)

    @property
    def large(self) -> bool:
        """Whether a stroke is narrow beside it."""
        return bool(min(self.grey.shape) > LARGE)

    @cached_property
    def coarse(self) -> Floats:
        """Shrunk to where only the light is left to see."""
        return _reduced(self.grey, _COARSE).astype(np.float32)

    @cached_property
    def slope(self) -> Floats:
        """The light on coarse, where nothing is wide enough to be a shadow: a surface of second degree."""
        return _smooth_surface(self.coarse)

    def fine(self) -> "Channel":
        """Shrunk to where the paper between the strokes is judged; itself where it is as small."""
        small = _reduced(self.grey, _FINE)
        return self if small is self.grey else Channel(small)


def third_moment(channel: Channel) -> float:
    """Below 0 where ink is dark: ink covers little and differs much, so it decides the third moment about the paper."""
    grey, surface = channel.grey, channel.slope if not channel.large else None
    if surface is None:
        # A sheet on a table, a shadow: what is wide is no ink, so only what differs from its surroundings counts.
        around = int(_WIDEST_STROKE * min(channel.coarse.shape)) | 1
        surface = np.asarray(cv2.blur(channel.coarse, (around, around)), np.float32)
    # Thin strokes are nowhere full in a shrunk picture: each cell's darkest and lightest pixel stand for it.
    step = max(1, round(max(grey.shape) / _SAMPLED))
    cell = np.ones((step, step), np.uint8)
    total = 0.0
    for extreme in (cv2.erode(grey, cell), cv2.dilate(grey, cell)) if step > 1 else (grey,):
        sample = np.asarray(extreme[::step, ::step], np.float32)
        rest = sample - cv2.resize(surface, sample.shape[::-1], interpolation=cv2.INTER_LINEAR)
        weight = np.ones_like(rest)
        # At the edge of a picture there is more often paper than ink.
        rim = max(1, min(rest.shape) // 20)
        weight[:rim], weight[-rim:], weight[:, :rim], weight[:, -rim:] = 3, 3, 3, 3
        rest -= _weighted_median(rest, weight)
        total += float((weight * rest * np.abs(rest)).sum())
    return total


def _smooth_surface(values: Floats) -> Floats:
    """The surface of second degree that most of values [h, w] lie near: fitted again and again without the rest."""
    terms, prior = _second_degree(*values.shape)
    flat = values.ravel()
    surface = np.full_like(flat, quantile(flat[prior > 1], 0.5))
    for _ in range(6):
        off = np.abs(flat - surface)
        spread = max(4.0, 1.5 * quantile(off, 0.5))
        weight = prior / (1 + (off / spread) ** 2) ** 2
        weighted = terms * weight[:, None]
        ridge = _RIDGE * (0.02 * weight.sum())
        surface = terms @ np.linalg.solve(terms.T @ weighted + ridge, weighted.T @ flat)
    return surface.reshape(values.shape).astype(np.float32)


_RIDGE = np.diag([0, 1, 1, 1, 1, 1]).astype(np.float32)


@lru_cache(maxsize=64)
def _second_degree(height: int, width: int) -> tuple[Floats, Floats]:
    """The terms [h·w, 6] of a surface over a picture, and each pixel's weight [h·w]: 3 at the edge, else 1.

    Kept, for the light is judged at few sizes, and a small picture waits for these as long as for its fit.
    """
    y, x = np.meshgrid(np.linspace(-1, 1, height), np.linspace(-1, 1, width), indexing="ij")
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=-1).reshape(-1, 6).astype(np.float32)
    prior = np.where(np.maximum(np.abs(x), np.abs(y)) > 0.9, 3, 1).ravel().astype(np.float32)
    return terms, prior


def _weighted_median(values: Floats, weight: Floats) -> float:
    """Of values [h, w] that count once or three times: no sorting, of all but what stands in the middle."""
    every = np.concatenate([values.ravel(), np.repeat(values[weight > 1], 2)])
    middle = (len(every) - 1) // 2
    return float(np.partition(every, middle)[middle])


def darkening_of(channels: Sequence[Channel]) -> Floats:
    """How much darker than its paper each pixel is, in 255ths of the paper's brightness: float32 [h, w]."""
    darkest = np.full(channels[0].grey.shape, -255, np.float32)
    for channel in channels:
        paper = _paper(channel.fine(), channel.large)
        bright = cv2.resize(paper, channel.grey.shape[::-1], interpolation=cv2.INTER_LINEAR)
        share = np.subtract(bright, channel.grey)
        share *= 255
        share /= np.maximum(bright, _DARKEST_PAPER)
        np.maximum(darkest, share, out=darkest)
    return darkest


def _paper(channel: Channel, large: bool) -> Floats:
    """The paper's brightness under and around dark strokes, float32 [h, w].

    Filling in (grey closing) everything narrower than a window shows the paper. The window starts at most of the
    picture, or of a large one at a third, and narrows to a few times the strokes' width, for a shadow is wider than a
    stroke, and must stay.
    """
    grey = channel.grey
    calm = np.asarray(cv2.medianBlur(grey, 3) if min(grey.shape) > 60 else grey, np.uint8)
    window = (_WIDEST_STROKE if large else 0.7) * min(grey.shape)
    paper = _filled(calm, window)
    for _ in range(2):
        dark = np.clip(paper - calm, 0, 255).astype(np.uint8)
        width = stroke_width((dark > max(8, otsu_threshold(dark))).astype(np.uint8))
        narrower = max(4.0 * width, 5.0, _NARROWEST_WINDOW * min(grey.shape))
        if width == 0 or narrower >= 0.8 * window:
            break
        window = narrower
        paper = _filled(calm, window)
    # At the dark end of a slope of light there is no bright paper to fill in from: the slope is taken away first. But a
    # shadow's edge is no slope, and is worse without one. The paper is as dark as either way finds it.
    slope = np.asarray(cv2.resize(channel.slope, grey.shape[::-1], interpolation=cv2.INTER_LINEAR), np.float32)
    return np.asarray(np.minimum(paper, np.clip(_filled(calm - slope, window) + slope, 0, 255)), np.float32)


def _filled(grey: Grey | Floats, window: float) -> Floats:
    """Grey [h, w] with everything dark and narrower than a window filled in, smoothed."""
    side, blur = max(3, int(window) | 1), max(3, int(window / 2) | 1)
    closed = np.asarray(cv2.morphologyEx(grey, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8)), np.float32)
    smooth = cv2.blur(cv2.blur(closed, (blur, blur)), (blur, blur))
    return np.asarray(np.minimum(smooth, closed), np.float32)


def _reduced(grey: Grey, side: int) -> Grey:
    """A picture [h, w] shrunk so that its longer side is at most so many pixels."""
    height, width = grey.shape
    factor = side / max(height, width)
    if factor >= 1:
        return grey
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)
