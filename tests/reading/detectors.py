"""A detector that finds what it is told, wherever that lies on whichever page; and where drawn digits lie."""

import cv2
import numpy as np

from tenfold.reading.detector import Detection, Found


def found(label, box, share=0.9):
    """A digit or separator of this class with edges left, top, right, bottom."""
    shares = np.full(15, 0.001, np.float32)
    shares[label] = share
    return Found(shares, tuple(float(edge) for edge in box))


def edges_of(ink):
    """Left, top, right, bottom of each connected piece of ink, from left to right."""
    stats = cv2.connectedComponentsWithStats((ink > 90).astype(np.uint8))[2][1:]
    return sorted((int(x), int(y), int(x + width), int(y + height)) for x, y, width, height, _area in stats)


class Told:
    """What a reader asks of a detector."""

    def __init__(self, *things, turned=0, unresolved=None):
        self.detection = Detection(tuple(things), turned, unresolved)

    def find(self, page):
        return self.detection

    def heat(self, page):
        heat = np.zeros(page.shape, np.float32)
        heat[:, : page.shape[1] // 2] = 1
        return heat
