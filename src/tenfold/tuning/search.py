"""The study: opened or taken up again, asked for trials while there is budget, told what came of them."""

import hashlib
import json
import os
import platform
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from tenfold.comparison import Mapped
from tenfold.errors import TenfoldError, UsageError
from tenfold.tuning.objectives import OBJECTIVES
from tenfold.tuning.space import Dimension, grid
from tenfold.tuning.trials import Attempt, Outcome, open_storage, run_trial

if TYPE_CHECKING:
    from optuna import Study
    from optuna.pruners import BasePruner

    from tenfold.recipes import Recipe

Sampler = Literal["tpe", "grid", "random"]
Pruner = Literal["median", "hyperband", "none"]
UNTUNED = "untuned"
"""The note of the one trial that is the recipe as it was: 'inside' the space, or 'outside', unseen by samplers."""

_ASKED_BY = "tenfold:asked_by"
"""Of a trial, the machine and the process that will tell what came of it."""

_STARTUP = 8
"""Trials drawn at random before TPE learns from them: fewer than Optuna's 10, for many budgets are of minutes."""

_MOST_GRID = 100_000


@dataclass(frozen=True)
class Question:
    """What a study is about. Another recipe, space or objective is another study, even in the same storage.

    recipe: resolved, as every trial starts from it; file: where it is written; text: its TOML.
    """

    name: str
    recipe: "Recipe"
    file: Path
    text: str
    space: tuple[Dimension, ...]
    objectives: tuple[str, ...]

    @property
    def study(self) -> str:
        """The study's name in its storage."""
        asked = [self.text, [dimension.to_json() for dimension in self.space], self.objectives]
        return f"{self.name}-{hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:8]}"


@dataclass(frozen=True)
class Budget:
    """How long to search: trials to run now, seconds from now; None for no such limit."""

    trials: int | None
    seconds: float | None

    def deadline(self) -> float | None:
        """Seconds since 1970."""
        return None if self.seconds is None else time.time() + self.seconds


def open_study(question: Question, storage: str, sampler: Sampler, seed: int) -> "Study":
    """The study of a question, made where it is not there yet; then the recipe as it is gets the first trial."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(
        study_name=question.study,
        storage=open_storage(storage),
        directions=["maximize" if OBJECTIVES[name].maximize else "minimize" for name in question.objectives],
        load_if_exists=True,
    )
    _fail_orphans(study)
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


def _fail_orphans(study: "Study") -> None:
    """Record as failed what a process of this machine asked for and, killed, can no longer tell.

    A trial of another machine's process is left alone: it may well be running.
    """
    from optuna.trial import TrialState

    for trial in study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
        node, process = trial.system_attrs.get(_ASKED_BY, ("", 0))
        if node == platform.node() and not _runs(process):
            _tell(study, Outcome(trial.number, "fail", notes={"why": "its process was killed"}))


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)  # nothing is sent
    except ProcessLookupError:
        return False
    except OSError:  # another user's
        return True
    return True


def make_pruner(name: Pruner, epochs: int) -> "BasePruner":
    """Optuna's pruner of that name, for runs of so many epochs."""
    import optuna

    if name == "median":
        return optuna.pruners.MedianPruner(n_startup_trials=4)
    if name == "hyperband":
        return optuna.pruners.HyperbandPruner(min_resource=1, max_resource=max(2, epochs))
    return optuna.pruners.NopPruner()


def search(
    study: "Study",
    question: Question,
    budget: Budget,
    *,
    storage: str,
    pruner: Pruner,
    folder: Path,
    data_dir: Path | None,
    grid_only: bool = False,
    mapped: Mapped = map,
    on_trial: Callable[[Any], Any] = lambda _: None,
) -> None:
    """Run trials until the budget is spent, or no point of a grid is left. on_trial gets each of Optuna's when done.

    What is not done when this is interrupted is recorded as failed.
    """
    from optuna.trial import TrialState

    deadline = budget.deadline()
    made = make_pruner(pruner if len(question.objectives) == 1 else "none", question.recipe.epochs)
    running: set[int] = set()

    def attempts() -> Iterator[Attempt]:
        count = 0
        while (budget.trials is None or count < budget.trials) and (deadline is None or time.time() < deadline):
            if grid_only and not study.get_trials(deepcopy=False, states=(TrialState.WAITING,)):
                return
            trial = study.ask()
            study._storage.set_trial_system_attr(trial._trial_id, _ASKED_BY, [platform.node(), os.getpid()])
            running.add(trial.number)
            own = trial.user_attrs.get(UNTUNED)
            yield Attempt(
                recipe=question.file,
                overrides={} if own == "outside" else suggest(trial, question.space),
                number=trial.number,
                id=trial._trial_id,
                study=study.study_name,
                storage=storage,
                objectives=question.objectives,
                folder=folder,
                pruner=made,
                prunes=own is None,
                # The untuned recipe is what the others are measured by: it is never cut short.
                deadline=deadline if own is None else None,
                data_dir=data_dir,
            )
            count += 1

    try:
        for outcome in mapped(run_trial, attempts()):
            running.discard(outcome.number)
            on_trial(_tell(study, outcome))
    finally:
        for number in running:
            _tell(study, Outcome(number, "fail", notes={"why": "stopped from outside"}))


def suggest(trial: Any, space: Sequence[Dimension]) -> dict[str, Any]:
    """A trial's overrides of the recipe, by dotted key."""
    found = {}
    for dimension in space:
        found[dimension.key] = dimension.value(dimension.suggest(trial))
    return found


def recipe_value(recipe: "Recipe", key: str) -> Any:
    """The value that a recipe has at a dotted key, a model's option where it says none; None where there is none."""
    from tenfold import models

    values: Any = recipe.model_dump()
    values["model_options"] = models.option_defaults(recipe.model) | recipe.model_options
    for part in key.split("."):
        values = values.get(part) if isinstance(values, dict) else None
    return list(values) if isinstance(values, tuple) else values


def check_space(question: Question) -> None:
    """Raise UsageError where not one of many draws from the space is a recipe: a key is unknown, or a range is off."""
    from tenfold import models
    from tenfold.recipes import load_recipe

    draw, error = random.Random(0), None
    for _ in range(30):
        point = {d.key: d.value(draw.choice(d.grid())) for d in question.space}
        try:
            load_recipe(question.file, point, check_model=models.check)
            return
        except UsageError as found:
            error = found
    raise UsageError(f"the search finds no recipe: {str(error).replace('--set ', 'search.')}")


def _untuned(question: Question) -> dict[str, Any]:
    """The recipe's own values as parameters, so that the sampler learns from them; none where one lies outside."""
    found = {d.key: d.parameter(recipe_value(question.recipe, d.key)) for d in question.space}
    return {} if any(value is None for value in found.values()) else found


def _enqueue_grid(study: "Study", space: Sequence[Dimension], seed: int) -> None:
    points = []
    for point in grid(space):
        points.append(point)
        if len(points) > _MOST_GRID:
            raise UsageError(f"--sampler grid: more than {_MOST_GRID:,} points: vary fewer keys, or use tpe")
    random.Random(seed).shuffle(points)  # a budget that ends early has seen something of every value
    held = [trial.system_attrs.get("fixed_params") for trial in study.get_trials(deepcopy=False)]
    for point in points:
        if point not in held:
            study.enqueue_trial(point)


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
