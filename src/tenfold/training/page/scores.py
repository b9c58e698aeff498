"""How well a page network finds digits on pages that it has not learned from."""

from pathlib import Path
from typing import Any

import numpy as np

from tenfold.data.synthetic.pages.canvas import UNKNOWN
from tenfold.data.synthetic.pages.make import Pages
from tenfold.reading.detector import Detector, Found

_LEAST_SIZE = 9.0
"""Pixels of the longer side of digits that are counted: smaller ones may be found."""

_SAME = 0.4
"""A digit is found if its box and the mark's share this much of what both cover."""

THRESHOLD = 0.4
"""Heat from which a digit counts as found."""


def score_pages(detector: Path, pages: Pages) -> dict[str, Any]:
    """Recall, precision, F1 and accuracy of the class among what was found, over all pages."""
    network = Detector(detector)
    wanted = hit = right = found_total = 0
    for index, pixels in enumerate(pages.pixels):
        marks = pages.marks[pages.marks[:, 0] == index, 1:]
        found = [one for one in network.find(pixels).found if one.is_digit and one.score >= THRESHOLD]
        digits = marks[(marks[:, 0] < 10) & ((marks[:, 3:5] - marks[:, 1:3]).max(axis=1) >= _LEAST_SIZE)]
        pairs, spare = _matched(found, digits, marks)
        wanted += len(digits)
        hit += len(pairs)
        right += sum(one.label == int(mark[0]) for one, mark in pairs)
        found_total += len(pairs) + spare
    recall, precision = hit / max(wanted, 1), hit / max(found_total, 1)
    return {
        "pages": len(pages.pixels),
        "digits": wanted,
        "recall": recall,
        "precision": precision,
        "f1": 2 * recall * precision / max(recall + precision, 1e-9),
        "class_accuracy": right / max(hit, 1),
    }


def _matched(found: list[Found], digits: np.ndarray, marks: np.ndarray) -> tuple[list[tuple[Found, np.ndarray]], int]:
    """Pairs of what was found and its mark, and how much was found where nothing stands.

    What lies on a mark that is not counted, because it is small or UNKNOWN, is neither.
    """
    taken: set[int] = set()
    pairs, spare = [], 0
    for one in sorted(found, key=lambda one: -one.score):
        overlaps = _overlaps(one, digits)
        best = int(overlaps.argmax()) if len(overlaps) else -1
        if best >= 0 and overlaps[best] > _SAME and best not in taken:
            taken.add(best)
            pairs.append((one, digits[best]))
            continue
        others = marks[(marks[:, 0] < 10) | (marks[:, 0] == UNKNOWN)]
        if not len(others) or _overlaps(one, others).max() < _SAME / 2:
            spare += 1
    return pairs, spare


def _overlaps(one: Found, marks: np.ndarray) -> np.ndarray:
    left, top, right, bottom = one.box
    across = np.minimum(marks[:, 3], right) - np.maximum(marks[:, 1], left)
    down = np.minimum(marks[:, 4], bottom) - np.maximum(marks[:, 2], top)
    shared = np.maximum(across, 0) * np.maximum(down, 0)
    areas = (marks[:, 3] - marks[:, 1]) * (marks[:, 4] - marks[:, 2])
    return np.asarray(shared / np.maximum(areas + one.width * one.height - shared, 1e-6))
