"""The main job, from a recipe to a run that has been scored and reported: the rooms in their order."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from tenfold.errors import (
    CheckpointError,
    HeldError,
    cannot_write,
    need_report_extra,
    needs_extra,
)
from tenfold.files import check_writable
from tenfold.reporting import Reporter, ScoringTask, score_and_report
from tenfold.run import Run
from tenfold.run.find import RUNS, unfinished_run
from tenfold.stopwatch import Stopwatch

if TYPE_CHECKING:
    from tenfold.data import Dataset
    from tenfold.evaluation import Mistakes
    from tenfold.exploration import Exploration
    from tenfold.training.page.checkpoint import Row
    from tenfold.training.records import OnEpoch, OnStep


class Watching(TypedDict, total=False):
    """How a training is watched, and who reports it: arguments of `train`."""

    tensorboard: str | Path | None
    on_step: "OnStep | None"
    on_epoch: "OnEpoch | None"
    say: Callable[[str], Any] | None
    reporter: Reporter | None


def train(
    recipe: str | Path,
    *,
    overrides: Mapping[str, Any] | None = None,
    data_dir: str | Path | None = None,
    out: str | Path = RUNS,
    resume: bool = False,
    tensorboard: str | Path | None = None,
    on_step: "OnStep | None" = None,
    on_epoch: "OnEpoch | None" = None,
    say: Callable[[str], Any] | None = None,
    reporter: Reporter | None = None,
) -> Run:
    """Train a recipe, score it once on the untouched test set, and leave the run folder with its report.

    recipe: a shipped recipe's name or the path of a .toml; overrides maps dotted keys to values,
    {"optimizer.lr": 0.01, "seed": 3}. out: the folder that gets the run's folder. resume takes up an unfinished
    run of the same recipe where there is one. tensorboard: a folder of TensorBoard's, which gets the run's history as
    it grows. say gets one-line messages, as of layers that do not fit the run that weights are taken from. reporter: a
    `Reporter` that was made before torch was imported; None scores and reports in this process. Raises UsageError for a
    recipe that is not valid, TenfoldError where data, disk or numbers fail; an unfinished run is left only where it can
    be resumed. Without the 'report' extra, or with report = false, the run has its scores but no report.
    """
    clock = Stopwatch()
    with clock.timing("start"), needs_extra("train", "training"):
        from tenfold import training  # first: it settles how torch's threads wait

        # isort: split
        from tenfold import models
        from tenfold.recipes import dump_recipe, load_recipe
        from tenfold.run.folder import RunFolder

    name, resolved = load_recipe(recipe, overrides, check_model=models.check)
    folder = RunFolder.claim(Path(out), name, dump_recipe(resolved), resume)
    try:
        with training.board(tensorboard, Run(folder.path).name, on_epoch) as told:
            training.fit(
                name, resolved, folder, data_dir=data_dir, on_step=on_step, on_epoch=told, say=say, clock=clock
            )
        finish = score_and_report if reporter is None else reporter.finish
        finish(ScoringTask(folder.path, data_dir, resolved.report, clock.seconds))
        return folder.finish()
    except BaseException as error:
        # A run that diverged would diverge again; one without a checkpoint holds nothing to go on from.
        if isinstance(error, training.DivergedError) or not folder.resumable:
            folder.discard()
        if isinstance(error, OSError):
            raise cannot_write(folder.path, error, then="--resume") from None
        raise
    finally:
        folder.release()


def finish_or_train(
    recipe: str | Path,
    *,
    overrides: Mapping[str, Any] | None = None,
    out: str | Path = RUNS,
    data_dir: str | Path | None = None,
    **watching: Unpack[Watching],
) -> Run:
    """Finish the run of this recipe that was left unfinished in out, or else train it from the start.

    For who trains what is missing: a run that another process is training, one whose checkpoint is damaged, and one of
    other data than there are now are left as they are. Arguments and errors are those of `train`.
    """
    training = partial(train, recipe, overrides=overrides, out=out, data_dir=data_dir, **watching)
    if unfinished_run(recipe, out, overrides) is not None:
        with suppress(CheckpointError, HeldError):
            return training(resume=True)
    return training()


def train_page(
    recipe: str | Path = "page",
    *,
    overrides: Mapping[str, Any] | None = None,
    data_dir: str | Path | None = None,
    out: str | Path = RUNS,
    resume: bool = False,
    on_row: "Callable[[str, int, Row, float], None] | None" = None,
    say: Callable[[str], Any] | None = None,
) -> Path:
    """Train the networks that find digits on pages. Returns their folder, which holds a file of each.

    recipe, overrides, out, resume, say: as of `train`. on_row is told which network is trained, how many updates there
    will be, the latest row of its history, and examples a second. Raises UsageError for a recipe that is not valid,
    TenfoldError where data, fonts, disk or numbers fail; an unfinished run is left where it can be resumed.
    """
    with needs_extra("train", "training"):
        from tenfold import training  # first: it settles how torch's threads wait

        # isort: split
        from tenfold.reading.detector import PAGE_FILE
        from tenfold.recipes.page import dump_page_recipe, load_page_recipe
        from tenfold.run.folder import RunFolder
        from tenfold.training.page.fit import fit_page

    name, resolved = load_page_recipe(recipe, overrides)
    folder = RunFolder.claim(Path(out), name, dump_page_recipe(resolved), resume)

    try:
        fit_page(name, resolved, folder, data_dir=data_dir, on_row=on_row, say=say)
        return folder.settle()
    except BaseException as error:
        # A glyph network that diverges leaves the page network, the longer training, as it is.
        diverged = isinstance(error, training.DivergedError) and not (folder.path / PAGE_FILE).is_file()
        if diverged or not folder.resumable:
            folder.discard()
        if isinstance(error, OSError):
            raise cannot_write(folder.path, error, then="--resume") from None
        raise
    finally:
        folder.release()


def quoted(text: str | None) -> str | None:
    """Text as an override that stays text, whatever it looks like: a folder may be called 2024-01-01. None stays."""
    return None if text is None else json.dumps(text, ensure_ascii=False)


def explore(
    dataset: "str | Path | Dataset",
    *,
    split: str = "train",
    data_dir: str | Path | None = None,
    out: str | Path | None = None,
) -> "Exploration":
    """Look at a split of a dataset, given as such, by name or by path.

    out: the folder that gets index.html and its figures as PNG; None writes none. Raises TenfoldError where the
    data cannot be had or hold no images, or where out is given and cannot be written or the 'report' extra is
    missing.
    """
    from tenfold import exploration

    if out is None:
        return exploration.explore(dataset, split=split, data_dir=data_dir)
    need_report_extra("the page of `tenfold explore`")
    check_writable(out)
    from tenfold.reports import write_exploration

    found = exploration.explore(dataset, split=split, data_dir=data_dir)
    return replace(found, page=write_exploration(found, Path(out)))


def mistakes(
    model: str | Path | Run | None = None,
    data: "str | Path | Dataset | None" = None,
    *,
    split: str = "test",
    neighbours: int = 5,
    data_dir: str | Path | None = None,
    out: str | Path | None = None,
) -> "Mistakes":
    """Every wrong answer of a model on a split of a dataset, each with the training images that look most like it.

    model: a run, its folder or a file; None for the shipped one. data: as for `evaluate`. neighbours: how many for
    each mistake. Whether a label is likely wrong is judged by confident learning over five folds: by a fast model, not
    by the one whose mistakes these are, and never by one that learned from the image. out: the folder that gets
    index.html and its figures; None writes none. Raises as `evaluate` does, and TenfoldError where out is given and
    cannot be written or the 'report' extra is missing.
    """
    from tenfold.evaluation import find_mistakes

    if out is None:
        return find_mistakes(model, data, split=split, neighbours=neighbours, data_dir=data_dir)
    need_report_extra("the page of `tenfold mistakes`")
    check_writable(out)
    from tenfold.reports import write_mistakes

    found = find_mistakes(model, data, split=split, neighbours=neighbours, data_dir=data_dir)
    return replace(found, page=write_mistakes(found, Path(out)))


def train_record(run: Run) -> dict[str, Any]:
    """What `tenfold train --json` prints of a finished, scored run."""
    from tenfold.reading import Classifier

    training, scores = run.environment["training"], run.scores or {}
    return {
        "run": str(run.path),
        "recipe": Classifier(run.onnx).card.recipe,  # a folder may have been renamed
        "seed": run.recipe["seed"],
        "train_seconds": training["train_seconds"],
        "epochs": training["epochs"],
        "parameters": training["parameters"],
        "val_accuracy": training["val_accuracy"],
        "test_accuracy": scores.get("accuracy"),
        "test_loss": scores.get("loss"),
    }
