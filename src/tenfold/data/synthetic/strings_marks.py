"""What people write around the digits of an amount: dots, commas, dashes and signs, drawn by the digits' own pen."""

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.data.synthetic.paper_pen import Ink

Points = tuple[tuple[float, float], ...]

MARKS: dict[str, tuple[Points, ...]] = {
    ".": (((0, 0.03), (0.02, 0.02)),),
    ",": (((0.06, 0.06), (0.05, -0.06), (-0.03, -0.2)),),
    "'": (((0.03, 1.0), (0, 0.8)),),
    "-": (((0, 0.45), (0.45, 0.47)),),
    "=": (((0, 0.63), (0.45, 0.65)), ((0, 0.32), (0.45, 0.34))),
    "#": (((0.2, 0.1), (0.3, 1)), ((0.45, 0.1), (0.55, 1)), ((0, 0.4), (0.7, 0.42)), ((0.05, 0.7), (0.75, 0.72))),
    "*": (((0, 0.4), (0.4, 0.8)), ((0, 0.8), (0.4, 0.4)), ((0.2, 0.3), (0.2, 0.9))),
    "$": (
        (
            (0.5, 0.8),
            (0.35, 0.92),
            (0.15, 0.88),
            (0.08, 0.7),
            (0.25, 0.53),
            (0.45, 0.4),
            (0.5, 0.2),
            (0.3, 0.08),
            (0, 0.2),
        ),
        ((0.32, 1.1), (0.24, -0.1)),
    ),
}
"""Each mark's strokes as points (x, y) in a digit's heights: y 0 on the line, 1 at the top of a digit."""


def mark(kind: str, rng: np.random.Generator, height: float, stroke: float) -> tuple[Ink, float]:
    """A mark's ink in its own small field, and how far its top lies above the line, in pixels.

    kind: one of MARKS; height: a digit's height, and stroke: the pen's width, in pixels. Raises KeyError for others.
    """
    lean, size = rng.normal(0, 0.1), height * rng.uniform(0.75, 1.15)
    strokes = []
    for points in MARKS[kind]:
        path = np.array(points) + rng.normal(0, 0.025, (len(points), 2))
        strokes.append(np.stack([path[:, 0] + lean * path[:, 1], path[:, 1]], axis=1) * size)
    # Dots are pressed harder than lines are drawn.
    width = stroke * (rng.uniform(1, 1.8) if kind in ".,'" else rng.uniform(0.8, 1.1))
    every = np.concatenate(strokes)
    reach = width / 2 + 1.5
    left, top = every[:, 0].min() - reach, every[:, 1].max() + reach
    shape = int(np.ceil(top - every[:, 1].min() + reach)) + 1, int(np.ceil(every[:, 0].max() - left + reach)) + 1
    off: NDArray[np.uint8] = np.ones(shape, np.uint8)
    for path in strokes:
        pixels = np.round(np.stack([path[:, 0] - left, top - path[:, 1]], axis=1)).astype(np.int32)
        cv2.polylines(off, [pixels], False, 0)
    distance = cv2.distanceTransform(off, cv2.DIST_L2, cv2.DIST_MASK_5)
    ink = np.clip(np.float32(max(width, 1.0) / 2 + 0.5) - distance, 0, 1)
    return np.asarray(ink, np.float32), float(top)


def around(n: int, rng: np.random.Generator, chance: float) -> dict[int, str]:
    """Marks for an amount of n digits: which stand before digit i; those under n end it.

    chance: share of amounts with thousands parted; endings and leading signs are rarer in proportion.
    """
    marks: dict[int, str] = {}
    if rng.random() < 0.2 * chance:
        marks[0] = str(rng.choice(list("#$*=-")))
    if n > 3 and rng.random() < chance:
        separator = str(rng.choice(list(".,'-"), p=(0.72, 0.2, 0.04, 0.04)))
        marks |= {i: separator for i in range(1, n) if (n - i) % 3 == 0}
    if rng.random() < 0.6 * chance:
        marks[n] = str(
            rng.choice([".", ".-", "-", "=", ".=", ",", ",-", "#"], p=(0.25, 0.2, 0.15, 0.15, 0.1, 0.07, 0.05, 0.03))
        )
    return marks
