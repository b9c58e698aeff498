"""`tune`: from a recipe to a better one, chosen on validation, and what it is worth on test."""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from tenfold.comparison import ComparisonTable, Trainings, check_seeds, compare
from tenfold.errors import TenfoldError, needs_extra
from tenfold.run.find import RUNS
from tenfold.tuning.objectives import check_objectives
from tenfold.tuning.question import SearchSpec, ask
from tenfold.tuning.search import Budget, Pruner, Sampler, make_pruner, open_study, search
from tenfold.tuning.space import check_grid
from tenfold.tuning.trials import Setup
from tenfold.tuning.winner import best_trial, changes, untuned_trial, write_winner

if TYPE_CHECKING:
    from optuna import Study
    from optuna.trial import FrozenTrial


@dataclass(frozen=True)
class Tuned:
    """A search: the study so far, its winner as a recipe, and both recipes on test where they were scored.

    best, untuned: trials, None while there is none; validation: images that chose.
    """

    question: SearchSpec
    study: "Study"
    storage: str
    folder: Path
    best: "FrozenTrial | None"
    untuned: "FrozenTrial | None"
    recipe: Path | None
    validation: int
    standings: ComparisonTable | None = None

    @property
    def tested(self) -> int:
        """How many winners of this study were scored on test, this one included."""
        return len(self.study.user_attrs.get("tested", []))

    def to_json(self) -> dict[str, Any]:
        """What `tenfold tune --json` prints."""
        return {
            "recipe": self.question.name,
            "study": self.study.study_name,
            "storage": re.sub(r"(://[^/@:]*):[^@]*@", r"\1:***@", self.storage),  # a password is nobody's business
            "folder": str(self.folder),
            "objectives": list(self.question.objectives),
            "validation_images": self.validation,
            "trials": [trial_json(trial) for trial in self.study.trials],
            "untuned": trial_json(self.untuned) if self.untuned else None,
            "best": trial_json(self.best) if self.best else None,
            "front": [trial.number for trial in self.study.best_trials] if self.best else [],
            "changes": {k: list(v) for k, v in changes(self.question, self.best).items()} if self.best else {},
            "winner": str(self.recipe) if self.recipe else None,
            "tested": self.tested,
            "test": self.standings.to_json() if self.standings else None,
        }


def trial_json(trial: "FrozenTrial") -> dict[str, Any]:
    """A trial in plain values: number, state, objectives, what was varied, and its notes."""
    return {
        "number": trial.number,
        "state": trial.state.name.lower(),
        "values": list(trial.values) if trial.values else None,
        "varied": dict(trial.params),
        **trial.user_attrs,
    }


def tune(
    recipe: str | Path,
    *,
    space: Sequence[str] = (),
    overrides: Mapping[str, Any] | None = None,
    trials: int | None = None,
    minutes: float | None = None,
    objectives: Sequence[str] = ("accuracy",),
    sampler: Sampler = "tpe",
    pruner: Pruner = "median",
    validation: float | None = None,
    storage: str | None = None,
    folder: str | Path | None = None,
    seed: int = 0,
    seeds: int = 1,
    out: str | Path = RUNS,
    data_dir: str | Path | None = None,
    on_trial: Callable[[Any], Any] = lambda _: None,
    **trainings: Unpack[Trainings],
) -> Tuned:
    """Search a recipe's values, choosing on validation alone; then train the winner and score it on test, once.

    space: as --search says them, "optimizer.lr=1e-4:1e-2:log"; without any, the recipe's [search] table; without that,
    a default. trials, minutes: the budget, 20 trials where neither is given; an earlier study of the same question goes
    on. objectives: accuracy or loss, then what it may cost: parameters, latency, size. validation: share held out while
    searching, the recipe's but at least a tenth where None. storage: an Optuna URL; None for study.db in folder, which
    is tune/RECIPE where None. seeds: runs of winner and untuned recipe each, from seed 0 on, in out; 0 leaves the test
    set alone. trainings: as of `compare`; of the search itself `mapped` and `tensorboard` alone. Raises
    UsageError where recipe, space or budget are not valid, TenfoldError where the storage, data or disk fail.
    """
    budget = Budget.of(trials, minutes)
    check_seeds(seeds, least=0)
    with needs_extra("tune", "tuning"):
        import optuna  # noqa: F401
    with needs_extra("train", "tuning"):
        from tenfold import training
    question = ask(recipe, space, overrides, check_objectives(objectives), validation, seed, folder)
    if sampler == "grid":
        check_grid(question.space)
    mapped, tensorboard = trainings.get("mapped", map), trainings.get("tensorboard")
    if tensorboard is not None:
        training.check_board(tensorboard)  # else every trial would fail by it
    question.write_recipe()
    place = question.file.parent
    url = storage or f"sqlite:///{place.resolve() / 'study.db'}"
    folder = place.resolve() / "trials"
    study = open_study(question, url, sampler, seed, folder)
    setup = Setup(question, url, folder, make_pruner(pruner, question), data_dir, tensorboard)
    search(study, setup, budget, grid_only=sampler == "grid", mapped=mapped, on_trial=on_trial)
    found = _conclude(question, study, url)
    if seeds == 0 or found.best is None or found.recipe is None or not changes(question, found.best):
        return found
    untuned = write_winner(question, _unchanged(found.best), found.folder / f"{question.name}.toml")
    # Both trained with all the data that their recipes give them, and scored on the same test images, once.
    both = compare([untuned, found.recipe], seeds=seeds, out=out, data_dir=data_dir, **trainings)
    _note_tested(found.study, found.best.number)
    return replace(found, standings=both)


def _conclude(question: SearchSpec, study: "Study", storage: str) -> Tuned:
    """What the study stands for so far; its winner is written."""
    images, place = _validation_images(study), question.file.parent
    best = best_trial(study, question, images)
    winner = write_winner(question, best, place / f"{question.name}-tuned.toml") if best else None
    return Tuned(question, study, storage, place, best, untuned_trial(study), winner, images)


def _unchanged(trial: "FrozenTrial") -> "FrozenTrial":
    import copy

    plain = copy.copy(trial)
    plain.params = {}
    return plain


def _validation_images(study: "Study") -> int:
    from tenfold.run import Run

    for trial in study.get_trials(deepcopy=False):
        with suppress(TenfoldError, KeyError):
            return int(Run.open(trial.user_attrs["run"]).environment["data"]["validation"]["n"])
    return 0


def _note_tested(study: "Study", number: int) -> None:
    """A winner that has been on test is noted: whoever goes on searching sees how often test was looked at."""
    tested = study.user_attrs.get("tested", [])
    if number not in tested:
        study.set_user_attr("tested", [*tested, number])
