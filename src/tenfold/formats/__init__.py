"""The formats that a model is carried in: each written, then checked against its source on test images, and measured.

`export` does one or several; FORMATS says what there is. A format is one file of this room and a line in `catalog`.
"""

from tenfold.formats.carry import Exported, export
from tenfold.formats.catalog import FORMATS, Format

__all__ = ["FORMATS", "Exported", "Format", "export"]
