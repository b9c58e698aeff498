"""The main job on whatever data can be had: train the default recipe, score it, read a few pictures with it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from tenfold import pipeline
from tenfold.errors import TenfoldError, UsageError, cannot_write
from tenfold.reading import Reader, Reading
from tenfold.reporting import Reporter
from tenfold.run import Run, find
from tenfold.run.find import RUNS

if TYPE_CHECKING:
    from tenfold.data import Dataset
    from tenfold.training.records import OnEpoch, OnStep

RECIPE = "fast"
SAMPLES = 5
_PAPER, _PEN, _ZOOM = 235, 40, 10


@dataclass(frozen=True)
class _Plan:
    """One way to do the main job: a recipe with its overrides, the dataset that is scored on, and both in words."""

    recipe: str
    scored_on: str
    words: str
    overrides: Mapping[str, str] = field(default_factory=dict)

    def finished(self, out: Path) -> Run | None:
        """The run that an earlier demo left in out."""
        return find.finished_run(self.recipe, out, self.overrides)


_PLANS = (
    _Plan(RECIPE, "mnist", "MNIST"),
    _Plan(
        "mnist-5k",
        "mnist-5k",
        "synthetic handwriting and 4,000 of MNIST's images, and scored on 1,000 others",
    ),
    _Plan(
        RECIPE,
        "optdigits",
        "synthetic handwriting, and scored on the real digits that scikit-learn carries",
        {"data.name": "strokes", "data.test": "optdigits"},
    ),
)
"""The best first: mirrors of MNIST, a package index, nothing of the network at all."""


@dataclass(frozen=True)
class Demo:
    """What the demo did: the run, whether it was there already, and the pictures it read with their true digits."""

    run: Run
    reused: bool
    readings: tuple[Reading, ...]
    labels: tuple[str, ...]


def demo(
    *,
    out: Path = RUNS,
    data_dir: str | Path | None = None,
    say: Callable[[str], Any] = print,
    on_step: "OnStep | None" = None,
    on_epoch: "OnEpoch | None" = None,
    reporter: Reporter | None = None,
) -> Demo:
    """Train and score a recipe, or take the run that did so before, then read sample pictures.

    say gets one-line messages. With MNIST that is the default recipe. Where MNIST cannot be had, the run trains on
    `strokes` and most of `mnist-5k` and is scored on the rest; where that cannot be had either, it trains on `strokes`
    and is scored on `optdigits`.
    """
    from tenfold.data import load_dataset

    plan = _at_hand(data_dir)
    run = plan.finished(out) if plan else None
    if plan is None or run is None:
        plan = _possible(data_dir, say)
        run = plan.finished(out)
    elif plan is not _PLANS[0]:
        say(f"mnist is not here (tenfold data fetch mnist gets it): the model was trained on {plan.words}")
    test = load_dataset(plan.scored_on, "test", data_dir=data_dir)
    reused = run is not None
    if run is None:
        run = pipeline.finish_or_train(
            plan.recipe,
            overrides=plan.overrides,
            data_dir=data_dir,
            out=out,
            on_step=on_step,
            on_epoch=on_epoch,
            reporter=reporter,
        )
    try:
        pictures, labels = _sample_pictures(test, out / "samples")
    except OSError as error:
        raise cannot_write(out, error, "sample pictures cannot be written there") from None
    reader = Reader(run.path)
    return Demo(run, reused, tuple(reader.read(path, single=True) for path in pictures), labels)


def _at_hand(data_dir: str | Path | None) -> _Plan | None:
    """The best plan whose data are on this machine: what it left is found without waiting for mirrors."""
    from tenfold.data import list_datasets

    found = list_datasets(data_dir, [plan.scored_on for plan in _PLANS])
    return next((plan for plan, here in zip(_PLANS, found, strict=True) if here.state in ("here", "built in")), None)


def _possible(data_dir: str | Path | None, say: Callable[[str], Any]) -> _Plan:
    """The best plan whose data can be had, which are then on this machine. Raises TenfoldError where there is none."""
    from tenfold.data import fetch, load_dataset

    problems = []
    for plan in _PLANS:
        try:
            fetch(plan.scored_on, data_dir)
            load_dataset(plan.scored_on, "test", data_dir=data_dir)
        except UsageError:
            raise
        except TenfoldError as error:
            problems.append(str(error))
        else:
            if problems:
                say(f"{'; '.join(problems)}; so the model is trained on {plan.words}")
            return plan
    raise TenfoldError("; ".join(problems))


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
