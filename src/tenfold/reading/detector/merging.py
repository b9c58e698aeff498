"""What was found at several sizes of a page, put together: everything once."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from tenfold.reading.detector.peaks import Found

Floats = NDArray[np.float64]

_SAME = 0.7
"""Boxes that share more of what both cover are one thing, found at two sizes."""

_WITHIN = 0.4
"""If two boxes share more than this part of the smaller one, only the likelier is kept."""

_ALIKE = 0.5
"""A digit and a separator that share more of what both cover are one thing."""

_COVERED = 0.7
"""A separator that lies in a digit by more than this share is one of its strokes."""


def distinct(found: list[Found]) -> list[Found]:
    """Of what is one thing the likeliest; digits and separators apart."""
    digits, marks = _kinds(found)
    return _likeliest(digits, _are_one) + _likeliest(marks, _are_one)


def apart(found: list[Found]) -> list[Found]:
    """Of what lies in one another what is likelier: digits, then separators that are no digit's stroke."""
    digits, marks = (_likeliest(kind, _lie_in_one_another) for kind in _kinds(found))
    boxes = np.array([one.box for one in digits], np.float64).reshape(-1, 4)
    return digits + [mark for mark in marks if not _is_stroke(mark, digits, boxes)]


def marks_instead(digits: Sequence[Found], marks: Sequence[Found]) -> NDArray[np.float32]:
    """How likely a separator stands in the place of each digit, where that is likelier: a slash that may be a 1.

    float32 [n], 0 where no likelier one does.
    """
    boxes = np.array([mark.box for mark in marks], np.float64).reshape(-1, 4)
    scores, areas = np.array([mark.score for mark in marks]), _areas(boxes)
    chances = np.zeros(len(digits), np.float32)
    for place, digit in enumerate(digits):
        alike = _are_one(_shared(digit, boxes), digit.width * digit.height, areas, _ALIKE)
        chances[place] = scores[alike & (scores > digit.score)].max(initial=0)
    return chances


def _kinds(found: list[Found]) -> tuple[list[Found], list[Found]]:
    return [one for one in found if one.is_digit], [one for one in found if not one.is_digit]


def _likeliest(found: list[Found], clash: Callable[[Floats, float, Floats], NDArray[np.bool_]]) -> list[Found]:
    """Keep the likeliest, drop what clashes with it, and so on down.

    clash: from the areas [n] that a box shares with kept ones, its own area and theirs [n], which of them it clashes
    with.
    """
    kept: list[Found] = []
    boxes = np.empty((len(found), 4))
    for one in sorted(found, key=lambda one: -one.score):
        others = boxes[: len(kept)]
        if clash(_shared(one, others), one.width * one.height, _areas(others)).any():
            continue
        boxes[len(kept)] = one.box
        kept.append(one)
    return kept


def _are_one(shared: Floats, area: float, areas: Floats, share: float = _SAME) -> NDArray[np.bool_]:
    return np.asarray(shared > share * np.maximum(area + areas - shared, 1e-6))


def _lie_in_one_another(shared: Floats, area: float, areas: Floats) -> NDArray[np.bool_]:
    return np.asarray(shared > _WITHIN * np.maximum(np.minimum(area, areas), 1e-6))


def _is_stroke(mark: Found, digits: list[Found], boxes: Floats) -> bool:
    covered = _shared(mark, boxes) > _COVERED * max(mark.width * mark.height, 1e-6)
    return any(mark.score <= 2 * digits[index].score for index in np.flatnonzero(covered))


def _areas(boxes: Floats) -> Floats:
    return np.asarray((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1]), np.float64)


def _shared(one: Found, boxes: Floats) -> Floats:
    """The area that a box shares with each of the others [n, 4]."""
    left, top, right, bottom = one.box
    across = np.minimum(boxes[:, 2], right) - np.maximum(boxes[:, 0], left)
    down = np.minimum(boxes[:, 3], bottom) - np.maximum(boxes[:, 1], top)
    return np.asarray(np.maximum(across, 0) * np.maximum(down, 0), np.float64)
