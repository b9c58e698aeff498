"""An explanation in words: the same in the terminal, on the page and below the drawing."""

from pathlib import Path

from tenfold.explanation.result import Evidence, Explanation
from tenfold.formatting import count, percent


def headline(found: Explanation) -> str:
    """'4 (97.20 %), not 9 (1.90 %)'."""
    sides = ((found.answer, found.confidence), (found.rival, found.rival_confidence))
    answer, rival = (f"{name} ({percent(share)})" for name, share in sides)
    return f"{answer}, not {rival}"


def which(found: Explanation) -> str:
    """Which digit of the picture it is; empty for its only one."""
    piece = found.piece
    if piece.number is None:
        return piece.reason
    return f"digit {piece.number} of {piece.of}, {piece.reason}" if piece.of > 1 else ""


def evidence_line(found: Explanation, one: Evidence) -> str:
    """'for 4: the ink in the middle (3.1 logits)'."""
    name = found.answer if one.logits > 0 else found.rival
    what = "its ink" if one.kind == "ink" else "that there is no ink"
    return f"for {name}: {what} {_at(one.place)} ({abs(one.logits):.1f} logits)"


def change_line(found: Explanation) -> str:
    """What the smallest change is, and what it makes of the answer."""
    change = found.change
    if change is None:
        return "no change of up to three strokes that was tried changes the answer"
    added, erased = (change.strokes.count(kind) for kind in ("added", "erased"))
    said = [f"{_strokes(n)} {kind}" for n, kind in ((added, "added"), (erased, "rubbed out")) if n]
    held = "" if change.holds else "; not so once it is framed anew"
    sure = percent(float(change.probabilities[change.answer]))
    pixels = f"{change.size:.1f} pixels"
    return f"{' and '.join(said)} ({pixels} in all) would make it {found.new_answer} ({sure}){held}"


def neighbours_line(found: Explanation) -> str:
    """The labels of the nearest training images; empty where there are none."""
    near = found.neighbours
    if near is None:
        return ""
    labels = ", ".join(one.label for one in near.nearest)
    space = "features" if near.space == "features" else "pixels, for this model has no single last layer"
    return f"{labels} (nearest of {count(near.looked_at)} training images of {Path(near.data).name}, by {space})"


def _strokes(n: int) -> str:
    return "one stroke" if n == 1 else f"{n} strokes"


def _at(place: str) -> str:
    return f"in the {place}" if place == "middle" else f"at the {place}"
