"""From a picture to digits, with numpy, Pillow and ONNX Runtime only."""

from tenfold.reading.classifier import Classifier, ModelCard
from tenfold.reading.frame import frame
from tenfold.reading.page import MAX_BYTES, Picture, open_page
from tenfold.reading.reader import Digit, Reader, Reading, Rejected

__all__ = [
    "MAX_BYTES",
    "Classifier",
    "Digit",
    "ModelCard",
    "Picture",
    "Reader",
    "Reading",
    "Rejected",
    "frame",
    "open_page",
]
