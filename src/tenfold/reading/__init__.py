"""From a picture to digits, with numpy, Pillow and ONNX Runtime only."""

from tenfold.reading.classifier import Classifier, ModelCard
from tenfold.reading.formats import MAX_BYTES
from tenfold.reading.frame import frame
from tenfold.reading.outcome import Digit, Reading, Rejected
from tenfold.reading.page import Page, Picture, open_page, open_pages
from tenfold.reading.reader import Reader

__all__ = [
    "MAX_BYTES",
    "Classifier",
    "Digit",
    "ModelCard",
    "Page",
    "Picture",
    "Reader",
    "Reading",
    "Rejected",
    "frame",
    "open_page",
    "open_pages",
]
