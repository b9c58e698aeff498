"""Each ingredient of invented pictures by itself: batches of images from seeds."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import Any
from unittest.mock import patch

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.data.corruptions import CORRUPTIONS, corrupt
from tenfold.data.synthetic import paper, paper_camera, paper_pen, paper_sheet, pictures, strings_marks
from tenfold.data.synthetic.invented import invented
from tenfold.data.synthetic.pieces_numbers import pieces_of_number
from tenfold.data.synthetic.printed import LETTERS, printed
from tenfold.data.synthetic.scribbles import KINDS as SCRIBBLES
from tenfold.data.synthetic.scribbles import scribbles
from tenfold.data.synthetic.strings import compose, hand
from tenfold.data.synthetic.strokes import draw, strokes
from tenfold.data.synthetic.strokes_forms import written_forms
from tenfold.data.synthetic.strokes_hand import Hand
from tenfold.data.synthetic.strokes_pen import Pen
from tenfold.data.views import reframe

Picture = NDArray[np.uint8] | NDArray[np.float32]
Random = np.random.Generator

SHAPE = (90, 140)
BUSY = Pen(heavy=0.5, gap=0.8, speck=0.8)
"""A pen with which everything happens often."""


@cache
def views() -> NDArray[np.uint8]:
    """A dozen digits [12, 28, 28]."""
    return strokes(12, seed=3).images


def sheet(lines: list[NDArray[np.float32]]) -> NDArray[np.float32]:
    """The ink of lines, [h, w] each, under one another with paper around them."""
    edge, width = max(len(line) for line in lines), max(line.shape[1] for line in lines)
    rows = [np.pad(line, ((edge // 4, edge // 4), (edge, edge + width - line.shape[1]))) for line in lines]
    return np.pad(np.concatenate(rows), ((edge, edge), (0, 0)))


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
