"""From a picture to digits, with numpy, Pillow and ONNX Runtime only."""

from tenfold.reading.classifier import Classifier, ModelCard
from tenfold.reading.diagnosis import Finding, diagnose, diagnose_reading
from tenfold.reading.frame import frame
from tenfold.reading.outcome import Digit, Reading, Rejected
from tenfold.reading.page import Page, Picture, open_page, open_pages
from tenfold.reading.reader import Reader
from tenfold.reading.sources import Failure

__all__ = [
    "Classifier",
    "Digit",
    "Failure",
    "Finding",
    "ModelCard",
    "Page",
    "Picture",
    "Reader",
    "Reading",
    "Rejected",
    "diagnose",
    "diagnose_reading",
    "frame",
    "open_page",
    "open_pages",
]
