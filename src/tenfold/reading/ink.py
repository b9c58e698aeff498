"""Tells ink from paper: which of the two is dark, and how much ink each pixel holds.

Paper is smooth: whatever its colour and however the light falls, it changes slowly. Ink is thin: a stroke is narrow
beside the picture. So the paper's own brightness is what remains when everything narrow is filled in, and ink is what
differs from it, in the one direction (darker or lighter) in which the stronger differences lie.
"""

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

Polarity = Literal["dark-on-light", "light-on-dark"]
Grey = NDArray[np.uint8]
Mask = NDArray[np.uint8]
Floats = NDArray[np.float32]

_FAINTEST = 14.0
"""Grey levels, of 255, that ink differs from paper at least; on a drawing canvas, whose paper is all one level, a few
levels are no chance."""

_FAINTEST_DRAWN = 4.0
_EVEN = 0.3
"""The grain, in the same levels, below which a page is a canvas."""

_COARSE = 40
"""Pixels of the longer side at which the light on the whole page is judged."""

_SAMPLED = 160
"""Pixels of the longer side that are looked at to tell which of ink and paper is dark."""

_FINE = 400
"""Pixels of the longer side at which the paper between the strokes is judged: light has no finer detail."""

_DARKEST_PAPER = 48.0
"""Ink is a share of the paper's brightness, so that a shadow takes from both; a share of less is noise."""

_APART = 1.75
"""Paper and ink lie this far apart, in sums of their deviations, where a page has both in plenty."""

_LARGE = 200
"""Pixels of the shorter side: on a larger picture a stroke is narrow beside the page."""

_WIDEST_STROKE = 0.35
"""The widest stroke on such a page, and room beside it, as a share of the shorter side."""

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

_CORE = 0.55
_EDGE = 0.3
"""Shares of full ink: a stroke holds pixels above the first, and reaches as far as pixels above the second."""


@dataclass(frozen=True)
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
    channels = pixels.reshape(*pixels.shape[:2], -1)
    polarity = _polarity(channels)
    if polarity == "light-on-dark":
        channels = 255 - channels
    darkening = _darkening(channels)
    strength, stroke = _strokes(darkening)
    return Ink(strength, polarity, stroke)


def _polarity(channels: Grey) -> Polarity:
    """Ink covers little and differs much, so the third moment about the smooth paper has the sign of its direction."""
    small = _reduced(channels, _COARSE).mean(axis=2, dtype=np.float32)
    if min(channels.shape[:2]) > _LARGE:
        # A sheet on a table, a shadow: what is wide is no ink, so only what differs from its surroundings counts.
        around = int(_WIDEST_STROKE * min(small.shape)) | 1
        surface = np.asarray(cv2.blur(small, (around, around)), np.float32)
    else:
        surface = _smooth_surface(small)
    # Thin strokes are nowhere full in a shrunk picture: they are looked at where they are.
    step = max(1, round(max(channels.shape[:2]) / _SAMPLED))
    sample = channels[step // 2 :: step, step // 2 :: step].mean(axis=2, dtype=np.float32)
    rest = sample - cv2.resize(surface, sample.shape[::-1], interpolation=cv2.INTER_LINEAR)
    weight = np.ones_like(rest)
    # At the edge of a picture there is more often paper than ink.
    rim = max(1, min(rest.shape) // 20)
    weight[:rim], weight[-rim:], weight[:, :rim], weight[:, -rim:] = 3, 3, 3, 3
    rest -= _weighted_median(rest, weight)
    return "dark-on-light" if float((weight * rest * np.abs(rest)).sum()) <= 0 else "light-on-dark"


def _smooth_surface(values: Floats) -> Floats:
    """The surface of second degree that most of values [h, w] lie near: fitted again and again without the rest."""
    height, width = values.shape
    y, x = np.meshgrid(np.linspace(-1, 1, height), np.linspace(-1, 1, width), indexing="ij")
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=-1).reshape(-1, 6).astype(np.float32)
    flat, weight = values.ravel(), np.ones(values.size, np.float32)
    border = (np.maximum(np.abs(x), np.abs(y)) > 0.9).ravel()
    weight[border] = 3
    prior = weight.copy()
    surface = np.full_like(flat, np.median(flat[border]))
    for _ in range(6):
        off = np.abs(flat - surface)
        spread = max(4.0, 1.5 * float(np.median(off)))
        weight = prior / (1 + (off / spread) ** 2) ** 2
        weighted = terms * weight[:, None]
        ridge = np.diag([0, 1, 1, 1, 1, 1]).astype(np.float32) * (0.02 * weight.sum())
        surface = terms @ np.linalg.solve(terms.T @ weighted + ridge, weighted.T @ flat)
    return surface.reshape(values.shape).astype(np.float32)


def _weighted_median(values: Floats, weight: Floats) -> float:
    order = np.argsort(values, axis=None)
    total = np.cumsum(weight.ravel()[order])
    return float(values.ravel()[order[np.searchsorted(total, total[-1] / 2)]])


def _darkening(channels: Grey) -> Floats:
    """How much darker than its paper each pixel is, in 255ths of the paper's brightness: float32 [h, w]."""
    small = _reduced(channels, _FINE)
    large = min(channels.shape[:2]) > _LARGE
    papers = [_paper(np.ascontiguousarray(small[..., i]), large) for i in range(small.shape[2])]
    height, width = channels.shape[:2]
    darkest = np.full((height, width), -255, np.float32)
    for index, paper in enumerate(papers):
        bright = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR)
        share = (bright - channels[..., index]) * (255 / np.maximum(bright, _DARKEST_PAPER))
        np.maximum(darkest, share, out=darkest)
    return darkest


def _paper(grey: Grey, large: bool) -> Floats:
    """The paper's brightness under and around dark strokes, float32 [h, w].

    Filling in (grey closing) everything narrower than a window shows the paper. The window starts at most of the
    picture, or of a large one at a third, and narrows to a few times the strokes' width, for a shadow is wider than a
    stroke, and must stay.
    """
    calm = cv2.medianBlur(grey, 3) if min(grey.shape) > 60 else grey
    window = (_WIDEST_STROKE if large else 0.7) * min(grey.shape)
    paper = calm.astype(np.float32)
    for _ in range(3):
        side = max(3, int(window) | 1)
        closed = cv2.morphologyEx(calm, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
        blur = max(3, int(window / 2) | 1)
        paper = np.minimum(cv2.blur(cv2.blur(closed, (blur, blur)), (blur, blur)), closed).astype(np.float32)
        dark = np.clip(paper - calm, 0, 255).astype(np.uint8)
        width = stroke_width((dark > max(8, otsu_threshold(dark))).astype(np.uint8))
        narrower = max(4.0 * width, 5.0)
        if width == 0 or narrower >= 0.8 * window:
            break
        window = narrower
    return paper


def stroke_width(mask: Mask) -> float:
    """The width in pixels of most strokes of a mask uint8 [h, w]; 0 where there are none.

    Twice the distance to the edge along the middle of the strokes; the wide few, as blots, shadows, do not count.
    """
    if not mask.any():
        return 0.0
    distance = cv2.distanceTransform(cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT), cv2.DIST_L2, 3)
    ridge = distance[(distance > 0) & (distance >= cv2.dilate(distance, np.ones((3, 3), np.uint8)))]
    return max(1.0, 2 * float(np.percentile(ridge, 70)) - 1)


def _strokes(darkening: Floats) -> tuple[Grey, float]:
    """Strength of ink uint8 [h, w] and the strokes' width, where darkening is ink and not the paper's own grain."""
    none = np.zeros(darkening.shape, np.uint8), 0.0
    offset, grain = _paper_grain(darkening)
    if grain > _GRAINY and min(darkening.shape) > _SMALL:
        darkening = np.asarray(cv2.blur(darkening, (3, 3)), np.float32)
        offset, grain = _paper_grain(darkening)
    rest = darkening - offset
    faintest = _FAINTEST_DRAWN if grain < _EVEN else _FAINTEST
    floor = max(faintest, 4 * grain)
    for _ in range(3):
        strong = rest[rest > floor]
        if len(strong) < 4:
            return none
        full = float(np.mean(strong[strong >= otsu_threshold(np.clip(strong, 0, 255).astype(np.uint8))]))
        if full < max(1.5 * faintest, _RARE * grain):
            return none
        edge = max(_EDGE * full, 2.5 * grain)
        count, parts, boxes, _centres = cv2.connectedComponentsWithStats((rest > edge).astype(np.uint8))
        rim = _rim(np.asarray(boxes, np.int32), rest.shape) | _surroundings(np.asarray(boxes, np.int32), rest.shape)
        if not rim.any():
            break
        rest[rim[parts]] = 0
    kept = np.zeros(count, bool)
    kept[np.unique(parts[rest > max(_CORE * full, edge)])] = True
    kept &= boxes[:, 4] >= (_DUST if min(rest.shape) > _SMALL else 1)
    kept[0] = False
    # Noise rises above itself in spots, a pattern in short pieces; strokes are as long as a digit is high.
    longest = int(boxes[kept, 2:4].max(initial=0))
    if not kept.any() or (full < _BEYOND * grain and longest < max(_LONG, 0.25 * min(rest.shape))):
        return none
    held = kept[parts].astype(np.uint8)
    strength = np.clip((rest - 0.15 * full) * (255 / (0.7 * full)), 0, 255)
    strength *= cv2.dilate(held, np.ones((3, 3), np.uint8))
    return strength.astype(np.uint8), stroke_width(held)


def _paper_grain(darkening: Floats) -> tuple[float, float]:
    """Where the paper lies in darkening, and how rough it is: median and deviation of the pixels without ink."""
    step = max(1, int((darkening.size / 40_000) ** 0.5))
    some = darkening[::step, ::step].ravel()
    inked = some > otsu_threshold(np.clip(some, 0, 255).astype(np.uint8))
    if inked.any() and not inked.all():
        dark, light = some[inked], some[~inked]
        # Otsu halves noise, too; the halves of one hill lie 1.3 of their deviations apart.
        if dark.mean() - light.mean() > _APART * (dark.std() + light.std()):
            some = light
    offset, upper = (float(level) for level in np.percentile(some, [50, 84]))
    deviation = 1.4826 * float(np.median(np.abs(some - offset)))
    # Noise that is cut off at black or white has its median there; its upper half still tells of it.
    return offset, max(deviation, upper - offset) if deviation < _EVEN else deviation


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
    return around if min(shape) > _LARGE and written.any() else np.zeros_like(around)


def _reduced(channels: Grey, side: int) -> Grey:
    """A picture [h, w, channels] shrunk so that its longer side is at most so many pixels."""
    height, width = channels.shape[:2]
    factor = side / max(height, width)
    if factor >= 1:
        return channels
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    shrunk = np.asarray(cv2.resize(channels, size, interpolation=cv2.INTER_AREA), np.uint8)
    return shrunk.reshape(size[1], size[0], -1)


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
