"""Which of a page's marks each found digit is."""

import numpy as np
from numpy.typing import NDArray

from tenfold.data.pages.canvas import UNKNOWN
from tenfold.reading.detector.peaks import DIGITS

NONE = -1
"""What was found is no digit."""

NOBODY_KNOWS = -2
"""What was found is a mark of class UNKNOWN, or fits a digit that something else fits better."""

PART = -3
"""What was found is a part of a digit, or it and much else."""

_SAME, _TOUCHES = 0.4, 0.15
"""A found box is a mark's if they share so much of what both cover; below the second they have nothing to do."""


def matched(boxes: NDArray[np.float64], marks: NDArray[np.float32]) -> NDArray[np.int64]:
    """Each box's label: 0 to 9, NONE, NOBODY_KNOWS or PART. A mark [m, 5] belongs to the box [n, 4] that fits best."""
    labels = np.full(len(boxes), NONE, np.int64)
    marks = marks[(marks[:, 0] < DIGITS) | (marks[:, 0] == UNKNOWN)]
    if not len(marks) or not len(boxes):
        return labels
    overlaps = shared(boxes, marks[:, 1:])
    best = overlaps.argmax(axis=1)
    touches = overlaps.max(axis=1) >= _TOUCHES
    of_digits = ~(touches & (overlaps[:, marks[:, 0] == UNKNOWN] >= _TOUCHES).any(axis=1))
    labels[touches] = np.where(of_digits & (overlaps.max(axis=1) < _SAME), PART, NOBODY_KNOWS)[touches]
    for index in range(len(boxes)):
        mark = best[index]
        if overlaps[index, mark] >= _SAME and overlaps[:, mark].argmax() == index and marks[mark, 0] < DIGITS:
            labels[index] = int(marks[mark, 0])
    return labels


def shared(boxes: NDArray[np.float64], others: NDArray[np.float32]) -> NDArray[np.float64]:
    """Intersection over union [n, m] of boxes [n, 4] and others [m, 4]."""
    across = np.minimum(boxes[:, None, 2], others[:, 2]) - np.maximum(boxes[:, None, 0], others[:, 0])
    down = np.minimum(boxes[:, None, 3], others[:, 3]) - np.maximum(boxes[:, None, 1], others[:, 1])
    both = np.maximum(across, 0) * np.maximum(down, 0)
    own = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    areas = (others[:, 2] - others[:, 0]) * (others[:, 3] - others[:, 1])
    return np.asarray(both / np.maximum(own[:, None] + areas - both, 1e-6), np.float64)
