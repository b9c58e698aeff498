"""The numbers by which reading finds and judges digits, for the page that does the same in JavaScript."""

from dataclasses import asdict
from importlib import import_module
from typing import Any

from tenfold.exporting.framing import LUMA
from tenfold.reading.detector import Detector
from tenfold.reading.page_reader import OPINIONS, OPINIONS_ON_DIGITS

_MODULES = (
    "answers",
    "company",
    "detector.detector",
    "detector.finder",
    "detector.glyphs",
    "detector.merging",
    "detector.peaks",
    "frame",
    "glyph_crops",
    "glyph_views",
    "lines",
    "opinion",
    "page",
    "page_reader",
)
"""Of the room of reading: those that reading/*.js follows."""


def numbers(network: Detector) -> dict[str, Any]:
    """The constants of each module by its name and theirs; the weights of the detector's two opinions on a digit
    (glyphs), of its own and the classifier's (views; on_digits where that knows digits alone); luma of a grey pixel.

    Whoever makes a constant of a number in one of these modules hands it over.
    """
    found: dict[str, Any] = {name.rpartition(".")[2]: _constants(name) for name in _MODULES}
    views, on_digits = asdict(OPINIONS), asdict(OPINIONS_ON_DIGITS)
    opinions = {"glyphs": asdict(network.judge.weights), "views": views, "on_digits": on_digits}
    return found | {"opinions": opinions, "luma": LUMA}


def _constants(module: str) -> dict[str, int | float]:
    """Those that are numbers, by name without a leading underscore."""
    named = vars(import_module(f"tenfold.reading.{module}")).items()
    return {name.lstrip("_"): value for name, value in named if name.isupper() and type(value) in (int, float)}
