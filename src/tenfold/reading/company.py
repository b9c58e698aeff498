"""A digit in company: what stands in a row with digits of its size is likelier to be one."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_SURE, _OTHERS = 0.8, 2
"""A thing stands in company where so many others near it are digits with this chance or more."""

_NEAR, _LEVEL = 3.0, 0.5
"""How far apart their middles are at most, along a line and across it: so many times the height of the higher one."""

_ALIKE = 2.2
"""Things are of a size if neither is more than so many times as high as the other."""

_LIKELIER = 4.0
"""In company, the odds of being a digit are so many times as high: on made-up pages 2 to 5 times."""


def in_company(boxes: NDArray[np.float64], shares: Floats) -> Floats:
    """Shares of each digit [n, 10], rows summing to the chance of one, raised where others stand around.

    boxes [n, 4]: left, top, right, bottom, on a page turned upright; none lies in another.
    """
    chances = shares.sum(axis=1)
    left, top, right, bottom = boxes.T.astype(np.float32)  # a page may hold thousands: pairs of them take memory
    x, y, height = (left + right) / 2, (top + bottom) / 2, np.maximum(bottom - top, 1e-6)
    sure = np.flatnonzero(chances >= _SURE)
    higher = np.maximum(height[:, None], height[None, sure])
    near = np.abs(x[:, None] - x[None, sure]) < _NEAR * higher
    near &= np.abs(y[:, None] - y[None, sure]) < _LEVEL * higher
    near &= higher < _ALIKE * np.minimum(height[:, None], height[None, sure])
    others = near.sum(axis=1) - (chances >= _SURE)  # not itself
    chance = chances[others >= _OTHERS]
    raised = shares.copy()
    raised[others >= _OTHERS] *= (_LIKELIER / (1 + (_LIKELIER - 1) * chance))[:, None]
    return raised
