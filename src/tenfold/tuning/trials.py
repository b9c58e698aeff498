"""One trial: a recipe trained, and measured on its validation split alone. The test set's labels are not looked at."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tenfold.errors import TenfoldError, first_line
from tenfold.evaluation import measure_cost
from tenfold.tuning.objectives import OBJECTIVES
from tenfold.tuning.question import SearchSpec

if TYPE_CHECKING:
    from optuna.pruners import BasePruner

    from tenfold.training.records import Epoch


@dataclass(frozen=True)
class Setup:
    """What all trials of a search share. storage: a URL; folder: gets each trial's; tensorboard: each one's history."""

    question: SearchSpec
    storage: str
    folder: Path
    pruner: "BasePruner"
    data_dir: str | Path | None
    tensorboard: str | Path | None


@dataclass(frozen=True)
class Attempt:
    """What a trial needs to know, wherever it is run. It is pickled.

    overrides: of the question's recipe; number and id: the trial's in its study; prunes: whether it may be stopped when
    others did better by then; seconds: it may take, counted from its beginning.
    """

    setup: Setup
    overrides: Mapping[str, Any]
    number: int
    id: int
    prunes: bool
    seconds: float


@dataclass(frozen=True)
class Outcome:
    """What came of it: state is 'complete', 'pruned' or 'fail'; values: of the objectives, where complete."""

    number: int
    state: str
    values: tuple[float, ...] = ()
    notes: dict[str, Any] = field(default_factory=dict)


class _Stopped(Exception):
    """A trial that need not be trained to its end."""


def run_trial(attempt: Attempt) -> Outcome:
    """Train and measure. Whatever goes wrong is the outcome: one trial never ends a study."""
    started = time.perf_counter()
    try:
        values, notes = _train(attempt)
        outcome = Outcome(attempt.number, "complete", values, notes)
    except _Stopped as why:
        outcome = Outcome(attempt.number, "pruned", notes={"why": str(why)})
    except TenfoldError as error:
        outcome = Outcome(attempt.number, "fail", notes={"why": str(error)})
    except (Exception, MemoryError) as error:
        text = f"{type(error).__name__}: {' '.join(str(error).split())}"
        outcome = Outcome(attempt.number, "fail", notes={"why": text})
    outcome.notes["seconds"] = time.perf_counter() - started
    return outcome


def _train(attempt: Attempt) -> tuple[tuple[float, ...], dict[str, Any]]:
    from tenfold import training  # first: it settles how torch's threads wait

    # isort: split
    from tenfold import models
    from tenfold.recipes import dump_recipe, load_recipe
    from tenfold.run.folder import RunFolder

    setup, objectives = attempt.setup, attempt.setup.question.objectives
    _, recipe = load_recipe(setup.question.file, attempt.overrides, check_model=models.check)
    name = f"trial-{attempt.number}"
    # Where the process or the machine died, whoever runs the trial again goes on with what it left.
    folder = RunFolder.claim(setup.folder, name, dump_recipe(recipe), resume=True)
    try:
        with training.board(setup.tensorboard, name, _watch(attempt)) as on_epoch:
            fit = training.fit(name, recipe, folder, data_dir=setup.data_dir, on_epoch=on_epoch)
        latency = measure_cost(folder.path / "model.onnx").latency_ms
        size = (folder.path / "model.onnx").stat().st_size
        run = folder.finish()
    except Exception:
        folder.discard()
        raise
    finally:
        folder.release()
    measured = {
        "accuracy": fit.val_accuracy,
        "loss": fit.val_loss,
        "parameters": fit.parameters,
        "latency": latency,
        "size": size,
    }
    notes = measured | {"run": str(run.path), "epochs": fit.epochs, "train_seconds": fit.train_seconds}
    return tuple(float(measured[name]) for name in objectives), notes  # type: ignore[arg-type]


def _watch(attempt: Attempt) -> Any:
    """on_epoch of a trial: tells the study how far it is, and stops where it is told to or time is up."""
    import optuna

    deadline = time.monotonic() + attempt.seconds
    setup, objectives = attempt.setup, attempt.setup.question.objectives
    study = optuna.load_study(
        study_name=setup.question.study,
        storage=open_storage(setup.storage),
        sampler=optuna.samplers.RandomSampler(0),  # its values were drawn by who asked for the trial
        pruner=setup.pruner,
    )
    trial = optuna.trial.Trial(study, attempt.id)
    column = OBJECTIVES[objectives[0]].column
    reported = set(study.trials[attempt.number].intermediate_values)

    def on_epoch(row: "Epoch") -> None:
        if column is not None and len(objectives) == 1:  # Optuna prunes by one objective only
            if row.epoch not in reported:
                trial.report(getattr(row, column), row.epoch)
            if attempt.prunes and trial.should_prune():
                raise _Stopped(f"after epoch {row.epoch}: others were better by then")
        if time.monotonic() > deadline:
            raise _Stopped(f"after epoch {row.epoch}: time was up")

    return on_epoch


def open_storage(url: str) -> Any:
    """Optuna's storage at a URL. Raises TenfoldError where it cannot be opened."""
    import optuna

    # Several processes write to one SQLite file: each waits for its turn.
    waiting = {"connect_args": {"timeout": 60}} if url.startswith("sqlite:") else {}
    try:
        if not url.partition("://")[0].partition("+")[0].isalpha():
            raise ValueError("no URL")
        return optuna.storages.RDBStorage(url, engine_kwargs=waiting)
    except Exception as error:  # SQLAlchemy's, a driver's, or an import's: whatever the URL leads to
        raise TenfoldError(
            f"--storage {url}: cannot be opened ({first_line(error)}): give a URL as sqlite:///study.db"
        ) from None
