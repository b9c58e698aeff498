"""The page network, loaded once: a page of any size in, its digits and separators out."""

import math
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.errors import TenfoldError
from tenfold.reading.detector.files import CHANNELS, detector_file, first_line, open_network
from tenfold.reading.detector.merging import merge
from tenfold.reading.detector.peaks import STRIDE, Found, find_peaks, small_region, turn_heats

Grey = NDArray[np.uint8]

_ALWAYS = 300_000
"""Pixels of the largest size at which a page is looked at in any case; larger ones only where something is small."""

_LONGEST = 48
"""Pixels of the longer side of the smallest size: a digit that fills the page is found there."""

_TINY = 100
"""Pixels of the longer side of a picture that is looked at in twice its size, too."""

_BORDER = 12
"""Pixels by which a page's edge goes on, so that what touches it is seen whole."""

_MULTIPLE = 32
"""The network halves a page five times."""

_CLOSER = 0.3
"""Heat of small digits from which the page is looked at more closely."""

_TURN = 1.5
"""A page is tried turned where so many times as much speaks for it as for its lying upright."""

_FEW_TURNED = 1.2
"""So much must speak for it at least: about two digits."""


@dataclass(frozen=True, eq=False)
class Detection:
    """What was found on a page, boxes in its own pixels. turned: degrees clockwise that it was turned to be read."""

    found: tuple[Found, ...]
    turned: int = 0


class Detector:
    """A page network, loaded.

    path: a page.onnx, or the folder of a run that holds one; None for the shipped one. threads: for ONNX Runtime, None
    takes all cores. Raises TenfoldError where the file is missing, or is no page network.
    """

    def __init__(self, path: str | Path | None = None, threads: int | None = None) -> None:
        self.path = detector_file(path)
        self._session = open_network(self.path, threads)

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
        """The digits and separators of a page uint8 [h, w]."""
        found, turns = self._look(page)
        best = int(np.argmax(turns[1:])) + 1
        if may_turn and turns[best] > max(_FEW_TURNED, _TURN * turns[0]):
            again, others = self._look(np.ascontiguousarray(np.rot90(page, -best)))
            if others[0] > turns[0]:
                return Detection(
                    tuple(_turned_back(one, page.shape[0], page.shape[1], best) for one in again), 90 * best
                )
        return Detection(tuple(found))

    def _look(self, page: Grey) -> tuple[list[Found], list[float]]:
        """All that is found at any size, and what speaks for each turn at the size at which most does."""
        height, width = page.shape
        found: list[Found] = []
        turns = [[0.0] * 4]
        closer: tuple[float, float, float, float] | None = None
        for scale in _scales(height, width):
            region = (0.0, 0.0, float(width), float(height))
            if height * width * scale * scale > _ALWAYS:
                if closer is None:
                    break
                region = closer
            part, left, top = _cut(page, region)
            answers = self.answers(_prepared(part, scale))[0]
            found += [_placed(one, scale, left, top) for one in find_peaks(answers)]
            turns.append(turn_heats(answers))
            small = small_region(answers, _CLOSER)
            closer = None if small is None else _grown(small, scale, left, top)
        return merge(found), [max(column) for column in zip(*turns, strict=True)]


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
    return sorted(set(scales))


def _cut(page: Grey, region: tuple[float, float, float, float]) -> tuple[Grey, int, int]:
    left, top = max(0, int(region[0])), max(0, int(region[1]))
    return page[top : int(np.ceil(region[3])), left : int(np.ceil(region[2]))], left, top


def _prepared(part: Grey, scale: float) -> NDArray[np.float32]:
    """A part of a page as the network takes it: in its size, its edge going on to a multiple of 32 pixels."""
    if scale != 1:
        size = max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale))
        part = np.asarray(
            cv2.resize(part, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR), np.uint8
        )
    height, width = part.shape
    below = -(height + 2 * _BORDER) % _MULTIPLE + _BORDER
    beside = -(width + 2 * _BORDER) % _MULTIPLE + _BORDER
    whole = cv2.copyMakeBorder(part, _BORDER, below, _BORDER, beside, cv2.BORDER_REPLICATE)
    return np.asarray(whole, np.float32)[None, None] * np.float32(1 / 255)


def _placed(one: Found, scale: float, left: int, top: int) -> Found:
    """A thing found at a scale in a part of the page, in the page's pixels."""
    x0, y0, x1, y1 = ((edge - _BORDER) / scale for edge in one.box)
    return replace(one, box=(x0 + left, y0 + top, x1 + left, y1 + top))


def _grown(region: tuple[int, int, int, int], scale: float, left: int, top: int) -> tuple[float, float, float, float]:
    """A region of the network's picture in the page's pixels, with room around."""
    x0, y0, x1, y1 = ((edge - _BORDER) / scale for edge in region)
    room = 24 / scale
    return x0 + left - room, y0 + top - room, x1 + left + room, y1 + top + room


def _turned_back(one: Found, height: int, width: int, quarters: int) -> Found:
    """A thing found on the page turned clockwise, as it lies on the page [height, width] itself."""
    x0, y0, x1, y1 = one.box
    if quarters == 1:  # turned by a quarter against rot90(-1): x' = height - y, y' = x
        box = (y0, height - x1, y1, height - x0)
    elif quarters == 2:
        box = (width - x1, height - y1, width - x0, height - y0)
    else:
        box = (width - y1, x0, width - y0, x1)
    return replace(one, box=box)
