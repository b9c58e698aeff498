"""Who won: the trial that the study stands for, as a recipe of its own, and its test against the recipe untuned."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tenfold.files import write_atomically
from tenfold.tuning.objectives import OBJECTIVES
from tenfold.tuning.question import SearchSpec, recipe_value
from tenfold.tuning.search import UNTUNED

if TYPE_CHECKING:
    from optuna import Study
    from optuna.trial import FrozenTrial


def best_trial(study: "Study", question: SearchSpec, validation_images: int) -> "FrozenTrial | None":
    """The best trial; of several objectives the cheapest on the front that is about as good; None where none is done.

    About as good as the best: within one standard error of its validation accuracy (Breiman et al. 1984), as others
    are likely to be by luck; where the first objective is the loss, within 2 %. Cheapest: by the second objective.
    """
    front = study.best_trials if _done(study) else []
    if not front:
        return None
    if len(question.objectives) == 1:
        return min(front, key=lambda trial: trial.user_attrs["loss"])  # of equals the one that is surer
    up = OBJECTIVES[question.objectives[0]].maximize
    best = max(trial.values[0] for trial in front) if up else min(trial.values[0] for trial in front)
    slack = math.sqrt(max(best * (1 - best), 0) / max(1, validation_images)) if up else 0.02 * best
    near = [trial for trial in front if abs(trial.values[0] - best) <= slack]
    return min(near, key=lambda trial: trial.values[1])


def untuned_trial(study: "Study") -> "FrozenTrial | None":
    """The trial of the recipe as it was; None while it is not done."""
    return next((trial for trial in _done(study) if UNTUNED in trial.user_attrs), None)


def changes(question: SearchSpec, trial: "FrozenTrial") -> dict[str, tuple[Any, Any]]:
    """What a trial changed: dotted key → (the recipe's value, the trial's)."""
    found = {}
    for dimension in question.space:
        if dimension.key not in trial.params:
            continue
        before, after = recipe_value(question.recipe, dimension.key), dimension.value(trial.params[dimension.key])
        if before != after:
            found[dimension.key] = (before, after)
    return found


def write_winner(question: SearchSpec, trial: "FrozenTrial", path: Path) -> Path:
    """The winner as a recipe file, with the validation share that the recipe had before the search."""
    from tenfold.recipes import dump_recipe, load_recipe

    overrides: dict[str, Any] = {key: after for key, (_, after) in changes(question, trial).items()}
    _, recipe = load_recipe(question.file, overrides | {"data.validation": question.own_validation})
    score = "; ".join(
        f"{OBJECTIVES[name].title} {value:.6g}" for name, value in zip(question.objectives, trial.values, strict=True)
    )
    head = f"# {path.stem}: {question.name}, tuned: trial {trial.number} of study {question.study}, {score}\n"
    write_atomically(path, head + dump_recipe(recipe))
    return path


def _done(study: "Study") -> Sequence["FrozenTrial"]:
    from optuna.trial import TrialState

    return study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
