"""A page of any size in, its digits and separators out: a network finds them, a second one judges each more closely."""

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tenfold.reading.detector.files import detector_file, glyph_file
from tenfold.reading.detector.finder import Detection, Finder
from tenfold.reading.detector.glyphs import GlyphJudge
from tenfold.reading.detector.merging import apart
from tenfold.reading.detector.peaks import DIGITS, MARKS, digit_boxes, digit_shares
from tenfold.reading.glyph_crops import glyph_crops
from tenfold.reading.opinion import combine

Grey = NDArray[np.uint8]
Floats = NDArray[np.float32]

_MOST_JUDGED = 1000
"""Digits of a page that are judged: of more, those of which the page network is least sure."""


class Detector:
    """A page network and a glyph network, loaded.

    path: a page.onnx with a glyph.onnx beside it, or the folder of a run that holds them; None for the shipped ones.
    threads: for ONNX Runtime, None takes all cores. Raises TenfoldError where a file is missing, or is no such network.
    """

    def __init__(self, path: str | Path | None = None, threads: int | None = None) -> None:
        self.path = detector_file(path)
        self.finder = Finder(self.path, threads)
        self.judge = GlyphJudge(glyph_file(self.path), threads)

    def find(self, page: Grey) -> Detection:
        """The digits and separators of a page uint8 [h, w]; a digit's shares sum to its chance of being one."""
        detection = self.finder.find(page)
        _boxes, found, judged = self.opinions(page, detection)
        no_mark = np.zeros(MARKS - DIGITS, np.float32)
        both = [
            replace(one, shares=np.concatenate([shares, no_mark]))
            for one, shares in zip(detection.digits, combine(found, judged, self.judge.weights), strict=True)
        ]
        return replace(detection, found=tuple(apart([*both, *detection.marks])))

    def opinions(self, page: Grey, detection: Detection) -> tuple[NDArray[np.float64], Floats, Floats]:
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

    def heat(self, page: Grey) -> Floats:
        """How likely a digit's middle is at each pixel of a page uint8 [h, w], at the size at which it is likeliest.

        float32 [h, w] in [0, 1]. The page lies as it is read: it is not turned.
        """
        return self.finder.heat(page)
