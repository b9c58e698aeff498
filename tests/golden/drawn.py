"""Pages and digits from seeds, and what is made of them: `python -m tests.golden.drawn` keeps that in drawn.json."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import PIL
from numpy.typing import NDArray
from PIL import Image
from tests.golden.batches import BATCHES, Picture, sheet
from tests.golden.drawings import DRAWINGS, mark_of

from tenfold.data.synthetic import paper
from tenfold.data.synthetic.pieces import pieces
from tenfold.data.synthetic.pieces_cuts import cut_wide_parts
from tenfold.data.synthetic.pieces_layout import find_layout
from tenfold.data.synthetic.strings import number
from tenfold.data.synthetic.strokes import strokes
from tenfold.reading import Reader, symptoms
from tenfold.reading.page import Page
from tenfold.reading.stages import draw_stages, explain_stages
from tenfold.reading.trace import SymbolTrace, retrace

PATH = Path(__file__).with_name("drawn.json")
SEEDS = range(5)
KINDS = {
    **paper.KINDS,
    # Everything that may be on a sheet at once, which is rare among the kinds themselves.
    "form": replace(paper.KINDS["scan"], printed={"ruled": 0.5, "box": 0.5}, texture=0.5, show_through=0.5),
    "table": replace(paper.KINDS["photo"], printed={"squared": 1.0}, tilt=2.0, shadow=1.0),
}
"""The kinds of picture, and two more with lines to be told from digits."""

PAGES = [f"{kind} {seed}" for kind in KINDS for seed in SEEDS]


def picture(name: str) -> NDArray[np.uint8]:
    """A page of one to three numbers, with marks between their digits: one of PAGES."""
    kind, seed = name.split()
    draw = np.random.default_rng([int(seed), *kind.encode()])
    digits = strokes(12, seed=int(seed))
    lines = []
    for count in draw.integers(1, 6, draw.integers(1, 4)):
        chosen = draw.integers(0, len(digits.labels), count)
        lines.append(number(digits.images[chosen], digits.labels[chosen].tolist(), draw, marks=0.5))
    return paper.photograph(sheet([line.coverage for line in lines]), draw, KINDS[kind])


def means(image: Picture, side: int = 6) -> list[float]:
    """The mean levels of an image's fields, row by row; of shares as of levels."""
    grey = image if image.ndim == 2 else image.mean(axis=2)
    levels = np.asarray(grey, np.float32) * np.float32(255 if image.dtype == np.float32 else 1)
    return [round(float(level), 2) for level in cv2.resize(levels, (side, side), interpolation=cv2.INTER_AREA).ravel()]


def read(reader: Reader, image: NDArray[np.uint8]) -> dict[str, Any]:
    """What a reader makes of it as one symbol."""
    reading = reader.read(image, single=True)
    return {
        "lines": list(reading.lines),
        "polarity": reading.polarity,
        "digits": [[*digit.box, round(digit.confidence, 3)] for digit in reading.digits],
        "rejected": [[one.reason, *one.box, round(one.confidence, 3)] for one in reading.rejected],
    }


def seen(reader: Reader, image: NDArray[np.uint8]) -> dict[str, list[float]]:
    """What lies between the page and its reading, what is measured of it, and the pieces that its ink is taken into."""
    page = Page(image, 1.0)
    trace = retrace(page, reader.read(image, single=True))
    layout = cut_wide_parts(find_layout(trace.used), trace.used.strength)
    taken = [piece for line in layout.lines for piece in pieces(layout, line, trace.used.strength)]
    return {
        "ink": [*means(trace.ink.strength, 4), *means(trace.used.strength, 4), trace.ink.stroke, trace.used.stroke],
        "lines": [value for line in layout.lines for value in (line.height, line.slant)],
        "parts": [value for line in layout.lines for part in line.parts for value in (*part.box, part.area)],
        "pieces": [sum(sum(piece.box) for piece in taken), sum(piece.small for piece in taken)],
        "views": [value for view in trace.reading.views for value in means(view, 2)],
        "symptoms": measured(trace),
    }  # fmt: skip


def measured(trace: SymbolTrace) -> list[float]:
    """Every symptom's figure."""
    return [
        *(measure(trace) for measure in (symptoms.contrast, symptoms.edge_width, symptoms.grain, symptoms.blockiness)),
        *symptoms.unevenness(trace),
        *(measure(trace) for measure in (symptoms.coverage, symptoms.ruled, symptoms.slope)),
        sum(run for _side, run in symptoms.at_border(trace)),
    ]


EXPLAINED = ["form 0", "form 2", "table 0", "scan 0"]
"""The pages whose stages are kept."""


def stages(reader: Reader, name: str) -> tuple[str, dict[str, Image.Image]]:
    """What is told and drawn of the stages of a page that is read as one symbol, whatever the model's confidence."""
    page = Page(picture(name), 1.0)
    found = reader.read(page.pixels, single=True, source="b.png")
    even = replace(
        found,
        digits=tuple(replace(digit, confidence=0.5, alternatives=(("7", 0.5),)) for digit in found.digits),
    )
    trace = retrace(page, even)
    return explain_stages(trace), draw_stages(trace)


def _short(value: Any) -> Any:
    """The same with no more than four decimals."""
    if isinstance(value, dict):
        return {key: _short(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_short(one) for one in value]
    return value if isinstance(value, str | int) else round(float(value), 4)


def main() -> None:
    """Keep what is made of all of them now."""
    reader = Reader(threads=1)
    kept: dict[str, dict[str, Any]] = {
        "made with": {"opencv": cv2.__version__, "pillow": PIL.__version__},
        "pages": {
            name: {"means": means(image), "read": read(reader, image), "seen": seen(reader, image)}
            for name in PAGES
            for image in (picture(name),)
        },
        "batches": {name: [means(image, 2) for image in make()] for name, make in BATCHES.items()},
        "drawings": {name: mark_of(make()) for name, make in DRAWINGS.items()},
        "stages": {
            name: {"told": told, "drawn": {stage: means(np.asarray(image), 8) for stage, image in drawings.items()}}
            for name in EXPLAINED
            for told, drawings in (stages(reader, name),)
        },
    }
    rows = {
        key: ",\n".join(f" {json.dumps(name)}: {json.dumps(_short(one))}" for name, one in of.items())
        for key, of in kept.items()
    }
    text = ",\n".join(f'"{key}": {{\n{lines}\n}}' for key, lines in rows.items())
    PATH.write_text(f"{{\n{text}\n}}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
