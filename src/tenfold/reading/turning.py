"""Pages and boxes turned by quarters: a page that lies on its side is turned upright to be read and drawn."""

import numpy as np
from numpy.typing import NDArray

from tenfold.reading.measures import Box
from tenfold.reading.page import Page

Edges = NDArray[np.float64]
"""[n, 4]: left, top, right, bottom."""


def turned_page(page: Page, degrees: int) -> Page:
    """A page turned clockwise by a multiple of 90 degrees."""
    if degrees == 0:
        return page
    return Page(np.ascontiguousarray(np.rot90(page.pixels, -(degrees // 90))), page.scale, page.number)


def turned_edges(boxes: Edges, shape: tuple[int, int], degrees: int) -> Edges:
    """Boxes on a page of shape [h, w] as they lie on it turned clockwise by a multiple of 90 degrees."""
    height, width = shape
    for _ in range(degrees // 90):
        left, top, right, bottom = boxes.T
        boxes = np.stack([height - bottom, left, height - top, right], axis=1)
        height, width = width, height
    return boxes


def turned_box(box: Box, shape: tuple[int, int], degrees: int) -> Box:
    """A box x, y, width, height, as turned_edges turns many."""
    x, y, width, height = box
    left, top, right, bottom = turned_edges(np.array([[x, y, x + width, y + height]], np.float64), shape, degrees)[0]
    return round(left), round(top), round(right - left), round(bottom - top)
