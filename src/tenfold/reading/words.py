"""A line's digits and separators as text: in one, word by word, or cell by cell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tenfold.reading.tables import WORD_GAP


@dataclass(frozen=True)
class Sign:
    """A digit or a separator on a line. left, right: pixels along the line; place: a digit's own, None of a separator.

    text: of a digit its class's name, which may be longer than a character.
    """

    text: str
    left: float
    right: float
    place: int | None


def line_text(signs: Sequence[Sign], separators: bool, joiner: str = "") -> str:
    """A line from left to right; its separators where they are wanted. joiner: what stands between two signs."""
    return joiner.join(sign.text for sign in signs if separators or sign.place is not None)


def line_words(signs: Sequence[Sign], height: float, joiner: str = "") -> tuple[str, ...]:
    """A line's words: what stands close together. height: of its digits, in pixels."""
    word_of: dict[int, int] = {}
    number, end = 0, signs[0].right if signs else 0.0
    for sign in signs:
        number += sign.left - end > WORD_GAP * height  # a separator bridges the gap that it stands in
        end = max(end, sign.right)
        if sign.place is not None:
            word_of[sign.place] = number
    return tuple(filter(None, grouped(signs, word_of, number + 1, joiner)))


def grouped(signs: Sequence[Sign], group_of: Mapping[int, int], count: int, joiner: str = "") -> list[str]:
    """The text of each of so many groups of a line's digits, with the separators that stand between two of its digits.

    group_of: the group of each digit's place.
    """
    groups: list[list[str]] = [[] for _ in range(count)]
    between: list[str] = []
    before: int | None = None
    for sign in signs:
        if sign.place is None:
            between.append(sign.text)
            continue
        group = group_of[sign.place]
        groups[group] += [*(between if group == before else ()), sign.text]
        between, before = [], group
    return [joiner.join(group) for group in groups]
