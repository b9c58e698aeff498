"""A page of any size in, its digits and separators out: one network finds them, two more judge what it found."""

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tenfold.reading.detector.files import detector_files
from tenfold.reading.detector.finder import Detection, Finder
from tenfold.reading.detector.judges import GlyphJudge, LineJudge
from tenfold.reading.detector.merging import apart
from tenfold.reading.detector.peaks import DIGITS, MARKS, Found, digit_boxes, digit_shares
from tenfold.reading.glyph_crops import glyph_crops
from tenfold.reading.line_strips import CELL, Strip, line_strips
from tenfold.reading.opinion import Weights, combine
from tenfold.reading.turning import turned_edges

Grey = NDArray[np.uint8]
Floats = NDArray[np.float32]
Boxes = NDArray[np.float64]

IN_LINE = Weights(which=(0.42, 0.63), whether=(0.7, 0.6, 0.0))
"""How much the opinion of the page and glyph network counts, and how much the line network's. A fit on made-up pages
gives the line network half as much on whether it is a digit: the others know these pages better. With larger weights
for which digit too many wrong numbers are sure ones: on some hands all networks err together."""

_MOST_JUDGED = 1000
"""Digits of a page that are judged: of more, those of which the page network is least sure."""

_LIKELY = 0.2
"""Chance of a digit from which it tells where its line runs."""

_LONGEST = 30_000
"""Pixels of all strips of a page that are judged: of more, those on which is what is least sure."""

_MIDDLE, _LEAST_MIDDLE = 0.12, 2.1
"""Along a strip, so far from a digit's middle may the line network see it: in widths of the digit, and in pixels."""


class Detector:
    """A page network, a glyph network and a line network, loaded.

    path: a page.onnx with a glyph.onnx and a line.onnx beside it, or the folder of a run that holds them; None for the
    shipped ones. threads: for ONNX Runtime, None takes all cores. Raises TenfoldError where a file is missing, or is no
    such network.
    """

    def __init__(self, path: str | Path | None = None, threads: int | None = None) -> None:
        self.path, glyph, line = detector_files(path)
        self.finder = Finder(self.path, threads)
        self.judge = GlyphJudge(glyph, threads)
        self.line_judge = LineJudge(line, threads)

    def find(self, page: Grey) -> Detection:
        """The digits and separators of a page uint8 [h, w]; a digit's shares sum to its chance of being one."""
        detection = self.finder.find(page)
        boxes, shares = self.alone(page, detection)
        judged, lined = self.in_lines(page, boxes, shares, detection.turned)
        shares[judged] = combine(shares[judged], lined[judged], IN_LINE)
        return replace(detection, found=tuple(apart([*_digits(boxes, shares), *detection.marks])))

    def alone(self, page: Grey, detection: Detection) -> tuple[Boxes, Floats]:
        """The page network's and the glyph network's opinion of each digit, combined: neither sees its line.

        Returns the boxes [n, 4], and the chances of each digit [n, 10].
        """
        boxes, found, judged = self.opinions(page, detection)
        return boxes, combine(found, judged, self.judge.weights)

    def opinions(self, page: Grey, detection: Detection) -> tuple[Boxes, Floats, Floats]:
        """What either network says of the digits that the finder found.

        Returns their boxes [n, 4], and the page network's and the glyph network's chances of each digit [n, 10]; where
        the glyph network is not asked, the page network's twice.
        """
        boxes, heats = digit_boxes(detection.digits), digit_shares(detection.digits)
        # Each heat is a chance by itself; the highest of them is the chance of a digit.
        found = heats * (heats.max(axis=1) / heats.sum(axis=1))[:, None]
        judged = found.copy()
        asked = np.sort(np.argsort(np.abs(found.max(axis=1) - 0.5), kind="stable")[:_MOST_JUDGED])
        judged[asked] = self.judge.chances(glyph_crops(page, boxes[asked], detection.turned))
        return boxes, found, judged

    def in_lines(self, page: Grey, boxes: Boxes, shares: Floats, turned: int) -> tuple[NDArray[np.bool_], Floats]:
        """The line network's opinion of each digit: it sees the digit's whole line.

        boxes [n, 4], shares [n, 10]: as `alone` returns them; turned: degrees clockwise that the page is turned to be
        read. Returns which of them it was asked about [n], and their chances of each digit [n, 10], 0 for the others.
        """
        judged, lined = np.zeros(len(boxes), bool), np.zeros((len(boxes), DIGITS), np.float32)
        likely = digit_boxes([one for one in apart(_digits(boxes, shares)) if one.score >= _LIKELY])
        if not len(likely):
            return judged, lined
        upright = np.rot90(page, -(turned // 90))
        edges, anchors = (turned_edges(some, page.shape, turned) for some in (boxes, likely))
        strips = [(strip, strip.holds(edges)) for strip in line_strips(upright, anchors)]
        for strip, held in _least_sure(strips, shares.max(axis=1)):
            rows = np.flatnonzero(held & ~judged)
            if len(rows):
                lined[rows] = _seen_along(strip, edges[rows], self.line_judge.chances(strip.pixels))
                judged[rows] = True
        return judged, lined

    def heat(self, page: Grey) -> Floats:
        """How likely a digit's middle is at each pixel of a page uint8 [h, w], at the size at which it is likeliest.

        float32 [h, w] in [0, 1]. The page lies as it is read: it is not turned.
        """
        return self.finder.heat(page)


def _digits(boxes: Boxes, shares: Floats) -> list[Found]:
    """Digits as they are found, from boxes [n, 4] and the chances of each [n, 10]."""
    no_mark = np.zeros(MARKS - DIGITS, np.float32)
    return [
        Found(np.concatenate([own, no_mark]), (left, top, right, bottom))
        for (left, top, right, bottom), own in zip(boxes.tolist(), shares, strict=True)
    ]


def _least_sure(
    strips: list[tuple[Strip, NDArray[np.bool_]]], chances: Floats
) -> list[tuple[Strip, NDArray[np.bool_]]]:
    """Strips with what they hold of digits with these chances [n]: all, or as many as may be judged."""
    if sum(strip.pixels.shape[1] for strip, _held in strips) <= _LONGEST:
        return strips
    strips = sorted(strips, key=lambda one: float(np.abs(chances[one[1]] - 0.5).min(initial=1)))
    lengths = np.cumsum([strip.pixels.shape[1] for strip, _held in strips])
    return strips[: int(np.searchsorted(lengths, _LONGEST, "right"))]


def _seen_along(strip: Strip, boxes: Boxes, chances: Floats) -> Floats:
    """The chances [n, 10] where the middle of each box [n, 4] lies along a strip: of its cells [m, 10] the surest."""
    middles, widths = strip.middles(boxes)
    reach = np.maximum(_MIDDLE * widths, _LEAST_MIDDLE)
    near = np.abs((np.arange(len(chances)) + 0.5) * CELL - middles[:, None]) <= reach[:, None]
    return np.asarray(chances[np.where(near, chances.sum(axis=1), -1).argmax(axis=1)], np.float32)
