"""The page network, loaded once: a page of any size in, its digits and separators out."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.errors import TenfoldError, first_line
from tenfold.reading.detector.files import CHANNELS, open_page_network
from tenfold.reading.detector.merging import distinct
from tenfold.reading.detector.peaks import STRIDE, Found, digit_heat, find_peaks, small_region, turn_heats
from tenfold.reading.measures import edge, quantile
from tenfold.reading.turning import turned_edges

Grey = NDArray[np.uint8]
Floats = NDArray[np.float32]

Region = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels of a page."""

_ALWAYS = 70_000
"""Pixels of the largest size at which a page is looked at in any case; larger ones only where something is small."""

_COARSE = 0.25
"""Share of its own size up to which every page is looked at: there small digits are still seen to be some."""

_MOST_ENLARGED = 1_500_000
"""Pixels up to which a part of a page is looked at in more than its own size."""

_WELL_SEEN = 16.0
"""Pixels: where a digit's longer side is shorter than this, the page is looked at in the next larger size, too."""

_LONGEST = 48
"""Pixels of the longer side of the smallest size: a digit that fills the page is found there."""

_HALVES = 226
"""Pixels of the longer side up to which the sizes are half an octave apart: there a closer look costs little."""

_TINY = 100
"""Pixels of the longer side of a picture that is looked at in twice its size, too."""

_BORDER = 12
"""Pixels of paper around a page at least, so that what touches its edge is seen whole."""

_MULTIPLE = 32
"""The network halves a page five times."""

_ROOM = 24
"""Pixels of the network's picture around what is looked at more closely."""

_CLOSER = 0.3
"""Heat of small digits from which the page is looked at more closely."""

_TURN = 1.5
"""A page is tried turned where so many times as much speaks for it as for its lying upright."""

_FEW_TURNED = 1.2
"""So much must speak for it at least: about two digits."""


@dataclass(frozen=True, eq=False)
class Detection:
    """What was found on a page, boxes in its own pixels. turned: degrees clockwise that it was turned to be read.

    unresolved: where digits are too small to be told apart at the closest look; None where there are none.
    """

    found: tuple[Found, ...]
    turned: int = 0
    unresolved: Region | None = None

    @property
    def digits(self) -> tuple[Found, ...]:
        """Without the separators."""
        return tuple(one for one in self.found if one.is_digit)

    @property
    def marks(self) -> tuple[Found, ...]:
        """The separators."""
        return tuple(one for one in self.found if not one.is_digit)


@dataclass(frozen=True, eq=False)
class _Level:
    """The network's answers float32 [channels, h, w] to a part of a page at a scale.

    left, top, width, height: of the part, in pixels of the page; found: in it, on the page; small: where on the page
    digits are too small to be told apart at this scale.
    """

    answers: Floats
    scale: float
    left: int
    top: int
    width: int
    height: int
    found: list[Found]
    small: Region | None

    def heat(self) -> Floats:
        """How likely a digit's middle is at each pixel of the part [height, width]."""
        zoom = self.scale / STRIDE
        shift = (0.5 * self.scale + _BORDER) / STRIDE - 0.5
        return np.asarray(
            cv2.warpAffine(
                digit_heat(self.answers),
                np.array([[zoom, 0, shift], [0, zoom, shift]]),
                (self.width, self.height),
                flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                borderMode=cv2.BORDER_REPLICATE,
            ),
            np.float32,
        )


class Finder:
    """A page network. path: its file; threads: for ONNX Runtime, None takes all cores. Raises TenfoldError where the
    file is no page network."""

    def __init__(self, path: Path, threads: int | None = None) -> None:
        self.path = path
        self._session = open_page_network(path, threads)

    def answers(self, pages: NDArray[np.float32]) -> NDArray[np.float32]:
        """The network's answers [n, channels, h/4, w/4] to pages [n, 1, h, w] in [0, 1], sides multiples of 32.

        Raises TenfoldError where the network gives other sizes, or what is no number.
        """
        try:
            found = np.asarray(self._session.run(["answers"], {"pages": pages})[0], np.float32)
        except Exception as error:  # ONNX Runtime's own exceptions share no class
            raise TenfoldError(f"{self.path}: cannot be calculated ({first_line(error)})") from None
        count, _one, height, width = pages.shape
        wanted = (count, CHANNELS, height // STRIDE, width // STRIDE)
        if found.shape != wanted or not math.isfinite(found.sum()):
            raise TenfoldError(
                f"{self.path}: gives {list(found.shape)} numbers, not all of them finite, where {list(wanted)} were "
                "expected"
            )
        return found

    def find(self, page: Grey, *, may_turn: bool = True) -> Detection:
        """Candidates on a page uint8 [h, w]: digits, separators, and also parts of digits, and several in one box."""
        found, turns, unresolved = self._look(page)
        best = int(np.argmax(turns[1:])) + 1
        if may_turn and turns[best] > max(_FEW_TURNED, _TURN * turns[0]):
            turned = np.ascontiguousarray(np.rot90(page, -best))
            again, others, left = self._look(turned)
            if others[0] > turns[0]:
                height, width = turned.shape
                back = partial(_turned, shape=(height, width), degrees=360 - 90 * best)
                boxed = tuple(replace(one, box=back(one.box)) for one in again)
                return Detection(boxed, 90 * best, None if left is None else back(left))
        return Detection(tuple(found), 0, unresolved)

    def heat(self, page: Grey) -> Floats:
        """How likely a digit's middle is at each pixel of a page uint8 [h, w], at the size at which it is likeliest.

        float32 [h, w] in [0, 1]. The page lies as it is read: it is not turned.
        """
        hottest = np.zeros(page.shape, np.float32)
        for level in self._levels(page):
            part = hottest[level.top : level.top + level.height, level.left : level.left + level.width]
            np.maximum(part, level.heat(), out=part)
        return hottest

    def _look(self, page: Grey) -> tuple[list[Found], list[float], Region | None]:
        """All that is found at any size, what speaks for each turn at the size at which most does, and where digits
        are too small even for the largest size."""
        found: list[Found] = []
        turns = [[0.0] * 4]
        small: Region | None = None
        for level in self._levels(page):
            found += level.found
            turns.append(turn_heats(level.answers))
            small = level.small
        return distinct(found), [max(column) for column in zip(*turns, strict=True)], small

    def _levels(self, page: Grey) -> Iterator[_Level]:
        """The page at every size at which it is looked at: as a whole, then where the size before found it small."""
        height, width = page.shape
        closer: Region | None = None
        for scale in _scales(height, width):
            region = (0.0, 0.0, float(width), float(height))
            if height * width * scale * scale > _ALWAYS and scale > _COARSE:
                if closer is None:
                    return
                region = closer
            part, left, top = _cut(page, region)
            if scale > 1 and part.size * scale * scale > _MOST_ENLARGED:
                return
            answers = self.answers(_prepared(part, scale))[0]
            peaks = find_peaks(answers)
            regions = [one.box for one in peaks if one.is_digit and one.longest < _WELL_SEEN]
            unclear = small_region(answers, _CLOSER)
            small = _around([unclear] if unclear else [], scale, left, top)
            closer = _around([*regions, *([unclear] if unclear else [])], scale, left, top)
            found = [_placed(one, scale, left, top) for one in peaks]
            yield _Level(answers, scale, left, top, part.shape[1], part.shape[0], found, small)


def _scales(height: int, width: int) -> list[float]:
    """The sizes at which a page is looked at, as shares of its own, smallest first."""
    longest = max(height, width)
    scales = [2.0] if longest <= _TINY else []
    scale = 1.0
    while not scales or longest * scales[-1] > _LONGEST:
        scales.append(scale)
        scale /= 2
    if longest > _TINY:
        scales.insert(0, 2.0)  # where something is small even at its own size
    between = [scale / 2**0.5 for scale in scales]
    return sorted({*scales, *(scale for scale in between if _LONGEST < longest * scale * 2**0.5 <= _HALVES)})


def _cut(page: Grey, region: Region) -> tuple[Grey, int, int]:
    left, top = max(0, int(region[0])), max(0, int(region[1]))
    return page[top : int(np.ceil(region[3])), left : int(np.ceil(region[2]))], left, top


def _prepared(part: Grey, scale: float) -> NDArray[np.float32]:
    """A part of a page as the network takes it: in its size, with paper around it up to a multiple of 32 pixels."""
    if scale != 1:
        size = max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale))
        part = np.asarray(
            cv2.resize(part, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR), np.uint8
        )
    height, width = part.shape
    below = -(height + 2 * _BORDER) % _MULTIPLE + _BORDER
    beside = -(width + 2 * _BORDER) % _MULTIPLE + _BORDER
    # Not its edge repeated: a stroke that touches the edge would become a bar.
    paper = quantile(edge(part).astype(np.float32), 0.5)
    whole = cv2.copyMakeBorder(part, _BORDER, below, _BORDER, beside, cv2.BORDER_CONSTANT, value=(paper,))
    return np.asarray(whole, np.float32)[None, None] * np.float32(1 / 255)


def _placed(one: Found, scale: float, left: int, top: int) -> Found:
    """A thing found at a scale in a part of the page, in the page's pixels."""
    x0, y0, x1, y1 = ((edge - _BORDER) / scale for edge in one.box)
    return replace(one, box=(x0 + left, y0 + top, x1 + left, y1 + top))


def _around(regions: list[Region], scale: float, left: int, top: int) -> Region | None:
    """The box around regions of the network's picture, with room, in the page's pixels; None around none."""
    if not regions:
        return None
    edges = np.array(regions)
    room = _ROOM / scale
    x0, y0 = (edges[:, :2].min(axis=0) - _BORDER) / scale - room
    x1, y1 = (edges[:, 2:].max(axis=0) - _BORDER) / scale + room
    return float(x0) + left, float(y0) + top, float(x1) + left, float(y1) + top


def _turned(box: Region, shape: tuple[int, int], degrees: int) -> Region:
    """A box on a page of shape [h, w] as it lies on it turned clockwise."""
    left, top, right, bottom = turned_edges(np.array([box]), shape, degrees)[0].tolist()
    return left, top, right, bottom
