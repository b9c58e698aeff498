"""Pixel values of every kind, whole numbers of any width, shares, truth values, as 8-bit levels."""

import numpy as np
from numpy.typing import NDArray

from tenfold.errors import TenfoldError

_COUNTS = 16
"""The largest of numbers that are counts of ink, as the digits of scikit-learn are, and no levels of light."""


def as_levels(values: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Numbers of any shape as uint8 levels of the same shape, 0 black and 255 white.

    Truth values are black and white, and so are whole numbers that are only 0 and 1; shares in [0, 1] are shares of
    white; numbers up to 16, as counts of ink are, lie between black and their largest, for no camera leaves a picture
    so dark; larger ones are levels of as many bits as the largest of them needs, for a 12-bit scanner's picture in a
    16-bit file must not come out black; uint8 above 1 is as it is. Numbers below zero, as normalised images hold them,
    have no scale of their own: lowest to highest become black to white.
    Raises TenfoldError where they are no numbers, or not finite.
    """
    if values.dtype == np.uint8:
        levels = values.view(np.uint8)
        # Most pictures are told by their first pixel, without a look at all the others.
        mask = levels.size and levels.flat[0] <= 1 and levels.max() == 1
        return levels * np.uint8(255) if mask else levels
    if values.dtype.kind not in "biuf":
        raise TenfoldError(f"{values.dtype} is no kind of pixel: uint8, uint16, bool or float is")
    if values.dtype.kind == "b":
        return values.astype(np.uint8) * np.uint8(255)
    if values.dtype.kind == "u" and values.dtype.itemsize == 2 and values.max(initial=0) > _COUNTS:
        wide = values.astype(np.uint16, copy=False)  # in this machine's byte order
        return (wide >> _surplus_bits(int(wide.max()))).astype(np.uint8)
    with np.errstate(over="ignore"):  # long doubles beyond float64 become infinite, and are refused as such
        numbers = values.astype(np.float64)
    low, high = float(numbers.min()), float(numbers.max())
    if not np.isfinite(low + 0 * high):
        raise TenfoldError("holds NaN or infinite values")
    if low < 0:
        half = high / 2 - low / 2  # halves, for the whole may be beyond what a float holds
        numbers = (numbers / 2 - low / 2) / half * 255 if half > 0 else np.zeros_like(numbers)
    elif high <= 1 and values.dtype.kind == "f":
        numbers *= 255
    elif 0 < high <= _COUNTS:
        numbers *= 255 / high
    else:
        numbers = numbers / 2.0 ** _surplus_bits(int(high))
    return np.clip(np.rint(numbers), 0, 255).astype(np.uint8)


def _surplus_bits(highest: int) -> int:
    """Bits of the highest level beyond the eight that a page has."""
    return max(highest.bit_length() - 8, 0)
