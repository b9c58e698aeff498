"""Pages and digits from seeds, and what is made of them: `python -m tests.golden.drawn` keeps that in drawn.json."""

import json
import zlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import cv2
import numpy as np
import PIL
from numpy.typing import NDArray
from PIL import Image

from tenfold.data import paper, paper_camera, paper_pen, paper_sheet, pictures, strings_marks
from tenfold.data.corruptions import CORRUPTIONS, corrupt
from tenfold.data.dataset import DIGITS_AND_NONE
from tenfold.data.invented import invented
from tenfold.data.pictures_numbers import pieces_of_number
from tenfold.data.printed import LETTERS, printed
from tenfold.data.scribbles import KINDS as SCRIBBLES
from tenfold.data.scribbles import scribbles
from tenfold.data.strings import compose, hand, number
from tenfold.data.strokes import draw, strokes
from tenfold.data.strokes_forms import written_forms
from tenfold.data.strokes_hand import Hand
from tenfold.data.strokes_pen import Pen
from tenfold.data.views import reframe
from tenfold.reading import Digit, Reader, Reading, Rejected, symptoms
from tenfold.reading.drawing import draw_reading
from tenfold.reading.page import Page
from tenfold.reading.stages import draw_stages, explain_stages
from tenfold.reading.trace import Trace, retrace

Picture = NDArray[np.uint8] | NDArray[np.float32]

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


def sheet(lines: list[NDArray[np.float32]]) -> NDArray[np.float32]:
    """The ink of lines, [h, w] each, under one another with paper around them."""
    edge, width = max(len(line) for line in lines), max(line.shape[1] for line in lines)
    rows = [np.pad(line, ((edge // 4, edge // 4), (edge, edge + width - line.shape[1]))) for line in lines]
    return np.pad(np.concatenate(rows), ((edge, edge), (0, 0)))


SHAPE = (90, 140)
BUSY = Pen(heavy=0.5, gap=0.8, speck=0.8)
"""A pen with which everything happens often."""

Random = np.random.Generator


@cache
def views() -> NDArray[np.uint8]:
    """A dozen digits [12, 28, 28]."""
    return strokes(12, seed=3).images


@cache
def ink() -> NDArray[np.float32]:
    """Two digits, one below the other [h, w]."""
    return sheet([paper_pen.upscale(view, 60) for view in views()[:2]])


def _seeded(make: Callable[[Random], Picture], count: int = 8) -> Callable[[], list[Picture]]:
    return lambda: [make(np.random.default_rng(seed)) for seed in range(count)]


def _on_sheet(print_on: Callable[..., Picture], *how: Any) -> Callable[[], list[Picture]]:
    return _seeded(lambda rng: print_on(paper_sheet.bare(SHAPE), rng, 0.6, *how))


def _alphabet(name: str) -> Sequence[Picture]:
    forms = written_forms(name)
    return draw(list(forms)[:20], forms, [3], Hand(), BUSY.scaled(2), 56, 40)


def _examples(source: str) -> list[Picture]:
    """What a source of examples gives, a few at a time; drawn noise stands for clothes."""
    digits = strokes(60, seed=3)
    clothes = replace(digits, images=np.random.default_rng(3).integers(0, 256, digits.images.shape, np.uint8))
    with patch.object(pictures, "BLOCK", 12):
        made = pictures._SOURCES[source][0](digits, clothes, [3], 1)
    # A view's label, and the row that it comes from, are told by a last line of pixels.
    return [np.vstack([view, np.full((1, 28), [label + original % 200], np.uint8)]) for view, label, original in made]


def _written(rng: Random) -> Picture:
    digits = [paper_pen.upscale(view, 44) for view in views()[:6]]
    style = replace(hand(rng, rng.uniform(22, 40)), crowding=0.5, joining=0.5, small_zeros=0.7)
    return compose(digits, [3, 0, 1, 0, 0, 0], rng, style, marks=1.0).coverage


BATCHES: dict[str, Callable[[], Sequence[Picture]]] = {
    "strokes": lambda: strokes(40, seed=3).images,
    "printed": lambda: printed("0123456789" + LETTERS, np.random.default_rng(3)),
    "invented": lambda: invented(20, np.random.default_rng(3)),
    "numbers": _seeded(_written),
    "pieces": lambda: [view for view, *_ in pieces_of_number(strokes(30, seed=3), np.random.default_rng(3), 10)],
    "upscaled": lambda: [paper_pen.upscale(view, size) for view in views()[:4] for size in (20, 28, 60, 111)],
    "thickened": _seeded(lambda rng: paper_pen.thicken(ink(), rng, rng.uniform(0.1, 2.5), rng.uniform(0.5, 2))),
    "reframed": lambda: [
        reframe(cv2.resize(view, (side, side + 1))) for view in views()[:4] for side in (8, 11, 12, 16)
    ],
    "pencil": _seeded(lambda rng: paper_pen.pencil(ink(), rng, 0.5)),
    "pressure": _seeded(lambda rng: paper_pen.pressure(ink(), rng, 0.5)),
    "ruled": _on_sheet(paper_sheet.ruled, 17),
    "squared": _on_sheet(paper_sheet.squared, 17),
    "form box": _on_sheet(paper_sheet.form_box),
    "security": _on_sheet(paper_sheet.security),
    "dots": _on_sheet(paper_sheet.dots),
    "show-through": _seeded(lambda rng: paper_sheet.show_through(paper_sheet.bare(SHAPE), rng, 0.6, ink())),
    "fibres": _on_sheet(paper_sheet.fibres),
    "waves": _seeded(partial(paper_sheet.waves, SHAPE), 20),
    "gradient": _seeded(lambda rng: paper_camera.gradient(SHAPE, rng, 0.6)),
    "vignette": _seeded(lambda rng: paper_camera.vignette(SHAPE, rng, 0.6)),
    "shadow": _seeded(lambda rng: paper_camera.shadow(SHAPE, rng, 0.6)),
    "shake": _seeded(lambda rng: paper_camera.shake(ink(), rng, rng.uniform(1.5, 9))),
    "noise": _seeded(lambda rng: paper_camera.noise(ink(), rng, 30)),
    "developed": _seeded(lambda rng: paper_camera.develop(ink(), rng.uniform(0.8, 1.3))),
}
BATCHES |= {f"examples that are {source}": partial(_examples, source) for source in pictures._SOURCES}
BATCHES |= {f"signs of {name}": partial(_alphabet, name) for name in ("digits", "world", "letters", "signs")}
BATCHES |= {f"scribbled {kind}": partial(scribbles, 12, 3, kinds=(kind,)) for kind in SCRIBBLES}
BATCHES |= {f"mark {kind}": _seeded(lambda rng, kind=kind: strings_marks.mark(kind, rng, 40, 3)[0], 4)
            for kind in strings_marks.MARKS}  # fmt: skip
BATCHES |= {f"scene on {kind}": _seeded(lambda rng, kind=kind: paper.scene(views()[0], rng, kind), 6)
            for kind in paper.KINDS}  # fmt: skip
BATCHES |= {f"photograph of {kind}": _seeded(lambda rng, kind=kind: paper.photograph(ink(), rng, kind), 12)
            for kind in paper.KINDS}  # fmt: skip
BATCHES |= {name: (lambda name=name: corrupt(views(), name, seed=3)) for name in CORRUPTIONS}


def means(image: Picture, side: int = 6) -> list[float]:
    """The mean levels of an image's fields, row by row; of shares as of levels."""
    grey = image if image.ndim == 2 else image.mean(axis=2)
    levels = np.asarray(grey, np.float32) * np.float32(255 if image.dtype == np.float32 else 1)
    return [round(float(level), 2) for level in cv2.resize(levels, (side, side), interpolation=cv2.INTER_AREA).ravel()]


def read(reader: Reader, image: NDArray[np.uint8]) -> dict[str, Any]:
    """What a reader makes of it."""
    reading = reader.read(image)
    return {
        "lines": list(reading.lines),
        "polarity": reading.polarity,
        "digits": [[*digit.box, round(digit.confidence, 3)] for digit in reading.digits],
        "rejected": [[one.reason, *one.box, round(one.confidence, 3)] for one in reading.rejected],
    }


def seen(reader: Reader, image: NDArray[np.uint8]) -> dict[str, list[float]]:
    """What lies between the page and its reading, and what is measured of it."""
    page = Page(image, 1.0)
    trace = retrace(page, reader.read(image))
    lines = trace.layout.lines
    return {
        "ink": [*means(trace.ink.strength, 4), *means(trace.used.strength, 4), trace.ink.stroke, trace.used.stroke],
        "lines": [value for line in lines for value in (line.height, line.slant)],
        "parts": [value for line in lines for part in line.parts for value in (*part.box, part.area)],
        "offers": [sum(sum(offer.box) for offer in trace.offers), sum(offer.beside for offer in trace.offers),
                   sum(offer.small for offer in trace.offers), sum(offer.width for offer in trace.offers)],
        "views": [value for view in trace.reading.views for value in means(view, 2)],
        "symptoms": measured(trace),
    }  # fmt: skip


def measured(trace: Trace) -> list[float]:
    """Every symptom's figure."""
    return [
        *(measure(trace) for measure in (symptoms.contrast, symptoms.edge_width, symptoms.grain, symptoms.blockiness)),
        *symptoms.unevenness(trace),
        *(measure(trace) for measure in (symptoms.coverage, symptoms.touching, symptoms.ruled, symptoms.slope)),
        symptoms.alikeness(trace),
        sum(run for _side, run in symptoms.at_border(trace)),
    ]


def reading(count: int, left: int = 0, across: int = 10, step: int = 60, **more: Any) -> Reading:
    """Digits, then ink that was left, in rows of so many across."""
    places = range(count + left)
    boxes = [(step * (i % across) + 5, step * (i // across) + 5, 20 + i % 25, 40 - i % 3) for i in places]
    shares = [(1.0, 0.99871, 0.5, 0.25)[i % 4] for i in places]
    digits = [Digit(i % 10, str(i % 10), shares[i], boxes[i], alternatives=((str(i % 10), shares[i]),)) for i in places]
    rejected = [Rejected(boxes[i], ("unsure", "not a digit")[i % 2], shares[i]) for i in places]
    told: dict[str, Any] = {
        "source": "a/b.png",
        "page": 0,
        "blank": not places,
        "lines": ("".join("0123456789"[:count]),),
    }
    return Reading(
        **told | more,
        digits=tuple(digits[:count]),
        rejected=tuple(rejected[count:]),
        polarity="dark-on-light",
        model="model 1.0",
        views=np.resize(views(), (count + left, 28, 28)),
    )


def _page(width: int, height: int, scale: float = 1.0) -> Page:
    return Page((np.indices((height, width)).sum(axis=0) % 251).astype(np.uint8), scale)


DRAWINGS: dict[str, Callable[[], Image.Image]] = {
    "few": lambda: draw_reading(reading(3, 2), _page(300, 120)),
    "upright": lambda: draw_reading(reading(3, 2, 1), _page(90, 310)),
    "on the second page": lambda: draw_reading(reading(1, page=1), _page(100, 100)),
    "side by side": lambda: draw_reading(reading(12, 3, 6, 22), _page(150, 90)),
    "one over the other": lambda: draw_reading(reading(5, 2, 2, 9), _page(60, 70)),
    "on a tiny page": lambda: draw_reading(reading(2), _page(30, 20)),
    "on a large page": lambda: draw_reading(reading(4, 1), _page(1700, 500)),
    "on a shrunk page": lambda: draw_reading(reading(4, 1), _page(600, 200, 2.0)),
    "thirty": lambda: draw_reading(reading(30), _page(610, 200)),
    "thirty-one": lambda: draw_reading(reading(29, 2), _page(610, 260)),
    "sixty-one": lambda: draw_reading(reading(55, 6), _page(610, 450)),
    "four hundred and one": lambda: draw_reading(reading(401, 0, 30, 50), _page(1510, 700)),
    "nothing": lambda: draw_reading(reading(0, 2), _page(200, 100)),
    "blank": lambda: draw_reading(reading(0), _page(200, 100)),
    "with a long name": lambda: draw_reading(reading(1, source="x" * 300, lines=("7 " * 90,)), _page(200, 100)),
}
"""Drawings of readings made by hand, so that no rounding shows in them."""

EXPLAINED = ["form 0", "form 2", "table 0", "scan 0"]
"""The pages whose stages are kept."""


def stages(reader: Reader, name: str) -> tuple[str, dict[str, Image.Image]]:
    """What is told and drawn of the stages of a page, by a model that says the same of every view."""
    page = Page(picture(name), 1.0)
    found = reader.read(page.pixels, source="b.png")
    even = replace(found, digits=tuple(replace(digit, confidence=0.5) for digit in found.digits))
    trace = retrace(page, even)
    shares = np.linspace(0.2, 0, 11, dtype=np.float32)
    model: Any = SimpleNamespace(
        card=SimpleNamespace(classes=DIGITS_AND_NONE), probabilities=lambda seen: np.tile(shares, (len(seen), 1))
    )
    return explain_stages(trace), draw_stages(trace, model)


def mark_of(image: Image.Image) -> str:
    """What two images have in common only if they are the same, size and all."""
    return f"{image.width}×{image.height} {zlib.crc32(image.tobytes()):08x}"


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
