"""Drawn numbers taken apart: every piece that may be taken for a digit, with what it truly is."""

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.data.dataset import Dataset
from tenfold.data.synthetic.paper import Kind, photograph
from tenfold.data.synthetic.pieces import pieces
from tenfold.data.synthetic.pieces_cuts import cut_wide_parts
from tenfold.data.synthetic.pieces_layout import Layout, find_layout
from tenfold.data.synthetic.strings import Writing, number
from tenfold.reading.ink import find_ink
from tenfold.reading.rules import without_rules

_KINDS: dict[Kind, float] = {"canvas": 0.12, "inverted": 0.03, "photo": 0.25, "scan": 0.25, "cheque": 0.35}
"""How often each kind of picture."""

_ROUND = 0.3
"""Share of numbers that end in zeros: amounts do, and their zeros run together."""

_WHOLE = 0.88
"""A piece is a digit if it has this share of the digit's ink and little else: so much of its ink is the digit's."""

_PART = 0.72
"""It is none if it has less than this share of any digit, or less than this share of it is one digit's."""

_CLEAN, _DIRTY = 0.75, 0.5
"""Nearly all of a digit's ink is near where the digit was drawn; a piece with less than the second share is dirt."""

_NEGATIVES = 0.9
"""Pieces that are none for each that is one: all of them would be several times as many."""


def pieces_of_number(digits: Dataset, rng: np.random.Generator, none: int) -> list[tuple[NDArray[np.uint8], int, int]]:
    """The pieces of a number of some of the digits as (view, label, the digit's row): its label, or none."""
    rows = rng.integers(0, len(digits), rng.integers(1, 8))
    if len(rows) > 2 and rng.random() < _ROUND and len(zeros := np.flatnonzero(digits.labels == 0)):
        ending = rng.integers(2, len(rows))
        rows[-ending:] = rng.choice(zeros, ending)
    writing = number(digits.images[rows], digits.labels[rows].tolist(), rng)
    kind = rng.choice(list(_KINDS), p=list(_KINDS.values()))
    ink = find_ink(photograph(writing.coverage, rng, kind))
    ink = without_rules(ink) or ink
    layout = cut_wide_parts(find_layout(ink), ink.strength)
    shares = _Shares(layout, writing)
    row_of = dict(zip([i for i, glyph in enumerate(writing.glyphs) if glyph.is_digit], rows.tolist(), strict=True))
    whole, others = [], []
    for line in layout.lines:
        for piece in pieces(layout, line, ink.strength):
            glyph, label = shares.of([part.label for part in line.parts[piece.first : piece.last + 1]])
            if label is not None:
                whole.append((piece.view, label, row_of[glyph]))
            elif glyph >= 0 and not piece.small:
                others.append((piece.view, none, row_of.get(glyph, -1)))
    most = max(1, round(_NEGATIVES * len(whole)))
    if len(others) > most:
        others = [others[i] for i in rng.choice(len(others), most, replace=False)]
    return whole + others


class _Shares:
    """Whose ink the parts of a layout are."""

    def __init__(self, layout: Layout, writing: Writing) -> None:
        self.glyphs = writing.glyphs
        owner = np.where(writing.coverage > 0.3, writing.owner, -1)
        # Found ink is wider than drawn ink by its blur: paper beside a stroke counts as the stroke's.
        grown = cv2.dilate((owner + 1).astype(np.float32), np.ones((5, 5), np.uint8)).astype(np.int64) - 1
        near = np.where(owner < 0, grown, owner)
        columns = len(writing.glyphs) + 1
        parts = int(layout.labels.max()) + 1
        joint = np.bincount((layout.labels * columns + near + 1).ravel(), minlength=parts * columns)
        self.pixels = joint.reshape(parts, columns)
        found = np.where((owner >= 0) & (layout.labels > 0), owner, -1)
        self.drawn = np.maximum(np.bincount(owner[owner >= 0], minlength=columns - 1), 1)
        inked = np.bincount((layout.labels * columns + found + 1).ravel(), minlength=parts * columns)
        self.inked = inked.reshape(parts, columns)

    def of(self, labels: list[int]) -> tuple[int, int | None]:
        """The glyph that most of a piece is, and its digit where the piece is that digit and nothing else.

        The glyph is -1 where nobody could say whether the piece is one.
        """
        pixels = self.pixels[labels].sum(axis=0)
        glyph = int(pixels[1:].argmax())
        own = int(pixels[1 + glyph])
        pure, clean = own / max(int(pixels[1:].sum()), 1), own / max(int(pixels.sum()), 1)
        held = int(self.inked[labels, 1 + glyph].sum()) / int(self.drawn[glyph])
        is_digit = self.glyphs[glyph].is_digit
        if is_digit and min(pure, held) > _WHOLE and clean > _CLEAN:
            return glyph, int(self.glyphs[glyph].label)
        if not is_digit or min(pure, held) < _PART or clean < _DIRTY:
            return glyph, None
        return -1, None
