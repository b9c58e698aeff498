"""What was seen of a page before it became a reading: boxes, and what each opinion says of them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tenfold.reading.detector import Detection, Found

Floats = NDArray[np.float32]
Views = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Seen:
    """What the detector and the classifier say of a page, digits in no order.

    boxes float64 [n, 4]: left, top, right, bottom in pixels of the page; shares float32 [n, 10]: of each digit, summing
    to the chance of being one; views uint8 [n, 28, 28]; classified float32 [n, 10]: the classifier's opinion of the
    views, summing to the chance of being one; detection: as it was found.
    """

    boxes: NDArray[np.float64]
    shares: Floats
    views: Views
    classified: Floats
    detection: Detection

    @property
    def found(self) -> tuple[Found, ...]:
        """The detector's opinion of each digit, in the order of boxes."""
        return self.detection.digits

    @property
    def marks(self) -> tuple[Found, ...]:
        """The separators."""
        return self.detection.marks
