"""The main job on whatever data can be had: train the default recipe, score it, read a few pictures with it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from tenfold import pipeline
from tenfold.errors import TenfoldError, UsageError
from tenfold.reading import Reader, Reading
from tenfold.reporting import Reporter
from tenfold.run import Run

if TYPE_CHECKING:
    from tenfold.data import Dataset
    from tenfold.training.records import OnEpoch, OnStep

RECIPE = "fast"
SAMPLES = 5
_PAPER, _PEN, _ZOOM = 235, 40, 10


@dataclass(frozen=True)
class Demo:
    """What the demo did: the run, whether it was there already, and the pictures it read with their true digits."""

    run: Run
    reused: bool
    readings: tuple[Reading, ...]
    labels: tuple[str, ...]


def demo(
    *,
    out: Path = pipeline.RUNS,
    data_dir: str | Path | None = None,
    say: Callable[[str], Any] = print,
    on_step: "OnStep | None" = None,
    on_epoch: "OnEpoch | None" = None,
    reporter: Reporter | None = None,
) -> Demo:
    """Train and score the default recipe, or take the run that did so before, then read sample pictures.

    say gets one-line messages. Without MNIST the run trains on `strokes` and is scored on `optdigits`.
    """
    from tenfold.data import load_dataset

    overrides: dict[str, Any] = {}
    try:
        test = load_dataset("mnist", "test", data_dir=data_dir)
    except UsageError:
        raise
    except TenfoldError as error:
        say(f"{error}; meanwhile this trains on synthetic handwriting and is scored on scikit-learn's real digits")
        overrides = {"data.name": "strokes", "data.test": "optdigits"}
        test = load_dataset("optdigits", "test")
    run = pipeline.finished_run(RECIPE, out, overrides)
    reused = run is not None
    if run is None:
        run = pipeline.train(
            RECIPE,
            overrides=overrides,
            data_dir=data_dir,
            out=out,
            on_step=on_step,
            on_epoch=on_epoch,
            reporter=reporter,
        )
    try:
        pictures, labels = _sample_pictures(test, out / "samples")
    except OSError as error:
        raise TenfoldError(f"{out}: sample pictures cannot be written there ({error.strerror})") from None
    reader = Reader(run.path)
    return Demo(run, reused, tuple(reader.read(path, single=True) for path in pictures), labels)


def _sample_pictures(test: "Dataset", folder: Path) -> tuple[list[Path], tuple[str, ...]]:
    """A few test images as somebody would scan them: dark pen on light paper, larger, off centre. PNG files."""
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(0)
    paths = []
    rows = random.choice(len(test), SAMPLES, replace=False)
    for number, row in enumerate(rows, start=1):
        ink = Image.fromarray(test.images[row]).resize((28 * _ZOOM, 28 * _ZOOM), Image.Resampling.BICUBIC)
        page = np.full((400, 480), _PAPER, np.float64)
        top, left = random.integers(0, 400 - ink.height), random.integers(0, 480 - ink.width)
        page[top : top + ink.height, left : left + ink.width] -= np.asarray(ink) * ((_PAPER - _PEN) / 255)
        path = folder / f"sample-{number}.png"
        Image.fromarray(page.astype(np.uint8)).save(path)
        paths.append(path)
    return paths, tuple(test.classes[test.labels[row]] for row in rows)
