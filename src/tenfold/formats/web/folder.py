"""What is in the folder: the drawing page, the model and what finds its digits, onnxruntime-web, a host's README."""

import hashlib
import json
import shutil
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from string import Template
from typing import Any

from tenfold.drawing_page import Words, page_files
from tenfold.explanation import maps, occlusion
from tenfold.exporting.picture_onnx import add_framing
from tenfold.formats.source import Source, Written
from tenfold.formats.web.node import answers_in_node
from tenfold.formats.web.numbers import numbers
from tenfold.formats.web.runtime import SCRIPT, VERSION, WASM, runtime
from tenfold.reading.detector import Detector, detector_files
from tenfold.version import __version__

_HERE = Path(__file__).parent

_POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self'; "
    "img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; form-action 'none'"
)
"""Nothing from elsewhere, and nothing to it; 'wasm-unsafe-eval' allows WebAssembly, not eval."""

_READING = _HERE / "reading"
"""What a page that reads whole pages has of tenfold.reading, in JavaScript."""


@dataclass(frozen=True)
class _Kind:
    """What a page can do, in words. reads: what its README says that it reads; files: what that says of its files."""

    words: Words
    reads: str
    files: str


_ONE = _Kind(
    Words(
        head=f'\n<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="referrer" content="no-referrer">\n<script src="page/served.js" defer></script>',
        about="Draw a digit, or open a picture of one: it is read in the browser, which shows what it saw.",
        invitation="Draw one digit. It is read here in the browser: nothing is sent anywhere.",
        waiting="The reader is being loaded: a few megabytes, the first time.",
        accepts="image/*",
        unscripted="This page reads what you draw with JavaScript and WebAssembly.",
    ),
    reads="one handwritten digit at a time",
    files="- `reader.onnx`: the model with the framing before it: pixels in, digit out",
)

_PAGES = _Kind(
    replace(
        _ONE.words,
        head=_ONE.words.head
        + "".join(f'\n<link rel="modulepreload" href="reading/{one.name}">' for one in sorted(_READING.iterdir())),
        about="Draw digits, or open a picture of some: they are read in the browser, which shows what it saw.",
        invitation="Draw a digit or a number, or open a page. It is read in the browser: nothing is sent anywhere.",
    ),
    reads="digits, numbers and whole pages",
    files="- `page.onnx`, `glyph.onnx`, `line.onnx`, `reading/`: the networks that find and judge the digits of a "
    "page, and what puts them in order",
)


def write(source: Source, path: Path) -> Written:
    """A static site in the folder path: index.html, README.md, the networks, page/ and onnxruntime/.

    A model of the ten digits reads pages: page.onnx, glyph.onnx and line.onnx find its digits, reading/ does the
    rest. With any other model reader.onnx takes pictures of one thing. model.onnx, the model itself, says why. The
    answers are those to `pictures_of` views, in onnxruntime-web. Raises TenfoldError as `add_framing` and `runtime` do.
    """
    runs = runtime()
    pages = source.classifier.card.reads_pages
    kind = _PAGES if pages else _ONE
    for folder in (path / "page", path / "onnxruntime"):
        folder.mkdir(parents=True)
    shutil.copyfile(source.onnx, path / "model.onnx")
    for name, content in page_files(_HERE / "api.js", kind.words).items():
        (path / name).write_bytes(content)
    for name in ("networks.js", "occlusion.js", "served.js"):
        shutil.copyfile(_HERE / name, path / "page" / name)
    for name in (SCRIPT, WASM):
        shutil.copyfile(runs / name, path / "onnxruntime" / name)
    if pages:
        _add_reading(path)
    else:
        shutil.copyfile(_HERE / "single.js", path / "page" / "single.js")
        add_framing(source.onnx, path / "reader.onnx")
    described = _described(source) | ({"reading": numbers(Detector())} if pages else {})
    (path / "model.json").write_text(json.dumps(described) + "\n", encoding="utf-8")
    (path / "README.md").write_text(_readme(source, kind), encoding="utf-8")
    return answers_in_node(path, pages)


def _add_reading(path: Path) -> None:
    """Add the networks and scripts that read a page. Raises TenfoldError where a network is missing."""
    for file in detector_files(None):
        shutil.copyfile(file, path / file.name)
    shutil.copytree(_READING, path / "reading")


def _described(source: Source) -> dict[str, Any]:
    """What the page must know of the model, as /v1/model says it, and how to say why."""
    card = source.classifier.card
    return {
        "model": card.name,
        "sha256": hashlib.sha256(source.onnx.read_bytes()).hexdigest(),
        "tenfold": __version__,
        "card": asdict(card),
        "corrections": False,
        "occlusion": {
            "eraser": occlusion.ERASER,
            "pen": occlusion.PEN,
            "step": occlusion.STEP,
            "edge": occlusion.EDGE,
            "for": maps.FOR,
            "rival": maps.RIVAL,
            "ink": maps.INK,
            "faint": maps.FAINT,
            "gamma": maps.GAMMA,
        },
    }


def _readme(source: Source, kind: _Kind) -> str:
    template = Template((_HERE / "README.md").read_text(encoding="utf-8"))
    said = {"reads": kind.reads, "files": kind.files, "name": source.name}
    return template.substitute(said, runtime=VERSION, tenfold=__version__)
