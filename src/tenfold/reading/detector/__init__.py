"""Find digits on a page: a network looks at it in several sizes, two more judge what it finds."""

from tenfold.reading.detector.detector import Detector
from tenfold.reading.detector.files import (
    GLYPH_FILE,
    LINE_FILE,
    PAGE_FILE,
    DetectorName,
    detector_file,
    detector_files,
    detector_sha256,
)
from tenfold.reading.detector.finder import Detection
from tenfold.reading.detector.peaks import SEPARATORS, Found

__all__ = [
    "GLYPH_FILE",
    "LINE_FILE",
    "PAGE_FILE",
    "SEPARATORS",
    "Detection",
    "Detector",
    "DetectorName",
    "Found",
    "detector_file",
    "detector_files",
    "detector_sha256",
]
