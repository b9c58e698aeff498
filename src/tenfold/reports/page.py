"""Templates into pages: self-contained, with no script and nothing from the network."""

import base64
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tenfold.formatting import count, duration, p_value, parameters, percent, plural, points, rounded, size_text
from tenfold.reports.canvas import DARK, LIGHT


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


def picture(image: NDArray[np.uint8]) -> bytes:
    """A greyscale image [height, width] as PNG."""
    content = io.BytesIO()
    Image.fromarray(image).save(content, format="PNG", optimize=True)
    return content.getvalue()


def data_uri(content: bytes) -> str:
    """A PNG as an address that holds it, for a page that needs no other file."""
    return "data:image/png;base64," + base64.b64encode(content).decode()
