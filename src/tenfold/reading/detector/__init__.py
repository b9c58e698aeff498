"""Find digits on a page: one network looks at the page in several sizes, and what it finds is put together."""

from tenfold.reading.detector.detector import Detection, Detector
from tenfold.reading.detector.files import DetectorName, detector_file, detector_named, detector_sha256
from tenfold.reading.detector.peaks import SEPARATORS, Found

__all__ = [
    "SEPARATORS",
    "Detection",
    "Detector",
    "DetectorName",
    "Found",
    "detector_file",
    "detector_named",
    "detector_sha256",
]
