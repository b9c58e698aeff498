"""Drawings of readings that are made by hand, so that no rounding shows in them."""

import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image
from tests.golden.batches import views

from tenfold.reading import Digit, Reading, Rejected
from tenfold.reading.drawing import draw_reading
from tenfold.reading.page import Page


def reading(count: int, left: int = 0, across: int = 10, step: int = 60, **more: Any) -> Reading:
    """Digits, then ink that was left, in rows of so many across."""
    places = range(count + left)
    boxes = [(step * (i % across) + 5, step * (i // across) + 5, 20 + i % 25, 40 - i % 3) for i in places]
    shares = [(1.0, 0.99871, 0.5, 0.25)[i % 4] for i in places]
    digits = [Digit(i % 10, str(i % 10), shares[i], boxes[i], alternatives=((str(i % 10), shares[i]),)) for i in places]
    rejected = [Rejected(boxes[i], ("unsure", "not a digit")[i % 2], shares[i], shares[i]) for i in places]
    told: dict[str, Any] = {
        "source": "a/b.png",
        "page": 0,
        "blank": not places,
        "lines": ("".join("0123456789"[:count]),),
    }
    return Reading(
        **told | more,
        digits=tuple(digits[:count]),
        rejected=tuple(rejected[count:]),
        polarity="dark-on-light",
        model="model 1.0",
        views=np.resize(views(), (count + left, 28, 28)),
    )


def _page(width: int, height: int, scale: float = 1.0) -> Page:
    return Page((np.indices((height, width)).sum(axis=0) % 251).astype(np.uint8), scale)


DRAWINGS: dict[str, Callable[[], Image.Image]] = {
    "few": lambda: draw_reading(reading(3, 2), _page(300, 120)),
    "upright": lambda: draw_reading(reading(3, 2, 1), _page(90, 310)),
    "on the second page": lambda: draw_reading(reading(1, page=1), _page(100, 100)),
    "side by side": lambda: draw_reading(reading(12, 3, 6, 22), _page(150, 90)),
    "one over the other": lambda: draw_reading(reading(5, 2, 2, 9), _page(60, 70)),
    "on a tiny page": lambda: draw_reading(reading(2), _page(30, 20)),
    "on a large page": lambda: draw_reading(reading(4, 1), _page(1700, 500)),
    "on a shrunk page": lambda: draw_reading(reading(4, 1), _page(600, 200, 2.0)),
    "thirty": lambda: draw_reading(reading(30), _page(610, 200)),
    "thirty-one": lambda: draw_reading(reading(29, 2), _page(610, 260)),
    "sixty-one": lambda: draw_reading(reading(55, 6), _page(610, 450)),
    "four hundred and one": lambda: draw_reading(reading(401, 0, 30, 50), _page(1510, 700)),
    "nothing": lambda: draw_reading(reading(0, 2), _page(200, 100)),
    "blank": lambda: draw_reading(reading(0), _page(200, 100)),
    "with a long name": lambda: draw_reading(reading(1, source="x" * 300, lines=("7 " * 90,)), _page(200, 100)),
}


def mark_of(image: Image.Image) -> str:
    """What two images have in common only if they are the same, size and all."""
    return f"{image.width}×{image.height} {zlib.crc32(image.tobytes()):08x}"
