"""Pages and digits from seeds, and what is made of them: `python -m tests.golden.drawn` keeps that in drawn.json."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.data import paper, paper_camera, paper_pen, paper_sheet, strings_marks
from tenfold.data.corruptions import CORRUPTIONS, corrupt
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
from tenfold.reading import Reader, symptoms
from tenfold.reading.page import Page
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
        "made with": {"opencv": cv2.__version__},
        "pages": {
            name: {"means": means(image), "read": read(reader, image), "seen": seen(reader, image)}
            for name in PAGES
            for image in (picture(name),)
        },
        "batches": {name: [means(image, 2) for image in make()] for name, make in BATCHES.items()},
    }
    rows = {
        key: ",\n".join(f" {json.dumps(name)}: {json.dumps(_short(one))}" for name, one in of.items())
        for key, of in kept.items()
    }
    text = ",\n".join(f'"{key}": {{\n{lines}\n}}' for key, lines in rows.items())
    PATH.write_text(f"{{\n{text}\n}}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
