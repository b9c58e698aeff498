"""The view of each found digit as MNIST framed it: its own ink, without its neighbours', from the page's pixels."""

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.inference.frame import SIDE, frame
from tenfold.reading.measures import edge, quantile

Grey = NDArray[np.uint8]
Views = NDArray[np.uint8]

_MARGIN = 0.12
"""Paper around a digit's box that tells paper from ink, as a share of its longer side."""

_LEAST_MARGIN = 2
"""Pixels."""

_DARKEST, _LIGHTEST = 0.04, 0.96
"""Shares of a cut's pixels, by their levels, that may be noise: what lies between tells on which side the ink is."""

_FULL = 0.95
"""Share of a cut's pixels that hold less ink than its strokes do."""

_STRONG = 0.5
"""Share of a stroke's full ink from which a pixel is a stroke's."""

_FAINTEST, _SPREADS, _FAINTEST_OF_NOISY = 0.15, 2.5, 0.4
"""Where ink begins, as a share of a stroke's full ink: at least the first; on noisy paper so many times as far from it
as its pixels usually are, but at most the last."""

_SOLID = 0.85
"""Share of a stroke's full ink that counts as all of it."""

_PART = 90
"""Strength of ink from which pixels that touch are one part."""

_SPECK_PIXELS, _SPECK = 2, 0.02
"""A part of fewer pixels is none of the digit's, nor one of less than a share of its largest part's."""

_FEW_LEVELS = 4
"""A box with less contrast than this, in grey levels, holds no ink."""

_OUTSIDE = 0.5
"""Ink that lies outside the box by more than this share is not the digit's."""

_GROWN = 0.08
"""Share of the longer side by which ink may reach out of its box: the detector places boxes a little too tight."""

_LARGEST = 160
"""Pixels: the ink of a larger digit is found in a smaller picture of it."""


def glyph_views(page: Grey, boxes: NDArray[np.float64], turned: int = 0) -> Views:
    """Views uint8 [n, 28, 28] of the digits in boxes [n, 4] (left, top, right, bottom) on a page uint8 [h, w].

    turned: degrees clockwise by which the page is turned to be read.
    """
    views = np.zeros((len(boxes), SIDE, SIDE), np.uint8)
    for index, box in enumerate(boxes):
        ink = glyph_ink(page, box)
        if ink.any():
            views[index] = frame(np.ascontiguousarray(np.rot90(ink, -(turned // 90))))
    return views


def glyph_ink(page: Grey, box: NDArray[np.float64]) -> Grey:
    """The ink of the digit in a box: uint8 [h, w], 0 on paper."""
    cut, own = _cut(page, box)
    if not cut.size:
        return np.zeros((1, 1), np.uint8)
    longest = max(cut.shape)
    if longest > _LARGEST:
        scale = _LARGEST / longest
        size = max(1, round(cut.shape[1] * scale)), max(1, round(cut.shape[0] * scale))
        cut = np.asarray(cv2.resize(cut, size, interpolation=cv2.INTER_AREA), np.uint8)
        own = own * scale
    return _own_ink(_strength(cut), own)


def ink_of_glyphs(page: Grey, boxes: NDArray[np.float64]) -> Grey:
    """The ink of the digits in boxes [n, 4] where it lies on the page: uint8 [h, w], 0 on all else."""
    whole: Grey = np.zeros(page.shape, np.uint8)
    for box in boxes:
        cut, own = _cut(page, box)
        if cut.size:
            x, y = (round(float(edge)) for edge in box[:2] - own[:2])
            height, width = cut.shape
            ink = cv2.resize(glyph_ink(page, box), (width, height), interpolation=cv2.INTER_LINEAR)
            window = whole[y : y + height, x : x + width]
            np.maximum(window, ink, out=window)
    return whole


def lighter_than_paper(page: Grey, box: NDArray[np.float64]) -> bool:
    """Whether the digit in a box is lighter than what it is written on."""
    cut, _own = _cut(page, box)
    return bool(cut.size) and _paper(cut)[1] > 0


def _cut(page: Grey, box: NDArray[np.float64]) -> tuple[Grey, NDArray[np.float64]]:
    """A digit's box with a margin, cut from its page, and the box within it."""
    left, top, right, bottom = box
    room = max(_LEAST_MARGIN, _MARGIN * max(right - left, bottom - top))
    x0, y0 = max(0, int(left - room)), max(0, int(top - room))
    x1, y1 = min(page.shape[1], int(np.ceil(right + room))), min(page.shape[0], int(np.ceil(bottom + room)))
    cut: Grey = page[y0 : max(y1, y0), x0 : max(x1, x0)]
    return cut, np.array([left - x0, top - y0, right - x0, bottom - y0])


def _paper(cut: Grey) -> tuple[float, float]:
    """The paper's level around a digit, and the side on which its strokes lie: 1 lighter, -1 darker."""
    paper = quantile(edge(cut).astype(np.float32), 0.5)
    levels = cut.ravel().astype(np.float32)
    low, high = quantile(levels, _DARKEST), quantile(levels, _LIGHTEST)
    return paper, -1.0 if paper - low >= high - paper else 1.0


def _strength(cut: Grey) -> Grey:
    """How much ink each pixel holds: its distance from the paper, towards the side that the strokes lie on."""
    paper, sign = _paper(cut)
    rest = (cut.astype(np.float32) - np.float32(paper)) * np.float32(sign)
    full = quantile(rest.ravel(), _FULL)
    strong = rest[rest > _STRONG * max(full, 1)]
    if full < _FEW_LEVELS or not len(strong):
        # A thin stroke in a wide box: its few pixels are the strongest.
        strong = rest[rest > _STRONG * float(rest.max())]
        if float(rest.max()) < _FEW_LEVELS:
            return np.zeros(cut.shape, np.uint8)
    full = float(np.mean(strong))
    weak = np.abs(rest[rest < _STRONG * full])
    spread = quantile(weak, 0.5) if len(weak) else 0.0
    floor = max(_FAINTEST * full, min(_SPREADS * spread, _FAINTEST_OF_NOISY * full))
    strength = (rest - np.float32(floor)) * np.float32(255 / max(_SOLID * full - floor, 1))
    return np.asarray(np.clip(strength, 0, 255), np.uint8)


def _own_ink(strength: Grey, box: NDArray[np.float64]) -> Grey:
    """Without parts that mostly lie outside the box, and without what reaches out of it by more than a little."""
    solid = (strength > _PART).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(solid, connectivity=8)
    if count < 2:
        return strength
    within = np.bincount(labels[_area(box, 1)].ravel(), minlength=count)
    kept = within >= _OUTSIDE * np.maximum(stats[:, cv2.CC_STAT_AREA], 1)
    # The largest part within the box is the digit's, however far a rule that it touches goes on.
    kept[1 + int(np.argmax(within[1:]))] = True
    kept[0] = False
    largest = int(within[1:].max())
    kept &= within >= max(_SPECK_PIXELS, _SPECK * largest)
    near = cv2.dilate(kept[labels].astype(np.uint8), np.ones((3, 3), np.uint8))
    left, top, right, bottom = box
    rows, columns = _area(box, 1 + _GROWN * max(right - left, bottom - top))
    own = np.zeros_like(strength)
    own[rows, columns] = strength[rows, columns] * (near[rows, columns] > 0)
    return own


def _area(box: NDArray[np.float64], room: float) -> tuple[slice, slice]:
    """Rows and columns of a box that is grown by `room` pixels."""
    left, top, right, bottom = (float(edge) for edge in box)
    rows = slice(max(0, round(top - room)), max(0, round(bottom + room)))
    return rows, slice(max(0, round(left - room)), max(0, round(right + room)))
