"""The networks that judge what was found, each loaded once: crops or strips in, chances of each digit out."""

import math
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenfold.errors import TenfoldError, first_line
from tenfold.reading.detector.files import (
    GLYPHS,
    open_glyph_network,
    open_line_network,
    opinion_weights,
)
from tenfold.reading.line_strips import CELL
from tenfold.reading.opinion import Weights

Floats = NDArray[np.float32]
Grey = NDArray[np.uint8]

_BATCH = 64
"""Crops that are judged at once: more would only take memory."""


class _Judge:
    """A network of probabilities. path: its file; session: ONNX Runtime's; given: its input's name."""

    def __init__(self, path: Path, session: Any, given: str) -> None:
        self.path = path
        self._session, self._given = session, given

    def _run(self, pixels: Grey, shape: tuple[int, ...]) -> Floats:
        """The network's answers of a shape to pictures uint8 [n, h, w]. Raises TenfoldError for any others."""
        shares = pixels[:, None] * np.float32(1 / 255)
        try:
            found = np.asarray(self._session.run(["probabilities"], {self._given: shares})[0], np.float32)
        except Exception as error:  # ONNX Runtime's own exceptions share no class
            raise TenfoldError(f"{self.path}: cannot be calculated ({first_line(error)})") from None
        if found.shape != shape or not math.isfinite(found.sum()):
            raise TenfoldError(
                f"{self.path}: gives {list(found.shape)} numbers, not all of them finite, where {list(shape)} "
                "were expected"
            )
        return found


class GlyphJudge(_Judge):
    """A glyph network. path: its file; threads: for ONNX Runtime, None takes all cores. Raises TenfoldError where the
    file is no glyph network."""

    def __init__(self, path: Path, threads: int | None = None) -> None:
        super().__init__(path, open_glyph_network(path, threads), "crops")

    @cached_property
    def weights(self) -> Weights:
        """How much the page network's opinion counts, and how much its own. Raises TenfoldError for nonsense."""
        return opinion_weights(self.path, self._session)

    def chances(self, crops: Grey) -> Floats:
        """Of each crop uint8 [n, side, side] the chance of each digit [n, 10], rows summing to that of any.

        Raises TenfoldError where the network gives other sizes, or what is no number.
        """
        batches = [crops[first : first + _BATCH] for first in range(0, len(crops), _BATCH)]
        parts = [self._run(batch, (len(batch), GLYPHS)) for batch in batches]
        return np.concatenate([np.zeros((0, GLYPHS), np.float32), *parts])[:, :-1]


class LineJudge(_Judge):
    """A line network; path, threads and errors as for GlyphJudge."""

    def __init__(self, path: Path, threads: int | None = None) -> None:
        super().__init__(path, open_line_network(path, threads), "strips")

    def chances(self, strip: Grey) -> Floats:
        """The chance of each digit [w/4, 10] that its middle lies in each cell along a strip uint8 [40, w].

        Rows sum to the chance of any. Raises TenfoldError where the network gives other sizes, or what is no number.
        """
        return self._run(strip[None], (1, GLYPHS, strip.shape[1] // CELL))[0, :-1].T
