"""What every sheet is made with: glyphs to write and fonts to print."""

from dataclasses import dataclass

import numpy as np

from tenfold.data.pages.fonts import Fonts
from tenfold.data.pages.glyphs import Glyphs
from tenfold.data.pages.hands import Writer


@dataclass(frozen=True)
class Tools:
    """A bank of handwritten glyphs and the fonts of this machine."""

    glyphs: Glyphs
    fonts: Fonts

    def writer(self, rng: np.random.Generator, height: float) -> Writer:
        """A random person whose digits are about `height` pixels high."""
        return Writer(self.glyphs, rng, height)
