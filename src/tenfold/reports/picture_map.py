"""A map whose points are the images themselves."""

import numpy as np
from numpy.typing import NDArray

_CELLS = 22
"""Cells along each side: 22 views of 28 pixels are 616 pixels wide."""

_REACH = 99.5
"""Percent of the places that the map spans; the few beyond would leave most of it empty."""


def picture_map(images: NDArray[np.uint8], places: NDArray[np.float32]) -> NDArray[np.uint8]:
    """One picture uint8 [height, width]: in each cell of a grid the image whose place is nearest the cell's middle.

    images uint8 [n, 28, 28]; places [n, 2], across and up. A cell that no place falls into stays black.
    """
    side = images.shape[1]
    low, high = np.percentile(places, [100 - _REACH, _REACH], axis=0)
    scaled = (places - low) / np.maximum(high - low, 1e-9) * _CELLS
    inside = np.flatnonzero(((scaled >= 0) & (scaled <= _CELLS)).all(axis=1))
    cells = np.minimum(scaled[inside].astype(np.int64), _CELLS - 1)
    off = np.abs(scaled[inside] - cells - 0.5).max(axis=1)
    sheet = np.zeros((_CELLS, side, _CELLS, side), np.uint8)
    # The nearest comes last and stays.
    for place in np.argsort(-off, kind="stable"):
        across, up = cells[place]
        sheet[_CELLS - 1 - up, :, across] = images[inside[place]]
    return sheet.reshape(_CELLS * side, _CELLS * side)
