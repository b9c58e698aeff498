"""What the reader is to reach on real pictures, and what it reached."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from benchmarks.field.rapidocr import WAYS

Found = dict[str, Any]


@dataclass(frozen=True)
class Goal:
    """A figure and its limit. value: the figure of a half, None where it was not measured."""

    what: str
    limit: float
    value: Callable[[Found, str], float | None]
    at_most: bool = False
    percent: bool = True

    def verdict(self, found: Found) -> str:
        """Whether all pictures together are within the limit: "reached", "not reached", "not measured"."""
        value = self.value(found, "all")
        if value is None:
            return "not measured"
        return "reached" if (value <= self.limit if self.at_most else value >= self.limit) else "not reached"

    def spelled(self, value: float | None) -> str:
        """A value of this figure as a person reads it."""
        if value is None:
            return "–"
        return f"{100 * value:.2f} %" if self.percent else f"{value:.4g}"


_NEGATIVES = {"noise": 0.02, "clothing": 0.03, "Omniglot": 0.15, "notMNIST": 0.2}
"""Pictures without a digit, and the share of them in which some digit may be read."""


def _at(values: Any, *keys: str) -> Any:
    """The entry that the keys lead to, None where one of them is missing."""
    for key in keys:
        values = values.get(key) if values is not None else None
    return values


def _half(of: str, *keys: str) -> Callable[[Found, str], Any]:
    """A figure of a list."""
    return lambda found, half: _at(found[of][half], *keys)


def _whole(*keys: str) -> Callable[[Found, str], Any]:
    """A figure that has no halves."""
    return lambda found, half: _at(found, *keys) if half == "all" else None


def goals(found: Found) -> Iterator[Goal]:
    """Every goal; those of pictures without digits as far as these were had."""
    yield Goal("one digit, told so: right", 0.99, _half("singles", "right", "share"))
    yield Goal("one digit, told so: mean over collections", 0.99, _half("singles", "mean_over_collections"))
    yield Goal("one digit, unasked: exactly it", 0.985, _half("singles", "one_and_right", "share"))
    yield Goal("one digit, unasked: some digit read", 0.99, _half("singles", "some_found", "share"))
    yield Goal("letters: some digit read", 0.03, _half("letters", "accepted", "share"), at_most=True)
    yield Goal("cheque amounts: exact", 0.87, _half("strings", "cheques", "exact_without_lines", "share"))
    yield Goal("other numbers: exact", 0.95, _half("strings", "others", "exact_without_lines", "share"))
    yield from _pages_and_cases()
    yield from _negatives(found)
    yield Goal("answered digits: calibration error", 0.01, _half("singles", "calibration", "ece"), at_most=True)
    yield Goal("wrong numbers: confidence above 0.9", 0.1, _half("surely_wrong", "share"), at_most=True)
    yield Goal("MNIST: right", 0.996, _whole("mnist", "right", "share"))
    yield Goal("MNIST: calibration error", 0.003, _whole("mnist", "ece"), at_most=True)
    yield from _rapidocr()


def _pages_and_cases() -> Iterator[Goal]:
    yield Goal("full mark sheets: F1 of digits in order", 0.98, _half("pages", "marks", "f1"), percent=False)
    yield Goal("full mark sheets: cells exact", 0.95, _half("pages", "marks", "cells", "share"))
    yield Goal("newspaper grids: F1 of digits in order", 0.93, _half("pages", "grids", "f1"), percent=False)
    yield Goal("cases: exact", 0.95, _half("cases", "exact", "share"))
    yield Goal("cases: exact, the worst kind", 2 / 3, _whole("cases", "all", "worst_kind"))


def _negatives(found: Found) -> Iterator[Goal]:
    yield Goal("blank pictures: some digit read", 0, _whole("blanks", "read", "share"), at_most=True)
    for name in found["distractors"]:
        share = _whole("distractors", name, "accepted", "share")
        yield Goal(f"{name}: some digit read", _NEGATIVES[name], share, at_most=True)


def _rapidocr() -> Iterator[Goal]:
    """Beside RapidOCR; how much faster tenfold is on the list where it is least so."""
    rows, mistakes, size = (
        _whole("rapidocr", key) for key in ("rows_not_better", "share_of_mistakes", "share_of_size")
    )
    yield Goal("rows on which RapidOCR is as good or better", 0, rows, at_most=True, percent=False)
    yield Goal("mistakes, as a share of RapidOCR's", 0.5, mistakes, at_most=True)
    yield Goal("size, as a share of RapidOCR's", 1 / 8, size, at_most=True)
    for way, name in {"whole": WAYS["whole"], "better": "in its better way"}.items():
        yield Goal(f"times as fast as RapidOCR, {name}", 3, _whole("rapidocr", "times_as_fast", way), percent=False)
