"""Pages and digits from seeds, and what is made of them: `python -m tests.golden.drawn` keeps that in drawn.json."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.data import paper
from tenfold.data.corruptions import CORRUPTIONS, corrupt
from tenfold.data.printed import printed
from tenfold.data.scribbles import scribbles
from tenfold.data.strings import number
from tenfold.data.strokes import strokes
from tenfold.reading import Reader

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


BATCHES: dict[str, Callable[[], NDArray[np.uint8]]] = {
    "strokes": lambda: strokes(40, seed=3).images,
    "scribbles": lambda: scribbles(60, seed=3),
    "printed": lambda: printed("0123456789", np.random.default_rng(3)),
} | {name: lambda name=name: corrupt(strokes(12, seed=3).images, name, seed=3) for name in CORRUPTIONS}


def means(image: NDArray[np.uint8], side: int = 6) -> list[float]:
    """The mean levels of an image's fields, row by row."""
    grey = image if image.ndim == 2 else image.mean(axis=2)
    fields = cv2.resize(grey.astype(np.float32), (side, side), interpolation=cv2.INTER_AREA)
    return [round(float(level), 1) for level in fields.ravel()]


def read(reader: Reader, image: NDArray[np.uint8]) -> dict[str, Any]:
    """What a reader makes of it."""
    reading = reader.read(image)
    return {
        "lines": list(reading.lines),
        "polarity": reading.polarity,
        "digits": [[*digit.box, round(digit.confidence, 3)] for digit in reading.digits],
        "rejected": [[one.reason, *one.box, round(one.confidence, 3)] for one in reading.rejected],
    }


def main() -> None:
    """Keep what is made of all of them now."""
    reader = Reader()
    kept: dict[str, dict[str, Any]] = {
        "made with": {"opencv": cv2.__version__},
        "pages": {name: {"means": means(picture(name)), "read": read(reader, picture(name))} for name in PAGES},
        "batches": {name: [means(image, 2) for image in make()] for name, make in BATCHES.items()},
    }
    rows = {
        key: ",\n".join(f" {json.dumps(name)}: {json.dumps(one)}" for name, one in of.items())
        for key, of in kept.items()
    }
    text = ",\n".join(f'"{key}": {{\n{lines}\n}}' for key, lines in rows.items())
    PATH.write_text(f"{{\n{text}\n}}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
