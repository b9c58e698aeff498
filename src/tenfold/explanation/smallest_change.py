"""The smallest change of a view that changes the answer: strokes of a pen or an eraser, from coarse to fine.

Small means few pixels turned from ink to paper or back, each by its share. Tried is: every straight stroke between
points four pixels apart, no longer than half a digit, added or rubbed out; then, around the best, strokes whose ends
are two pixels off, then one. Where no single stroke does it, the one that gets nearest stays and another is looked for.
So it is the smallest of what was tried, not of all there is, and it is a pen's: single pixels chosen to mislead a
network would be fewer, and would say nothing to a person.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tenfold.explanation.contrast import Contrast, Floats, Views
from tenfold.explanation.pen_strokes import changed, grid_strokes, moved, sizes
from tenfold.inference.classifier import NOT_A_DIGIT
from tenfold.inference.frame import frame

MOST_STROKES = 3
_SEEDS = {2.0: 6, 1.0: 3}
"""Around how many of the best strokes so far others are tried whose ends lie so many pixels off."""

_CHECKED = 64
"""Of the changes that give another answer, so many, the smallest first, are framed anew until one holds."""


@dataclass(frozen=True)
class Change:
    """A changed view that gets another answer.

    view uint8 [28, 28]; size: pixels turned from paper to ink or back; strokes: how many, as "added" or "erased";
    answer: the new answer's index; probabilities [classes]: calibrated, of the changed view; holds: whether it gets
    that answer when it is framed anew too, as a changed picture would be; tried: views that the model was asked about.
    """

    view: Views = field(repr=False)
    size: float
    strokes: tuple[str, ...]
    answer: int
    probabilities: Floats = field(repr=False)
    holds: bool
    tried: int


@dataclass(frozen=True, eq=False)
class _Tried:
    """Strokes [n, 4], added or erased, the views [n, 28, 28] after them, their sizes [n], what is missing [n] of
    another answer, in logits (none below 0), and which [n] that would be."""

    strokes: Floats
    inking: NDArray[np.bool_]
    views: Views
    sizes: NDArray[np.float64]
    missing: Floats
    answers: NDArray[np.int64]

    @property
    def best(self) -> NDArray[np.int64]:
        """The order from the best: what changes the answer by its size, then what gets nearest to that."""
        return np.lexsort((np.where(self.missing < 0, self.sizes, self.missing), self.missing >= 0))

    @property
    def changing(self) -> NDArray[np.int64]:
        """Those that change the answer, the smallest first."""
        best = self.best
        return best[self.missing[best] < 0]


def find_smallest_change(contrast: Contrast, *, to_rival: bool = False) -> Change | None:
    """The smallest change that was found, of up to MOST_STROKES strokes; None where none changes the answer.

    The new answer is another digit, as the model is asked which digit it is, not whether; with to_rival it is the
    contrast's own rival, whatever that is.
    """
    allowed = _allowed(contrast, to_rival=to_rival)
    kinds: tuple[str, ...] = ()
    start, count = contrast.view, 0
    for _ in range(MOST_STROKES):
        tried = _search(contrast, start, allowed)
        count += len(tried.strokes)
        if len(tried.changing):
            return _change(contrast, tried, kinds, count)
        nearest = int(tried.best[0])
        start, kinds = tried.views[nearest], (*kinds, _kind(tried, nearest))
    return None


def _allowed(contrast: Contrast, *, to_rival: bool) -> NDArray[np.bool_]:
    """Which classes [classes] the new answer may be."""
    classes = contrast.classifier.card.classes
    if to_rival:
        return np.asarray(np.arange(len(classes)) == contrast.rival)
    return np.array([index != contrast.answer and name != NOT_A_DIGIT for index, name in enumerate(classes)])


def _search(contrast: Contrast, start: Views, allowed: NDArray[np.bool_]) -> _Tried:
    """All strokes that were tried on a view, from coarse to fine."""
    strokes = grid_strokes()
    both = np.concatenate([strokes, strokes]), np.arange(2 * len(strokes)) < len(strokes)
    tried = _try(contrast, start, *both, allowed)
    for step, seeds in _SEEDS.items():
        chosen = tried.best[:seeds]
        around, owner = moved(tried.strokes[chosen], step)
        tried = _joined(tried, _try(contrast, start, around, tried.inking[chosen][owner], allowed))
    return tried


def _try(
    contrast: Contrast, start: Views, strokes: Floats, inking: NDArray[np.bool_], allowed: NDArray[np.bool_]
) -> _Tried:
    views = changed(start, strokes, inking)
    kept = (views != start).any(axis=(1, 2))
    strokes, inking, views = strokes[kept], inking[kept], views[kept]
    logits = contrast.classifier.logits(views)
    wanted = np.where(allowed, logits, -np.inf)
    missing = np.where(allowed, -np.inf, logits).max(axis=1) - wanted.max(axis=1)
    return _Tried(strokes, inking, views, sizes(contrast.view, views), missing, wanted.argmax(axis=1))


def _joined(one: _Tried, other: _Tried) -> _Tried:
    names = ("strokes", "inking", "views", "sizes", "missing", "answers")
    return _Tried(*(np.concatenate([getattr(one, name), getattr(other, name)]) for name in names))


def _change(contrast: Contrast, tried: _Tried, kinds: tuple[str, ...], count: int) -> Change:
    """The smallest that holds when it is framed anew, or else the smallest."""
    smallest = tried.changing[:_CHECKED]
    framed = contrast.classifier.logits(np.array([frame(view) for view in tried.views[smallest]])).argmax(axis=1)
    held = framed == tried.answers[smallest]
    best = int(smallest[int(held.argmax())])  # the first that holds; the first of all where none does
    return Change(
        view=tried.views[best],
        size=float(tried.sizes[best]),
        strokes=(*kinds, _kind(tried, best)),
        answer=int(tried.answers[best]),
        probabilities=contrast.classifier.probabilities(tried.views[best : best + 1])[0],
        holds=bool(held.any()),
        tried=count,
    )


def _kind(tried: _Tried, index: int) -> str:
    return "added" if tried.inking[index] else "erased"
