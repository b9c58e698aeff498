"""A picture of each stage between a page and its reading, for whoever wants to know why it was read so."""

from PIL import Image

from tenfold.reading.classifier import Classifier
from tenfold.reading.detector import Detector
from tenfold.reading.stages_detector import DETECTOR_STAGES, about_detector_stages, draw_detector_stages
from tenfold.reading.stages_ink import INK_STAGES, about_ink_stages, draw_ink_stages
from tenfold.reading.trace import DetectorTrace, InkTrace

FIRST = "1-page.png"
"""The stage that every reading has."""

STAGES = (*INK_STAGES, *(name for name in DETECTOR_STAGES if name not in INK_STAGES))
"""The names of all drawings there may be."""


def draw_stages(
    trace: InkTrace | DetectorTrace, classifier: Classifier, detector: Detector | None = None
) -> dict[str, Image.Image]:
    """The drawings, RGB, by their names: of INK_STAGES or of DETECTOR_STAGES, by how the digits were found.

    classifier, detector: those that made the reading; without the detector there is no drawing of its heat.
    """
    if isinstance(trace, DetectorTrace):
        return draw_detector_stages(trace, detector)
    return draw_ink_stages(trace, classifier)


def explain_stages(trace: InkTrace | DetectorTrace) -> str:
    """What each drawing shows, a line each, and what was found at that stage."""
    if isinstance(trace, DetectorTrace):
        stages, found = DETECTOR_STAGES, about_detector_stages(trace)
    else:
        stages, found = INK_STAGES, about_ink_stages(trace)
    head = f"{trace.reading.source}, page {trace.reading.page + 1}, read by {trace.reading.model}\n\n"
    return head + "".join(f"{name:<18}{text}\n{'':<18}({found[name]})\n" for name, text in stages.items())
