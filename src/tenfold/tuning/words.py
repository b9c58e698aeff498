"""What a search came to, in sentences and rows for a person."""

import math
from typing import Any

from tenfold.formatting import p_value, percent, plural
from tenfold.tuning.objectives import OBJECTIVES
from tenfold.tuning.tuned import Tuned

_ROWS = 15


def conclusions(tuned: Tuned) -> list[str]:
    """What was searched, who won on validation, what that is worth on test."""
    states = [trial.state.name for trial in tuned.study.trials]
    kinds = {"COMPLETE": "trained to the end", "PRUNED": "stopped early", "FAIL": "failed", "RUNNING": "under way"}
    parts = [f"{states.count(state)} {words}" for state, words in kinds.items() if state in states]
    lines = [f"{plural(len(states) - states.count('WAITING'), 'trial')}{': ' if parts else ''}{', '.join(parts)}."]
    if tuned.best is None:
        return [*lines, "No trial was trained to its end yet: give more --trials or --minutes; tune again goes on."]
    return [*lines, _on_validation(tuned), *_on_test(tuned)]


def figures_of(tuned: Tuned, trial: Any) -> list[str]:
    """A trial's objectives, each as a person says it."""
    return [figure(name, value) for name, value in zip(tuned.question.objectives, trial.values, strict=True)]


def figure(name: str, value: float) -> str:
    """One objective's value: a share as a percentage, a count with its thousands set apart."""
    if name == "accuracy":
        return percent(value)
    return f"{value:,.0f}" if name in ("parameters", "size") else f"{value:.4g}"


def changed_text(value: Any) -> str:
    """A recipe's value, numbers to four digits."""
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def trial_rows(tuned: Tuned) -> list[dict[str, Any]]:
    """The best trials, then how each differs from the recipe: number, figures, epochs, seconds, what it had."""
    up = OBJECTIVES[tuned.question.objectives[0]].maximize
    done = [trial for trial in tuned.study.trials if trial.state.name == "COMPLETE"]
    done.sort(key=lambda trial: -trial.values[0] if up else trial.values[0])
    return [
        {
            "number": trial.number,
            "figures": figures_of(tuned, trial),
            "epochs": trial.user_attrs.get("epochs"),
            "seconds": trial.user_attrs.get("seconds"),
            "won": tuned.best is not None and trial.number == tuned.best.number,
            "untuned": tuned.untuned is not None and trial.number == tuned.untuned.number,
            "had": ", ".join(f"{key} {changed_text(value)}" for key, value in trial.params.items()),
        }
        for trial in done[:_ROWS]
    ]


def _on_validation(tuned: Tuned) -> str:
    assert tuned.best is not None
    name = tuned.question.objectives[0]
    won = f"Trial {tuned.best.number} wins with {_said(tuned, tuned.best)}"
    if tuned.untuned is None or tuned.untuned.number == tuned.best.number:
        return f"{won}{': the recipe as it was' if tuned.untuned else ''}."
    against = f"{won}; the recipe as it was has {_said(tuned, tuned.untuned)}."
    if name != "accuracy" or not tuned.validation:
        return against
    error = math.sqrt(tuned.best.values[0] * (1 - tuned.best.values[0]) / tuned.validation)
    return (
        f"{against[:-1]} (standard error {100 * error:.2f} points on {tuned.validation:,} images; the best of many is "
        "also the luckiest, so expect less on test)."
    )


def _said(tuned: Tuned, trial: Any) -> str:
    pairs = zip(tuned.question.objectives, figures_of(tuned, trial), strict=True)
    return ", ".join(OBJECTIVES[name].said.format(value) for name, value in pairs)


def _on_test(tuned: Tuned) -> list[str]:
    if tuned.standings is None:
        return []
    (test,) = tuned.standings.against_first
    before, after = tuned.standings.rows
    low, high = after.accuracy_ci95
    interval = f"95 % interval {100 * low:.2f} to {percent(high)}"
    runs = plural(len(after.contender.runs), "run")
    chance = "no more" if test.noise else "more"
    lines = [
        f"On test, {runs} each: tuned {percent(after.accuracy['mean'])} ({interval}), untuned "
        f"{percent(before.accuracy['mean'])}: {100 * test.difference:+.2f} points, {chance} than chance would give "
        f"(McNemar, {p_value(test.p)})."
    ]
    if tuned.tested > 1:
        lines.append(
            f"This study's test set has now scored {tuned.tested} winners: the last one's figure is a little too good."
        )
    return lines
