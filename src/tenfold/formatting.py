"""Numbers and lines as a person reads them: the same way in the terminal, on pages and in model cards."""

from collections.abc import Mapping
from typing import Any
from unicodedata import category


def percent(share: float, decimals: int = 2) -> str:
    """A share as a percentage; only 0 and 1 themselves read as 0 and 100, however few the decimals."""
    text = f"{100 * share:.{decimals}f}"
    smallest = 10.0**-decimals
    if share < 1 and float(text) >= 100:
        text = f"{100 - smallest:.{decimals}f}"
    elif share > 0 and float(text) == 0:
        text = f"{smallest:.{decimals}f}"
    return f"{text} %"


def interval(low_high: tuple[float, float] | list[float]) -> str:
    """A range of shares: (0.989, 0.993) as '98.90 to 99.30 %'."""
    return f"{100 * low_high[0]:.2f} to {percent(low_high[1])}"


def points(difference: float) -> str:
    """A difference of two shares in percentage points, without its sign, such as '0.4 points'."""
    text = f"{abs(100 * difference):.1f}"
    return f"{text} point" if text == "1.0" else f"{text} points"


def count(number: float) -> str:
    """A whole number with its thousands set apart."""
    return f"{number:,.0f}"


def rounded(number: float) -> str:
    """A large number to three digits, with its unit in words: '5.02 million'."""
    for size, word in ((1e9, "billion"), (1e6, "million"), (1e3, "thousand")):
        if number >= size:
            return f"{number / size:.3g} {word}"
    return count(number)


def plural(number: int, one: str, many: str | None = None) -> str:
    """A count with its noun: '1 mistake', '2 mistakes'."""
    return f"{count(number)} {one if number == 1 else many or one + 's'}"


def duration(seconds: float) -> str:
    """As a person says it: '1.5 s', '4.3 min', '2.1 h'."""
    for unit, length in (("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds:.1f} s"


def p_value(p: float) -> str:
    """As papers write it: two digits, and below a thousandth only that."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.2g}"


def parameters(training: Mapping[str, Any]) -> str:
    """What training says of a model's size: '39,674 trained parameters, 39,562 in all with batch norm
    folded', where that differs: fewer, or more where layers are frozen."""
    trained, folded = training["parameters"], training.get("folded_parameters", training["parameters"])
    if folded == trained:
        return f"{count(trained)} parameters"
    return f"{count(trained)} trained parameters, {count(folded)} in all with batch norm folded"


def how_often_wrong(errors: int, n: int) -> str:
    """The share of wrong answers as a person would say it: '1 answer in 114 is wrong'."""
    if errors == 0:
        return f"not one of {plural(n, 'answer')} is wrong"
    if n < 2.5 * errors:
        return f"{percent(errors / n, 0)} of the answers are wrong"
    return f"1 answer in {count(n / errors)} is wrong"


def size_text(size_bytes: int) -> str:
    """A file's size for a person: kB up to a million bytes, then MB."""
    return f"{size_bytes / 1e6:.1f} MB" if size_bytes >= 1e6 else f"{size_bytes / 1e3:.0f} kB"


_HARMLESS = frozenset("\u200c\u200d")
"""The joiners of Persian and of emoji, which names of files have and no terminal obeys."""


def escaped(text: str) -> str:
    """A line without what a terminal obeys, what ends a line and what turns it around: those as Python writes them."""
    if text.isprintable():
        return text
    return "".join(
        sign if sign.isprintable() or sign in _HARMLESS or category(sign) == "Zs" else ascii(sign)[1:-1]
        for sign in text
    )
