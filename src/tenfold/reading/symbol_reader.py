"""Read a picture that shows one symbol: all its ink, framed as MNIST was, is one question to the classifier."""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.inference.classifier import NOT_A_DIGIT, Classifier, ModelCard
from tenfold.inference.frame import frame, ink_box
from tenfold.reading.answers import ReadOptions, digit_of
from tenfold.reading.ink import Ink, Polarity, find_ink
from tenfold.reading.measures import Box
from tenfold.reading.outcome import Digit, Reading, Rejected
from tenfold.reading.page import Page
from tenfold.reading.rules import without_rules

Floats = NDArray[np.float32]

_DOUBTFUL = 0.9
"""A symbol less sure than this is looked at without the rules of the paper, too."""

_SOLID = 64
"""Strength of ink above which a pixel joins its neighbours to a piece; below it is a stroke's soft edge."""

_DIRT = 0.15
"""A piece of ink shorter than this share of the longest one is dirt."""


class Symbol(NamedTuple):
    """All ink of a page as one symbol. view uint8 [28, 28]; box: in pixels of the page."""

    view: NDArray[np.uint8]
    box: Box


class Judged(NamedTuple):
    """A symbol with its shares [classes without "not a digit"], which sum to the chance that it is one of them."""

    symbol: Symbol
    shares: Floats
    polarity: Polarity


def as_symbol(ink: Ink) -> Symbol | None:
    """All ink but dirt as one symbol; None where there is no ink."""
    clean = _without_dirt(ink.strength)
    box = ink_box(clean, _SOLID)
    return None if box is None else Symbol(frame(clean), box)


class SymbolReader:
    """A classifier that is asked what the only symbol on a page is."""

    def __init__(self, classifier: Classifier) -> None:
        self._classifier = classifier
        self._known = [i for i, name in enumerate(classifier.card.classes) if name != NOT_A_DIGIT]

    def see(self, page: Page) -> Judged | None:
        """The symbol on a page, without the paper's rules where it is surer so; None where there is no ink."""
        ink = find_ink(page.pixels)
        judged = self._judge(ink)
        if judged and judged.shares.max() < _DOUBTFUL and (bare := without_rules(ink)):
            again = self._judge(bare)
            if again and again.shares.max() > judged.shares.max():
                return again
        return judged

    def _judge(self, ink: Ink) -> Judged | None:
        symbol = as_symbol(ink)
        if symbol is None:
            return None
        shares = self._classifier.probabilities(symbol.view[None])[0, self._known]
        return Judged(symbol, shares, ink.polarity)


def symbol_reading(name: str, page: Page, judged: Judged | None, card: ModelCard, wanted: ReadOptions) -> Reading:
    """A page that shows one symbol as a reading; it is refused by the model's thresholds unless it is said to be one
    digit."""
    names = [name for name in card.classes if name != NOT_A_DIGIT]
    read: tuple[Digit, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    if judged is not None:
        box = _scaled(judged.symbol.box, page.scale)
        reason = None if wanted.single else _reason(judged.shares, card)
        if reason is None:
            read = (digit_of(judged.shares, names, box, 0, wanted),)
        else:
            rejected = (Rejected(box, reason, float(judged.shares.max()), float(judged.shares.sum())),)
    lines = tuple(digit.name for digit in read)
    return Reading(
        source=name,
        page=page.number,
        lines=lines,
        digits=read,
        rejected=rejected,
        blank=judged is None,
        polarity=judged.polarity if judged else "dark-on-light",
        model=card.name,
        views=judged.symbol.view[None] if judged else np.zeros((0, 28, 28), np.uint8),
        words=tuple((line,) for line in lines),
    )


def _reason(shares: Floats, card: ModelCard) -> str | None:
    """Why a symbol is refused; None where it is not."""
    if float(shares.sum()) < card.score_threshold:
        return "not a digit"
    return "unsure" if float(shares.max()) < card.threshold else None


def _without_dirt(strength: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Ink [h, w] without the pieces that are small beside the largest."""
    mask = (strength > _SOLID).astype(np.uint8)
    _count, labels, stats, _middles = cv2.connectedComponentsWithStats(mask, connectivity=8, ltype=cv2.CV_32S)
    longest = np.asarray(stats)[1:, 2:4].max(axis=1, initial=0)
    is_dirt = np.concatenate([[False], longest < _DIRT * longest.max(initial=0)])
    if not is_dirt.any():
        return strength
    # The soft edge of a piece is part of it.
    dirt = cv2.dilate(is_dirt.astype(np.uint8)[labels], np.ones((3, 3), np.uint8))
    return np.where((dirt > 0) & (mask == 0) | is_dirt[labels], 0, strength).astype(np.uint8)


def _scaled(box: Box, scale: float) -> Box:
    """A box of the page in the picture's own pixels."""
    x, y, width, height = box
    left, top = int(x * scale), int(y * scale)
    return left, top, max(1, round((x + width) * scale) - left), max(1, round((y + height) * scale) - top)
