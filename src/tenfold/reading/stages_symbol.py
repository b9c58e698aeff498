"""A picture of each stage of a page that was read as one symbol: its ink, the paper's rules, what the model saw."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tenfold.reading.drawing import LEFT, TAKEN, Cell, about_page, draw_reading, enlarged, share, sheet, titled
from tenfold.reading.ink import Ink
from tenfold.reading.trace import SymbolTrace

SYMBOL_STAGES = {
    "1-page.png": "the page as it was opened: upright, without transparency, large ones at a reduced size",
    "2-ink.png": "how much ink each pixel holds: white is solid, black is paper",
    "3-rules.png": "lines of the paper, orange, taken away where the symbol was surer without them",
    "4-view.png": "all ink as the model saw it, with what it may be",
    "5-reading.png": "what was read",
}
"""The drawings' names in their order, and what each shows."""

_RULE = (230, 126, 34)


def draw_symbol_stages(trace: SymbolTrace) -> dict[str, Image.Image]:
    """The drawings of SYMBOL_STAGES, RGB, by their names; no 3-rules.png where the page has none."""
    drawings = {
        "1-page.png": Image.fromarray(trace.page.pixels).convert("RGB"),
        "2-ink.png": _titled("ink", _about_ink(trace), trace.ink.strength),
        "4-view.png": titled("view", _about_view(trace), [sheet(_views(trace), 800)]),
        "5-reading.png": draw_reading(trace.reading, trace.page),
    }
    if trace.bare is not None:
        drawings["3-rules.png"] = _rules(trace, trace.bare)
    return drawings


def about_symbol_stages(trace: SymbolTrace) -> dict[str, str]:
    """What was found at each of SYMBOL_STAGES."""
    return {
        "1-page.png": about_page(trace.page, trace.reading.turned),
        "2-ink.png": _about_ink(trace),
        "3-rules.png": _about_rules(trace),
        "4-view.png": _about_view(trace),
        "5-reading.png": "blank" if trace.reading.blank else trace.reading.text or "nothing read",
    }


def _about_ink(trace: SymbolTrace) -> str:
    if trace.ink.blank:
        return "none: the page is blank"
    return f"{trace.ink.polarity}, strokes about {trace.ink.stroke:.1f} pixels wide"


def _about_rules(trace: SymbolTrace) -> str:
    if trace.bare is None:
        return "there are none, and no such drawing"
    return "taken away" if trace.used is trace.bare else "there are some, but the symbol was no surer without them"


def _about_view(trace: SymbolTrace) -> str:
    for digit in trace.reading.digits:
        return "it may be " + ", ".join(f"{name} ({share(confidence)})" for name, confidence in digit.alternatives)
    return ", ".join(f"left out: {left.reason}" for left in trace.reading.rejected) or "nothing to see"


def _titled(title: str, subtitle: str, pixels: NDArray[np.uint8]) -> Image.Image:
    return titled(title, subtitle, [enlarged(pixels)[0]])


def _rules(trace: SymbolTrace, bare: Ink) -> Image.Image:
    strength = trace.ink.strength
    shown = np.repeat(bare.strength[..., None], 3, axis=2)
    taken = strength > bare.strength
    shown[taken] = strength[taken][:, None] / 255 * np.array(_RULE)
    return _titled("rules", _about_rules(trace), shown)


def _views(trace: SymbolTrace) -> list[Cell]:
    """The view, blue where it was read, dashed orange where it was left out."""
    read, reading = bool(trace.reading.digits), trace.reading
    captions = [(one.name, share(one.confidence)) for one in reading.digits]
    captions += [(one.reason, share(one.confidence)) for one in reading.rejected]
    colour = TAKEN if read else LEFT
    return [Cell(view, caption, colour, dashed=not read) for view, caption in zip(reading.views, captions, strict=True)]
