"""Tells ink from paper: which of the two is dark, and how much ink each pixel holds."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Polarity = Literal["dark-on-light", "light-on-dark"]

_BLANK_CONTRAST = 32
"""Grey levels between paper and ink below which nobody wrote anything."""

_SOLID = 0.9
"""Share of the strongest ink that counts as fully inked: pens are uneven."""


@dataclass(frozen=True)
class Ink:
    """The ink of a page: strength uint8 [h, w], 0 on paper, 255 where it is solid."""

    strength: NDArray[np.uint8]
    polarity: Polarity

    @property
    def blank(self) -> bool:
        """Whether there is no ink at all."""
        return not self.strength.any()


def find_ink(page: NDArray[np.uint8]) -> Ink:
    """The ink on a grey page uint8 [h, w] with even paper.

    Paper is what most of the page's border shows; ink is what differs from it, to the side where the stronger
    difference lies. Otsu's threshold (1979) on that difference cuts the paper's own variation off.
    """
    values = page.astype(np.int16)
    border = np.concatenate([values[0], values[-1], values[1:-1, 0], values[1:-1, -1]])
    paper = int(np.median(border))
    darker, lighter = np.clip(paper - values, 0, 255), np.clip(values - paper, 0, 255)
    dark_on_light = int(darker.sum()) >= int(lighter.sum())
    difference = (darker if dark_on_light else lighter).astype(np.uint8)
    polarity: Polarity = "dark-on-light" if dark_on_light else "light-on-dark"
    strongest = int(difference.max())
    if strongest < _BLANK_CONTRAST:
        return Ink(np.zeros_like(page), polarity)
    # Half of Otsu's threshold keeps the soft edge of a stroke, which MNIST's digits have too.
    floor = max(_BLANK_CONTRAST // 2, otsu_threshold(difference) // 2)
    strength = np.clip(difference / (strongest * _SOLID) * 255, 0, 255)
    return Ink(np.where(difference > floor, strength, 0).astype(np.uint8), polarity)


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
