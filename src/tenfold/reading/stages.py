"""A picture of each stage between a page and its reading, for whoever wants to know why it was read so."""

from PIL import Image

from tenfold.reading.detector import Detector
from tenfold.reading.stages_detector import DETECTOR_STAGES, about_detector_stages, draw_detector_stages
from tenfold.reading.stages_symbol import SYMBOL_STAGES, about_symbol_stages, draw_symbol_stages
from tenfold.reading.trace import DetectorTrace, SymbolTrace

FIRST = "1-page.png"
"""The stage that every reading has."""

STAGES = (*SYMBOL_STAGES, *(name for name in DETECTOR_STAGES if name not in SYMBOL_STAGES))
"""The names of all drawings there may be."""


def draw_stages(trace: SymbolTrace | DetectorTrace, detector: Detector | None = None) -> dict[str, Image.Image]:
    """The drawings, RGB, by their names: of SYMBOL_STAGES or of DETECTOR_STAGES, by how the page was read.

    detector: the one that made the reading; without it there is no drawing of its heat.
    """
    if isinstance(trace, DetectorTrace):
        return draw_detector_stages(trace, detector)
    return draw_symbol_stages(trace)


def explain_stages(trace: SymbolTrace | DetectorTrace) -> str:
    """What each drawing shows, a line each, and what was found at that stage."""
    if isinstance(trace, DetectorTrace):
        stages, found = DETECTOR_STAGES, about_detector_stages(trace)
    else:
        stages, found = SYMBOL_STAGES, about_symbol_stages(trace)
    head = f"{trace.reading.source}, page {trace.reading.page + 1}, read by {trace.reading.model}\n\n"
    return head + "".join(f"{name:<18}{text}\n{'':<18}({found[name]})\n" for name, text in stages.items())
