"""The glyph network, loaded once: crops in, how likely each shows which digit, or none, out."""

import math
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tenfold.errors import TenfoldError
from tenfold.reading.detector.files import GLYPHS, first_line, open_glyph_network, opinion_weights
from tenfold.reading.opinion import Weights

Floats = NDArray[np.float32]

_BATCH = 64
"""Crops that are judged at once: more would only take memory."""


class GlyphJudge:
    """A glyph network. path: its file; threads: for ONNX Runtime, None takes all cores. Raises TenfoldError where the
    file is no glyph network."""

    def __init__(self, path: Path, threads: int | None = None) -> None:
        self.path = path
        self._session = open_glyph_network(path, threads)

    @cached_property
    def weights(self) -> Weights:
        """How much the page network's opinion counts, and how much its own. Raises TenfoldError for nonsense."""
        return opinion_weights(self.path, self._session)

    def chances(self, crops: NDArray[np.uint8]) -> Floats:
        """Of each crop uint8 [n, side, side] the chance of each digit [n, 10], rows summing to that of any.

        Raises TenfoldError where the network gives other sizes, or what is no number.
        """
        parts = [self._run(crops[first : first + _BATCH]) for first in range(0, len(crops), _BATCH)]
        return np.concatenate([np.zeros((0, GLYPHS), np.float32), *parts])[:, :-1]

    def _run(self, crops: NDArray[np.uint8]) -> Floats:
        shares = crops[:, None] * np.float32(1 / 255)
        try:
            found = np.asarray(self._session.run(["probabilities"], {"crops": shares})[0], np.float32)
        except Exception as error:  # ONNX Runtime's own exceptions share no class
            raise TenfoldError(f"{self.path}: cannot be calculated ({first_line(error)})") from None
        if found.shape != (len(crops), GLYPHS) or not math.isfinite(found.sum()):
            raise TenfoldError(
                f"{self.path}: gives {list(found.shape)} numbers, not all of them finite, where {[len(crops), GLYPHS]} "
                "were expected"
            )
        return found
