"""What is in the folder: the drawing page, the model twice, onnxruntime-web, and what a host shows of it."""

import hashlib
import json
import shutil
from dataclasses import asdict
from pathlib import Path
from string import Template
from typing import Any

from tenfold import __version__
from tenfold.drawing_page import Words, page_files
from tenfold.explanation import maps, occlusion
from tenfold.exporting.picture_onnx import add_framing
from tenfold.formats.source import Source, Written
from tenfold.formats.web.node import answers_in_node
from tenfold.formats.web.runtime import SCRIPT, VERSION, WASM, runtime

_HERE = Path(__file__).parent

_POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self'; "
    "img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; form-action 'none'"
)
"""Nothing from elsewhere, and nothing to it; 'wasm-unsafe-eval' allows WebAssembly, not eval."""

_WORDS = Words(
    head=f'\n<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
    '<meta name="referrer" content="no-referrer">\n<script src="page/served.js" defer></script>',
    about="Draw a digit, or open a picture of one: it is read in the browser, which shows what it saw.",
    invitation="Draw one digit. It is read here in the browser: nothing is sent anywhere.",
    waiting="The reader is being loaded: a few megabytes, the first time.",
    accepts="image/*",
    unscripted="This page reads what you draw with JavaScript and WebAssembly.",
)


def write(source: Source, path: Path) -> Written:
    """A static site in the folder path: index.html, README.md, the model, page/ and onnxruntime/.

    reader.onnx takes pictures; model.onnx, the model behind it, says why. The answers are the reader's, in
    onnxruntime-web. Raises TenfoldError as `add_framing` and `runtime` do.
    """
    runs = runtime()
    for folder in (path / "page", path / "onnxruntime"):
        folder.mkdir(parents=True)
    add_framing(source.onnx, path / "reader.onnx")
    shutil.copyfile(source.onnx, path / "model.onnx")
    for name, content in page_files(_HERE / "api.js", _WORDS).items():
        (path / name).write_bytes(content)
    for name in ("occlusion.js", "served.js"):
        shutil.copyfile(_HERE / name, path / "page" / name)
    for name in (SCRIPT, WASM):
        shutil.copyfile(runs / name, path / "onnxruntime" / name)
    (path / "model.json").write_text(json.dumps(_described(source)) + "\n", encoding="utf-8")
    (path / "README.md").write_text(_readme(source), encoding="utf-8")
    return answers_in_node(path)


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


def _readme(source: Source) -> str:
    template = Template((_HERE / "README.md").read_text(encoding="utf-8"))
    return template.substitute(name=source.name, runtime=VERSION, tenfold=__version__)
