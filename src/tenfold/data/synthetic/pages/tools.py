"""What sheets are drawn with: fonts, and people who write."""

from typing import Protocol

import numpy as np

from tenfold.data.synthetic.pages.canvas import Canvas
from tenfold.data.synthetic.pages.fonts import Fonts


class Writer(Protocol):
    """One person with one pen."""

    height: float

    def number(
        self,
        canvas: Canvas,
        text: str,
        left: float,
        baseline: float,
        value: float,
        *,
        height: float | None = None,
        depth: float = 1.0,
        slope: float = 0.0,
    ) -> float:
        """Write digits and separators, and mark them; returns the x at which they end."""

    def measure(self, text: str, height: float | None = None) -> float:
        """About how wide `number` will be, in pixels."""


class Tools(Protocol):
    """Fonts and writers for sheets."""

    fonts: Fonts

    def writer(self, rng: np.random.Generator, height: float) -> Writer:
        """A random person whose digits are `height` pixels high."""
