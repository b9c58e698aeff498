"""`tune`: from a recipe to a better one, chosen on validation, and what it is worth on test."""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tenfold import pipeline
from tenfold.comparison import Mapped, Standings
from tenfold.errors import TenfoldError, UsageError, needs_extra
from tenfold.run import write_atomically
from tenfold.tuning.objectives import check_objectives
from tenfold.tuning.search import Budget, Pruner, Question, Sampler, check_space, open_study, search
from tenfold.tuning.space import Dimension, default_space, parse_option, parse_table
from tenfold.tuning.winner import best_trial, changes, score_on_test, untuned_trial, write_winner

if TYPE_CHECKING:
    from optuna import Study
    from optuna.trial import FrozenTrial

    from tenfold.recipes import Recipe

LEAST_VALIDATION = 0.1
"""A search holds out at least this share. Of MNIST's 60,000 that is 6,000 images, which tell 99.0 % from 99.3 %; the
2 % that suffice for a temperature do not: their standard error at 99 % is 0.3 points."""

_TRIALS = 20


@dataclass(frozen=True)
class Tuned:
    """A search: the study so far, its winner as a recipe, and both recipes on test where they were scored.

    best, untuned: trials, None while there is none; validation: images that chose; tested: how many winners of this
    study were scored on test, this one included.
    """

    question: Question
    study: "Study"
    storage: str
    folder: Path
    best: "FrozenTrial | None"
    untuned: "FrozenTrial | None"
    recipe: Path | None
    validation: int
    standings: Standings | None
    tested: int

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
    out: str | Path = pipeline.RUNS,
    data_dir: str | Path | None = None,
    mapped: Mapped = map,
    on_trial: Callable[[Any], Any] = lambda _: None,
    **watching: Any,
) -> Tuned:
    """Search a recipe's values, choosing on validation alone; then train the winner and score it on test, once.

    space: as --search says them, "optimizer.lr=1e-4:1e-2:log"; without any, the recipe's [search] table; without that,
    a default. trials, minutes: the budget, 20 trials where neither is given; an earlier study of the same question goes
    on. objectives: accuracy or loss, then what it may cost: parameters, latency, size. validation: share held out while
    searching, the recipe's but at least a tenth where None. storage: an Optuna URL; None for study.db in folder, which
    is tune/RECIPE where None. seeds: runs of winner and untuned recipe each, from seed 0 on, in out; 0 leaves the test
    set alone. mapped: how trials are run, as the builtin map. watching: of `compare`, for the runs on test. Raises
    UsageError where recipe, space or budget are not valid, TenfoldError where the storage, data or disk fail.
    """
    with needs_extra("tune", "tuning"):
        import optuna  # noqa: F401
    if trials is not None and trials < 0:
        raise UsageError(f"--trials {trials}: give a number of trials, 0 to look at what is there")
    if minutes is not None and minutes <= 0:
        raise UsageError(f"--minutes {minutes:g}: give more than none")
    budget = Budget(
        _TRIALS if trials is None and minutes is None else trials, None if minutes is None else minutes * 60
    )
    question, own_validation = ask(recipe, space, overrides, check_objectives(objectives), validation, seed, folder)
    place = question.file.parent
    url = storage or f"sqlite:///{place.resolve() / 'study.db'}"
    study = open_study(question, url, sampler, seed)
    search(
        study,
        question,
        budget,
        storage=url,
        pruner=pruner,
        folder=(place / "trials").resolve(),
        data_dir=None if data_dir is None else Path(data_dir),
        grid_only=sampler == "grid",
        mapped=mapped,
        on_trial=on_trial,
    )
    images = _validation_images(study)
    best, before = best_trial(study, question, images), untuned_trial(study)
    winner = write_winner(question, best, own_validation, place / f"{question.name}-tuned.toml") if best else None
    standings = None
    if best is not None and winner is not None and seeds > 0 and changes(question, best):
        untuned = write_winner(question, _unchanged(best), own_validation, place / f"{question.name}.toml")
        standings = score_on_test(untuned, winner, seeds=seeds, out=out, data_dir=data_dir, mapped=mapped, **watching)
        _note_tested(study, best.number)
    tested = len(study.user_attrs.get("tested", []))
    return Tuned(question, study, url, place, best, before, winner, images, standings, tested)


def ask(
    recipe: str | Path,
    space: Sequence[str],
    overrides: Mapping[str, Any] | None,
    objectives: tuple[str, ...],
    validation: float | None,
    seed: int,
    folder: str | Path | None,
) -> tuple[Question, float]:
    """The question, checked and its base recipe written; and the validation share that the recipe itself has."""
    with needs_extra("train", "tuning"):
        from tenfold import training  # noqa: F401  first: it settles how torch's threads wait

        # isort: split
        from tenfold import models
        from tenfold.recipes import dump_recipe, load_recipe, search_table

    name, own = load_recipe(recipe, overrides, check_model=models.check)
    share = max(own.data.validation, LEAST_VALIDATION) if validation is None else validation
    held = dict(overrides or {}) | {"data.validation": share, "seed": seed}
    _, base = load_recipe(recipe, held, check_model=models.check)
    if base.data.validation == 0:
        raise UsageError("--validation 0: nothing would be left to choose by")
    dimensions = [parse_option(text) for text in space] or parse_table(search_table(recipe)) or default_space(base)
    question = _question(name, base, dump_recipe(base), dimensions, objectives, Path(folder or Path("tune", name)))
    check_space(question)
    return question, own.data.validation


def _question(
    name: str, base: "Recipe", text: str, space: Sequence[Dimension], objectives: tuple[str, ...], folder: Path
) -> Question:
    keys = [dimension.key for dimension in space]
    for key in keys:
        if keys.count(key) > 1:
            raise UsageError(f"search.{key}: is given twice")
        if key in ("seed", "data.validation", "data.name", "data.test"):
            raise UsageError(f"search.{key}: would change what the trials are measured on")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(folder / "search.toml", text)
    except OSError as error:
        raise TenfoldError(f"{folder}: cannot be written ({error.strerror}): choose another --out") from None
    return Question(name, base, (folder / "search.toml").resolve(), text, tuple(space), objectives)


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
