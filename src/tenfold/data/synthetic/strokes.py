"""Synthetic handwriting: digits drawn by a pen along written forms, framed as MNIST's are; no real image is used."""

import os
import zlib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from tenfold.data.dataset import DIGITS, Dataset, Images
from tenfold.data.synthetic.strokes_forms import Form, written_forms
from tenfold.data.synthetic.strokes_hand import Floats, Hand, samples_for, write
from tenfold.data.synthetic.strokes_pen import Pen, ink, place, press
from tenfold.errors import UsageError
from tenfold.inference.frame import BOX, SIDE

BLOCK = 500
"""Images drawn together from one random stream: part of what a seed means, so never dependent on the machine."""


def strokes(
    n: int, seed: int = 0, split: str = "train", *, hand: Hand | None = None, pen: Pen | None = None
) -> Dataset:
    """n synthetic handwritten digits, equally many of each class, in random order.

    The same n, seed and split give the same images bit for bit, however many processors draw them; another split has
    other images. hand, pen: how much writers and pens vary. Raises UsageError where n or seed is negative.
    """
    if n < 0 or seed < 0:
        raise UsageError(f"strokes: n and seed must not be negative, not {n} and {seed}")
    entropy = [seed, zlib.crc32(split.encode())]
    labels = np.random.default_rng(entropy).permutation(np.arange(n, dtype=np.int64) % len(DIGITS))
    images = draw([DIGITS[label] for label in labels], written_forms(), entropy, hand or Hand(), pen or Pen())
    return Dataset("strokes", split, images, labels)


def draw(
    symbols: Sequence[str],
    forms: Mapping[str, tuple[Form, ...]],
    entropy: Sequence[int],
    hand: Hand,
    pen: Pen,
    side: int = SIDE,
    box: int = BOX,
) -> Images:
    """Pictures [n, side, side] of symbols in one of their forms, drawn on every processor at hand.

    entropy: the seed, in one or more numbers of at least 0. side, box: pixels of the square field and of the box that
    the ink's longer side fills, as MNIST's 28 and 20; the pen's lengths are pixels too, so `Pen.scaled` fits it.
    """
    images = np.zeros((len(symbols), side, side), np.uint8)

    def fill(start: int) -> None:
        block = symbols[start : start + BLOCK]
        rng = np.random.default_rng([*entropy, 1 + start // BLOCK])
        path, on = write_symbols(block, forms, hand, rng, samples_for(box))
        images[start : start + BLOCK] = draw_paths(path, on, pen, rng, side, box)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(fill, range(0, len(symbols), BLOCK)))
    return images


def draw_paths(
    path: Floats, on: Floats, pen: Pen, rng: np.random.Generator, side: int = SIDE, box: int = BOX
) -> Images:
    """Pictures [n, side, side] of paths [n, samples, 2]; on [n, samples - 1] is 1 where the pen is on the paper."""
    radius, on = press(path, on, pen, rng)
    softness = rng.uniform(*pen.softness, (len(path), 1)).astype(np.float32)
    trail = place(path, on, radius, np.float32(0.5) * softness, box, side)
    return ink(trail, softness, pen, rng, side, side)


def write_symbols(
    symbols: Sequence[str],
    forms: Mapping[str, tuple[Form, ...]],
    hand: Hand,
    rng: np.random.Generator,
    samples: int,
) -> tuple[Floats, Floats]:
    """Paths [n, samples, 2] and pen [n, samples - 1] of symbols, each in one of its forms."""
    path = np.zeros((len(symbols), samples, 2), np.float32)
    on = np.zeros((len(symbols), samples - 1), np.float32)
    names: NDArray[np.str_] = np.array(symbols)
    for symbol in sorted(set(symbols)):
        rows = np.flatnonzero(names == symbol)
        shares = np.array([form.frequency for form in forms[symbol]])
        chosen = rng.choice(len(shares), len(rows), p=shares / shares.sum())
        for index, form in enumerate(forms[symbol]):
            group = rows[chosen == index]
            if len(group):
                path[group], on[group] = write(form, len(group), hand, rng, samples)
    return path, on
