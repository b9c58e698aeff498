"""Templates into pages: self-contained, with no script and nothing from the network."""

import base64
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tenfold.errors import TenfoldError, cannot_write, needs_extra
from tenfold.evaluation.canvas import DARK, LIGHT
from tenfold.wording import count, duration, p_value, parameters, percent, plural, points, rounded


def need_report_extra(what: str) -> None:
    """Raises the error that names the 'report' extra where matplotlib or Jinja is not installed."""
    with needs_extra("report", what):
        import jinja2  # noqa: F401
        import matplotlib  # noqa: F401


def can_report() -> bool:
    """Whether the 'report' extra is installed."""
    try:
        need_report_extra("")
    except TenfoldError:
        return False
    return True


@contextmanager
def written_to(folder: Path) -> Iterator[None]:
    """Around writing a page into a folder, made where it is missing. Raises TenfoldError where it cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise cannot_write(folder, error, "the page cannot be written there") from None


def check_writable(folder: str | Path) -> None:
    """Raise as `written_to` does, before the work that a page is about: it may take minutes."""
    with written_to(Path(folder)), TemporaryFile(dir=folder):
        pass


def render(template: str, values: Mapping[str, Any], folder: Path = Path(__file__).parent) -> str:
    """A template of a folder, filled in; names from files or people are escaped in HTML. It may extend those here."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader([folder, Path(__file__).parent]),
        autoescape=lambda name: name is not None and ".html" in name,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"percent": percent, "count": count, "plural": plural, "points": points}
    environment.filters |= {
        "parameters": parameters,
        "size": size_text,
        "rounded": rounded,
        "p_value": p_value,
        "duration": duration,
    }
    return environment.get_template(template).render(light=LIGHT, dark=DARK, **values)


def size_text(size_bytes: int) -> str:
    """A file's size for a person: kB up to a million bytes, then MB."""
    return f"{size_bytes / 1e6:.1f} MB" if size_bytes >= 1e6 else f"{size_bytes / 1e3:.0f} kB"


def picture(image: NDArray[np.uint8]) -> bytes:
    """A greyscale image [height, width] as PNG."""
    content = io.BytesIO()
    Image.fromarray(image).save(content, format="PNG", optimize=True)
    return content.getvalue()


def data_uri(content: bytes) -> str:
    """A PNG as an address that holds it, for a page that needs no other file."""
    return "data:image/png;base64," + base64.b64encode(content).decode()
