"""What the reader is to reach on real pictures, and what it reached."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

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


def _singles(*keys: str) -> Callable[[Found, str], Any]:
    return lambda found, half: _at(found["singles"][half], *keys)


def _at(values: Any, *keys: str) -> Any:
    """The entry that the keys lead to, None where one of them is missing."""
    for key in keys:
        values = values.get(key) if values is not None else None
    return values


def _better_peer(found: Found, half: str) -> float | None:
    return min((peer["times_as_many"] for peer in found["singles"][half]["peers"].values()), default=None)


def _exact(group: str) -> Callable[[Found, str], Any]:
    return lambda found, half: _at(found["strings"][half], group, "exact", "share")


def _letters(key: str) -> Callable[[Found, str], Any]:
    return lambda found, half: _at(found["letters"][half], key)


def _whole(*keys: str) -> Callable[[Found, str], Any]:
    """A figure that has no halves."""
    return lambda found, half: _at(found, *keys) if half == "all" else None


def goals(found: Found) -> Iterator[Goal]:
    """Every goal; those of pictures without digits as far as these were had."""
    yield Goal("singles: right", 0.99, _singles("right", "share"))
    yield Goal("singles: right, on canvas", 0.993, _singles("by_kind", "canvas", "share"))
    yield Goal("singles: right, on photos and scans", 0.985, _singles("photo_and_scan", "share"))
    yield Goal("singles: mean over collections", 0.99, _singles("mean_over_collections"))
    yield Goal("singles: the best peer's mistakes, times ours", 4, _better_peer, percent=False)
    yield Goal("singles: one digit found, unasked", 0.98, _singles("one_found", "share"))
    yield Goal("singles: calibration error", 0.01, _singles("calibration", "ece"), at_most=True)
    yield Goal("cheque amounts: exact", 0.8, _exact("cheques"))
    yield Goal("other numbers: exact", 0.92, _exact("others"))
    yield Goal("letters: AUROC", 0.98, _letters("auroc"), percent=False)
    yield Goal("letters: accepted where 98 % of digits are", 0.1, _letters("accepted_at_98"), at_most=True)
    for name in found["distractors"]:
        yield Goal(f"{name}: AUROC", 0.99, _whole("distractors", name, "auroc"), percent=False)
    yield Goal(
        "blank pictures: blank", 1, lambda f, half: f["blanks"]["blank"] / f["blanks"]["n"] if half == "all" else None
    )
    yield Goal("MNIST: right", 0.996, _whole("mnist", "right", "share"))
    yield Goal("MNIST: calibration error", 0.003, _whole("mnist", "ece"), at_most=True)
