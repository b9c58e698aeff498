"""Each found digit with its surroundings, cut from the page as the glyph network takes it."""

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.reading.measures import upper_median

Grey = NDArray[np.uint8]

CROP_SIDE = 48
"""Pixels of a crop's height and width."""

SURROUNDINGS = 1.8
"""Sides of a crop, as a multiple of its digit's longer side: half a digit to each side tells what it runs into."""

_LEAST = 4
"""Pixels of the page that a crop shows at least, to each side."""


def glyph_crops(
    page: Grey, boxes: NDArray[np.float64], turned: int = 0, side: int = CROP_SIDE, times: float = SURROUNDINGS
) -> Grey:
    """Crops uint8 [n, side, side] around boxes [n, 4] (left, top, right, bottom) on a page uint8 [h, w].

    turned: degrees clockwise by which the page is turned to be read; times: the crop's side as a multiple of the box's
    longer one. What lies beyond the page has the level of most of the crop.
    """
    crops = np.empty((len(boxes), side, side), np.uint8)
    for index, (left, top, right, bottom) in enumerate(boxes):
        half = max(_LEAST, times / 2 * max(right - left, bottom - top))
        x0, y0 = round((left + right) / 2 - half), round((top + bottom) / 2 - half)
        x1, y1 = x0 + round(2 * half), y0 + round(2 * half)
        height, width = page.shape
        seen = page[max(y0, 0) : max(y1, 0), max(x0, 0) : max(x1, 0)]
        if not seen.size:
            crops[index] = 0
            continue
        if x0 < 0 or y0 < 0 or x1 > width or y1 > height:
            # Not its edge repeated: a stroke that touches the edge would become a bar.
            paper = float(upper_median(seen.ravel()))
            room = max(-y0, 0), max(y1 - height, 0), max(-x0, 0), max(x1 - width, 0)
            seen = np.asarray(cv2.copyMakeBorder(seen, *room, cv2.BORDER_CONSTANT, value=(paper,)), np.uint8)
        way = cv2.INTER_AREA if seen.shape[0] > side else cv2.INTER_LINEAR
        crops[index] = np.rot90(np.asarray(cv2.resize(seen, (side, side), interpolation=way)), -(turned // 90))
    return crops
