"""From a picture to digits, with numpy, Pillow and ONNX Runtime only."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from tenfold.inference.classifier import Classifier, ModelCard
from tenfold.inference.frame import frame
from tenfold.reading.outcome import Digit, Reading, Rejected
from tenfold.reading.page import Page, Picture, open_page, open_pages
from tenfold.reading.reader import Reader
from tenfold.reading.sources import Failure

if TYPE_CHECKING:
    from tenfold.reading.diagnosis import diagnose, diagnose_reading
    from tenfold.reading.drawing import draw_reading
    from tenfold.reading.finding import Finding
    from tenfold.reading.table_file import write_table

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
    "draw_reading",
    "frame",
    "open_page",
    "open_pages",
    "write_table",
]

_DIAGNOSIS = "tenfold.reading.diagnosis"
_LATER = {
    "Finding": _DIAGNOSIS,
    "diagnose": _DIAGNOSIS,
    "diagnose_reading": _DIAGNOSIS,
    "draw_reading": "tenfold.reading.drawing",
    "write_table": "tenfold.reading.table_file",
}
"""What is loaded when it is first asked for: who only reads does not wait for it."""


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module 'tenfold.reading' has no attribute '{name}'")
    return getattr(import_module(_LATER[name]), name)
