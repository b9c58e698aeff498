"""An explanation as files that a person opens: explanation.png, layers.png where asked for, and index.html."""

import io
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from PIL import Image

from tenfold.errors import cannot_write
from tenfold.explanation import maps
from tenfold.explanation.drawing import Tile, draw_explanation, gradient_tiles, main_tiles
from tenfold.explanation.layers import Layers
from tenfold.explanation.layers_drawing import draw_layers, filters_line, layer_title, probes_line
from tenfold.explanation.result import Explanation
from tenfold.explanation.wording import change_line, evidence_line, headline, neighbours_line, which
from tenfold.files import write_atomically
from tenfold.reports.page import data_uri, picture, render


def write_explanation(found: Explanation, folder: Path) -> tuple[Path, ...]:
    """Write an explanation's drawings and, with the 'report' extra, its page; the paths, the page first.

    The same explanation gives the same bytes. Raises TenfoldError where the folder cannot be written.
    """
    contents = {"explanation.png": _png(draw_explanation(found))}
    if found.layers is not None:
        contents["layers.png"] = _png(draw_layers(found, found.layers))
    if find_spec("jinja2") is not None:  # looked for, not imported: matplotlib, of the same extra, takes long
        page = render("explain.html.jinja", _values(found), Path(__file__).parent)
        contents = {"index.html": page.encode(), **contents}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            write_atomically(folder / name, content)
    except OSError as error:
        raise cannot_write(folder, error, "the explanation cannot be written there") from None
    return tuple(folder / name for name in contents)


def _values(found: Explanation) -> dict[str, Any]:
    neighbours = found.neighbours.nearest if found.neighbours else ()
    return {
        "found": found,
        "headline": headline(found),
        "which": which(found),
        "change_line": change_line(found),
        "neighbours_line": neighbours_line(found),
        "evidence": [evidence_line(found, one) for one in found.evidence],
        "tiles": [_tile(tile) for tile in main_tiles(found)[1:]],
        "view": data_uri(picture(found.piece.view)),
        "gradients": [_tile(tile) for tile in gradient_tiles(found)],
        "neighbours": [(one, data_uri(picture(one.view))) for one in neighbours],
        "layers": _layers(found.layers) if found.layers is not None else None,
        "own": dict(zip(found.contrast.classifier.card.classes, found.contrast.probabilities.tolist(), strict=True)),
    }


def _layers(layers: Layers) -> dict[str, Any]:
    rows = [
        {
            "title": layer_title(layer),
            "maps": None if layer.maps is None else _uri(maps.sheet(layer.maps)),
            "name": layer.name,
            "accuracy": layer.accuracy,
            "probabilities": None if layer.probabilities is None else layer.probabilities.tolist(),
        }
        for layer in layers.layers
    ]
    return {
        "filters_line": filters_line(layers),
        "filters": _uri(maps.sheet(layers.filters)),
        "probes_line": probes_line(layers),
        "classes": layers.classes,
        "rows": rows,
    }


def _tile(tile: Tile) -> dict[str, str]:
    return {"picture": _uri(tile.picture), "title": tile.title, "note": tile.note}


def _uri(colours: maps.Colours) -> str:
    return data_uri(_png(Image.fromarray(colours)))


def _png(image: Image.Image) -> bytes:
    content = io.BytesIO()
    image.save(content, format="PNG", optimize=True)
    return content.getvalue()
