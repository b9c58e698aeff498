"""What of a view speaks for the answer: parts of it are covered, and the answer is watched (Zeiler and Fergus 2014).

A digit is as much where there is no ink as where there is: what makes a 4 is also that it is open at the top. So a view
is covered twice, by paper where there is ink and by ink where there is paper. It needs no gradients: any model will do.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tenfold.explanation.contrast import Contrast, Views
from tenfold.inference.frame import SIDE

Map = NDArray[np.float64]

ERASER, PEN = 5, 3
"""Pixels that a cover is wide: paper wide enough to cut any stroke of 2 to 3 pixels, ink as wide as a stroke."""

STEP = 2
"""Pixels from one place of a cover to the next: neighbours overlap, and there are a quarter as many as pixels."""

EDGE = 3
"""Pixels along the border where no ink is tried: framed digits never reach them."""


@dataclass(frozen=True)
class Occlusion:
    """By how much logits the margin (answer less rival) falls where a view is covered, float64 [28, 28] each.

    Above 0 what is covered speaks for the answer, below 0 for the rival. erased: ink covered by paper, 0 where there is
    none; inked: paper covered by ink, 0 where there is ink already.
    """

    erased: Map
    inked: Map
    tried: int

    @cached_property
    def strongest(self) -> float:
        """The largest effect of either kind, in logits."""
        return float(max(np.abs(self.erased).max(), np.abs(self.inked).max()))


def occlude(contrast: Contrast) -> Occlusion:
    """Cover the view place by place. A pixel's value is the mean over the covers that touch it, weighted by its ink
    (erased) or its paper (inked)."""
    view = contrast.view
    erasers = _windows(ERASER, 1 - ERASER // 2, SIDE + ERASER // 2)
    pens = _windows(PEN, EDGE, SIDE - EDGE)
    erased = np.where(erasers, 0, view).astype(np.uint8)
    inked = np.where(pens, 255, view).astype(np.uint8)
    # A cover that changes next to nothing says nothing.
    changed = [(views != view).any(axis=(1, 2)) for views in (erased, inked)]
    drops = contrast.margin - contrast.margins(np.concatenate([erased[changed[0]], inked[changed[1]]]))
    split = int(changed[0].sum())
    share = view / 255
    return Occlusion(
        erased=_spread(erasers[changed[0]], drops[:split]) * share,
        inked=_spread(pens[changed[1]], drops[split:]) * (1 - share),
        tried=len(drops),
    )


def _windows(width: int, first: int, last: int) -> NDArray[np.bool_]:
    """Squares [k, 28, 28] of a width, STEP pixels apart, over the pixels from first up to last."""
    at = np.arange(SIDE)
    starts = np.arange(first, last - width + 1, STEP)
    within = (at >= starts[:, None]) & (at < starts[:, None] + width)
    return (within[:, None, :, None] & within[None, :, None, :]).reshape(-1, SIDE, SIDE)


def _spread(windows: NDArray[np.bool_], drops: Views | NDArray[np.float32]) -> Map:
    """The mean [28, 28] of the drops [k] of the windows [k, 28, 28] over each pixel; 0 where there is none."""
    total = np.tensordot(drops.astype(np.float64), windows, axes=1)
    return np.asarray(total / np.maximum(1, windows.sum(axis=0)))
