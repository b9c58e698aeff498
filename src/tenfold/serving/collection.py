"""Corrections: pictures with their right labels, kept in a folder that is a dataset (`tenfold train --data DIR`)."""

import hashlib
import io
from pathlib import Path

from PIL import Image

from tenfold.errors import TenfoldError, cannot_write
from tenfold.files import write_atomically
from tenfold.reading import open_page
from tenfold.reading.outcome import DIGITS


class Collection:
    """A folder with a sub-folder a digit. Raises TenfoldError where it cannot be written."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise cannot_write(folder, error, "corrections cannot be kept there") from None

    def keep(self, content: bytes, label: str) -> Path:
        """Keeps a picture of one digit as a PNG without whatever else its file held; the same one twice is kept once.

        Raises TenfoldError where label is no digit, or the picture cannot be opened; OSError where it cannot be kept.
        """
        if label not in DIGITS:
            raise TenfoldError(f"label '{label}': give the digit that it is, 0 to 9")
        page = open_page(content)
        file = io.BytesIO()
        Image.fromarray(page.pixels).save(file, "PNG")
        path = self.folder / label / f"{hashlib.sha256(file.getvalue()).hexdigest()[:16]}.png"
        path.parent.mkdir(exist_ok=True)
        write_atomically(path, file.getvalue())  # first: on a full disk the earlier correction stays
        for other in self.folder.glob(f"[0-9]/{path.name}"):  # who corrects a correction means the last one
            if other != path:
                other.unlink(missing_ok=True)  # another process may be quicker
        return path
