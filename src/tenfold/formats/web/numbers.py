"""The numbers by which reading finds and judges digits, for the page that does the same in JavaScript."""

from dataclasses import asdict
from importlib import import_module
from typing import Any

from tenfold.exporting.framing import LUMA
from tenfold.reading.detector import Detector
from tenfold.reading.detector.detector import IN_LINE
from tenfold.reading.page_reader import OPINIONS, OPINIONS_ON_DIGITS

_MODULES = (
    "reading.answers",
    "reading.company",
    "reading.detector.detector",
    "reading.detector.finder",
    "reading.detector.judges",
    "reading.detector.merging",
    "reading.detector.peaks",
    "inference.frame",
    "reading.glyph_crops",
    "reading.glyph_views",
    "reading.line_strips",
    "reading.lines",
    "reading.opinion",
    "reading.page",
    "reading.page_reader",
)
"""Those that reading/*.js follows."""


def numbers(network: Detector) -> dict[str, Any]:
    """The constants of each module by its name and theirs; the weights of opinions on a digit; luma of a grey pixel.

    Weights: of the page network's and the glyph network's opinion (glyphs), of theirs and the line network's (lines),
    of the detector's and the classifier's (views; on_digits where that knows digits alone).

    Whoever makes a constant of a number in one of these modules hands it over.
    """
    found: dict[str, Any] = {name.rpartition(".")[2]: _constants(name) for name in _MODULES}
    views, on_digits = asdict(OPINIONS), asdict(OPINIONS_ON_DIGITS)
    own = {"glyphs": asdict(network.judge.weights), "lines": asdict(IN_LINE)}
    return found | {"opinions": own | {"views": views, "on_digits": on_digits}, "luma": LUMA}


def _constants(module: str) -> dict[str, int | float]:
    """Those that are numbers, by name without a leading underscore."""
    named = vars(import_module(f"tenfold.{module}")).items()
    return {name.lstrip("_"): value for name, value in named if name.isupper() and type(value) in (int, float)}
