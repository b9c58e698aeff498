"""The study: opened or taken up again, asked for trials while there is budget, told what came of them."""

import math
import os
import platform
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from tenfold import system
from tenfold.comparison import MapFunction
from tenfold.errors import TenfoldError, UsageError
from tenfold.run import UNFINISHED
from tenfold.tuning.objectives import OBJECTIVES
from tenfold.tuning.question import SearchSpec, recipe_value
from tenfold.tuning.space import Dimension, grid
from tenfold.tuning.trials import Attempt, Outcome, Setup, open_storage, run_trial

if TYPE_CHECKING:
    from optuna import Study
    from optuna.pruners import BasePruner

Sampler = Literal["tpe", "grid", "random"]
Pruner = Literal["median", "hyperband", "none"]
UNTUNED = "untuned"
"""The note of the one trial that is the recipe as it was: 'inside' the space, or 'outside', unseen by samplers."""

STOPPED = "stopped"
"""The note of a trial that did not fail by itself: a grid tries its point again."""

_ASKED_BY = "tenfold:asked_by"
"""Of a trial, the machine and the process that will tell what came of it."""

_SEARCHED_BY = "tenfold:searched_by"
"""Of a study, with a machine and a process in its name: those two while they search, None afterwards."""

_STARTUP = 8
"""Trials drawn at random before TPE learns from them: fewer than Optuna's 10, for many budgets are of minutes."""

_TRIALS = 20
"""Where no budget is given."""


@dataclass(frozen=True)
class Budget:
    """How long to search: trials to run now, seconds from now; None for no such limit."""

    trials: int | None
    seconds: float | None

    @classmethod
    def of(cls, trials: int | None, minutes: float | None) -> "Budget":
        """A budget, of 20 trials where neither is given. Raises UsageError for what is no budget."""
        if trials is not None and trials < 0:
            raise UsageError(f"--trials {trials}: give a number of trials, 0 to look at what is there")
        if minutes is not None and not 0 < minutes < math.inf:
            raise UsageError(f"--minutes {minutes:g}: give a number above 0")
        return cls(_TRIALS if trials is None and minutes is None else trials, None if minutes is None else minutes * 60)

    def deadline(self) -> float:
        """On this process's monotonic clock: somebody may set the other one."""
        return math.inf if self.seconds is None else time.monotonic() + self.seconds


def open_study(question: SearchSpec, storage: str, sampler: Sampler, seed: int, folder: Path) -> "Study":
    """The study of a question, made where it is not there yet; then the recipe as it is gets the first trial.

    folder: of the trials, where those lie whose process died.
    """
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(
        study_name=question.study,
        storage=open_storage(storage),
        directions=["maximize" if OBJECTIVES[name].maximize else "minimize" for name in question.objectives],
        load_if_exists=True,
    )
    _bury(study, folder)
    trials = study.trials
    # Taken up again with the same seed, a sampler would draw the same values once more.
    drawn = seed + len(trials)
    study.sampler = (
        optuna.samplers.TPESampler(n_startup_trials=_STARTUP, seed=drawn)
        if sampler == "tpe"
        else optuna.samplers.RandomSampler(drawn)
    )
    failed = optuna.trial.TrialState.FAIL
    if not any(UNTUNED in trial.user_attrs and trial.state != failed for trial in trials):
        values = _untuned(question)
        study.enqueue_trial(values, user_attrs={UNTUNED: "inside" if values else "outside"})
    if sampler == "grid":
        _enqueue_grid(study, question.space, seed)
    return study


def make_pruner(name: Pruner, question: SearchSpec) -> "BasePruner":
    """Optuna's pruner of that name for a question's epochs; one that never prunes where it has several objectives."""
    import optuna

    if name == "none" or len(question.objectives) > 1:
        return optuna.pruners.NopPruner()
    if name == "median":
        return optuna.pruners.MedianPruner(n_startup_trials=4)
    return optuna.pruners.HyperbandPruner(min_resource=1, max_resource=max(2, question.recipe.epochs))


def search(
    study: "Study",
    setup: Setup,
    budget: Budget,
    *,
    grid_only: bool = False,
    mapped: MapFunction = map,
    on_trial: Callable[[Any], Any] = lambda _: None,
) -> None:
    """Run trials until the budget is spent, or no point of a grid is left. on_trial gets each of Optuna's when done.

    What is not done when this is interrupted is recorded as failed.
    """
    from optuna.trial import TrialState

    deadline = budget.deadline()
    running: set[int] = set()
    us = (platform.node(), os.getpid())
    searched_by = f"{_SEARCHED_BY}:{us[0]}:{us[1]}"

    def attempts() -> Iterator[Attempt]:
        count = 0
        while (budget.trials is None or count < budget.trials) and time.monotonic() < deadline:
            if grid_only and not study.get_trials(deepcopy=False, states=(TrialState.WAITING,)):
                return
            trial = study.ask()
            study._storage.set_trial_system_attr(trial._trial_id, _ASKED_BY, us)
            running.add(trial.number)
            own = trial.user_attrs.get(UNTUNED)
            yield Attempt(
                setup,
                overrides={} if own == "outside" else suggest(trial, setup.question.space),
                number=trial.number,
                id=trial._trial_id,
                # The untuned recipe is what the others are measured by: it is never cut short.
                prunes=own is None,
                seconds=deadline - time.monotonic() if own is None else math.inf,
            )
            count += 1

    # A trial is begun before its asker is noted: should this process die in between, the study knows who searched.
    study._storage.set_study_system_attr(study._study_id, searched_by, us)
    try:
        for outcome in mapped(run_trial, attempts()):
            running.discard(outcome.number)
            on_trial(_tell(study, outcome))
    finally:
        for number in running:
            _tell(study, Outcome(number, "fail", notes={"why": "stopped from outside", STOPPED: True}))
        study._storage.set_study_system_attr(study._study_id, searched_by, None)


def suggest(trial: Any, space: Sequence[Dimension]) -> dict[str, Any]:
    """A trial's overrides of the recipe, by dotted key."""
    found = {}
    for dimension in space:
        found[dimension.key] = dimension.value(dimension.suggest(trial))
    return found


def _untuned(question: SearchSpec) -> dict[str, Any]:
    """The recipe's own values as parameters, so that the sampler learns from them; none where one lies outside."""
    found = {d.key: d.parameter(recipe_value(question.recipe, d.key)) for d in question.space}
    return {} if any(value is None for value in found.values()) else found


def _enqueue_grid(study: "Study", space: Sequence[Dimension], seed: int) -> None:
    points = list(grid(space))
    random.Random(seed).shuffle(points)  # a budget that ends early has seen something of every value
    trials = [trial for trial in study.get_trials(deepcopy=False) if STOPPED not in trial.user_attrs]
    held = [trial.system_attrs.get("fixed_params") for trial in trials]
    for point in points:
        if point not in held:
            study.enqueue_trial(point)


def _bury(study: "Study", folder: Path) -> None:
    """Record as failed the trials of which nobody will tell: the process that asked for them is gone, or none is known
    and nobody searches, or they left a folder here that nobody holds. Processes of other machines may well run."""
    from optuna.trial import TrialState

    from tenfold.run.folder import RunFolder, abandoned

    unheld = set(abandoned(folder))
    trials = study.get_trials(deepcopy=False, states=(TrialState.RUNNING,))
    # Looked up after the trials: whoever asked for one of them is there.
    noted = study._storage.get_study_system_attrs(study._study_id)
    searching = [by for name, by in noted.items() if name.startswith(_SEARCHED_BY) and by and not _is_gone(*by)]
    for trial in trials:
        asked_by = trial.system_attrs.get(_ASKED_BY)
        left = set(folder.glob(f"trial-{trial.number}-*{UNFINISHED}"))
        unknown = not (asked_by or searching or left)
        if unknown or (asked_by and _is_gone(*asked_by)) or (left and left <= unheld):
            _tell(study, Outcome(trial.number, "fail", notes={"why": "its process died", STOPPED: True}))
            for path in left & unheld:
                RunFolder(path).discard()


def _is_gone(node: str, process: int) -> bool:
    return node == platform.node() and system.is_gone(process)


def _tell(study: "Study", outcome: Outcome) -> Any:
    from optuna.trial import TrialState

    trial = study.get_trials(deepcopy=False)[outcome.number]
    for key, value in outcome.notes.items():
        study._storage.set_trial_user_attr(trial._trial_id, key, value)
    state = {"complete": TrialState.COMPLETE, "pruned": TrialState.PRUNED, "fail": TrialState.FAIL}[outcome.state]
    try:
        return study.tell(outcome.number, outcome.values or None, state=state)
    except ValueError as error:
        raise TenfoldError(f"trial {outcome.number}: {error}") from None
