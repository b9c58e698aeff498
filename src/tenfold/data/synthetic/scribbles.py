"""Ink that is no digit and no letter: what pens, printers and chance leave on paper, for a reader to refuse."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from tenfold.data.dataset import Images
from tenfold.data.synthetic.scribbles_marks import MARKS
from tenfold.data.synthetic.scribbles_shapes import SHAPES
from tenfold.data.synthetic.strokes import BLOCK, draw_paths
from tenfold.data.synthetic.strokes_hand import Hand, samples_for, shake
from tenfold.data.synthetic.strokes_pen import Pen
from tenfold.errors import UsageError
from tenfold.inference.frame import BOX, SIDE

KINDS: tuple[str, ...] = (*MARKS, *SHAPES)
"""Every kind of scribble: marks, drawn by a pen, and printed shapes."""

BALLPOINT_TO_MARKER = Pen(radius=0.9, radius_spread=0.5, limits=(0.25, 2.8))
"""For MNIST's box of 20 pixels: whoever scribbles does so with anything."""


def scribbles(
    n: int,
    seed: int = 0,
    side: int = SIDE,
    box: int = BOX,
    *,
    pen: Pen | None = None,
    kinds: Sequence[str] = KINDS,
) -> Images:
    """n pictures [n, side, side] of marks and shapes of random kinds, 255 where the ink is full.

    The ink's longer side fills a box of that many pixels, as a digit's would. pen: its lengths in pixels of these
    pictures. The same arguments give the same pictures bit for bit, however many processors draw them. Raises
    UsageError where n or seed is negative, or a kind is unknown.
    """
    if n < 0 or seed < 0:
        raise UsageError(f"scribbles: n and seed must not be negative, not {n} and {seed}")
    if not kinds or set(kinds) - set(KINDS):
        raise UsageError(f"scribbles: kinds are {', '.join(KINDS)}, not {', '.join(kinds) or 'none'}")
    images = np.zeros((n, side, side), np.uint8)

    def fill(start: int) -> None:
        block = images[start : start + BLOCK]
        rng = np.random.default_rng([seed, 1 + start // BLOCK])
        _scribble(block, kinds, pen or BALLPOINT_TO_MARKER.scaled(box / BOX), rng, box)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(fill, range(0, n, BLOCK)))
    return images


def _scribble(images: Images, kinds: Sequence[str], pen: Pen, rng: np.random.Generator, box: int) -> None:
    """Fill pictures [n, side, side] with scribbles, each of a kind chosen at random."""
    n, side = images.shape[:2]
    samples = samples_for(box)
    chosen = rng.integers(len(kinds), size=n)
    path = np.zeros((n, samples, 2), np.float32)
    on = np.zeros((n, samples - 1), np.float32)
    for index, kind in enumerate(kinds):
        rows = np.flatnonzero(chosen == index)
        if not len(rows):
            continue
        if kind in MARKS:
            path[rows], on[rows] = MARKS[kind](len(rows), samples, rng)
        else:
            images[rows] = SHAPES[kind](len(rows), side, box, rng)
    drawn = np.flatnonzero(np.isin(chosen, [index for index, kind in enumerate(kinds) if kind in MARKS]))
    if len(drawn):
        images[drawn] = draw_paths(shake(path[drawn], Hand(), rng), on[drawn], pen, rng, side, box)
