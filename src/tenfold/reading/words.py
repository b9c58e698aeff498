"""A line's digits and separators as text: in one, word by word, or cell by cell."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tenfold.reading.tables import WORD_GAP

_MINUS = "-"

_BEFORE = 0.5
"""A minus stands before its number by at most this share of a digit's height, and twice as far from all before it."""


@dataclass(frozen=True)
class Sign:
    """A digit or a separator on a line. left, right: pixels along the line; place: a digit's own, None of a mark."""

    text: str
    left: float
    right: float
    place: int | None


def line_text(signs: Sequence[Sign], separators: bool) -> str:
    """A line from left to right; its separators where they are wanted."""
    return "".join(sign.text for sign in signs if separators or sign.place is not None)


def line_words(signs: Sequence[Sign], height: float) -> tuple[str, ...]:
    """A line's words: what stands close together. height: of its digits, in pixels."""
    word_of: dict[int, int] = {}
    number, end = 0, signs[0].right if signs else 0.0
    for sign in signs:
        number += sign.left - end > WORD_GAP * height  # a separator bridges the gap that it stands in
        end = max(end, sign.right)
        if sign.place is not None:
            word_of[sign.place] = number
    return tuple(filter(None, grouped(signs, word_of, number + 1, height)))


def grouped(signs: Sequence[Sign], group_of: Mapping[int, int], count: int, height: float) -> list[str]:
    """The text of each of so many groups of a line's digits, with the separators that stand between two of its digits.

    A minus before the first of them is kept, too. group_of: the group of each digit's place; height: of the line's
    digits, in pixels.
    """
    groups: list[list[str]] = [[] for _ in range(count)]
    between: list[Sign] = []
    before: int | None = None
    end = -math.inf
    for sign in signs:
        if sign.place is None:
            between.append(sign)
            continue
        group = group_of[sign.place]
        kept = between if group == before else _minus(end, between, sign, height)
        groups[group] += [one.text for one in (*kept, sign)]
        between, before, end = [], group, sign.right
    return ["".join(group) for group in groups]


def _minus(end: float, marks: Sequence[Sign], digit: Sign, height: float) -> Sequence[Sign]:
    """The minus of the number that begins with a digit; none where the dash may belong to what stands before it.

    end: where the digit before ends; marks: what stands between both.
    """
    if not marks or marks[-1].text != _MINUS:
        return ()
    *others, last = marks
    after = max(0.0, digit.left - last.right)
    room = last.left - max([end, *(mark.right for mark in others)])
    return (last,) if after <= _BEFORE * height and room > 2 * after else ()
