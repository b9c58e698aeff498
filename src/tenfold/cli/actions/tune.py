"""What `tenfold tune` does: searches a recipe's values, shows each trial as it ends, and what the winner is worth."""

from pathlib import Path
from typing import Any

from tenfold.cli.terminal import console
from tenfold.cli.terminal.output import print_json
from tenfold.cli.terminal.progress import watching
from tenfold.cli.terminal.tables import new_table, print_table
from tenfold.comparison import MapFunction
from tenfold.errors import NO_PAGE, TenfoldError
from tenfold.tuning import Tuned, tune, write_tuning
from tenfold.tuning.words import changed_text, conclusions, figure


def tune_recipe(
    recipe: str,
    *,
    objectives: tuple[str, ...],
    tensorboard: Path | None = None,
    mapped: MapFunction | None = None,
    json: bool = False,
    **options: Any,
) -> None:
    """Tune, write page and JSON, and print what came of it. options: as `tune` takes them; tensorboard, mapped: as
    `watching` does. Raises as `tune` does, and TenfoldError where trials failed and none came to its end."""

    def on_trial(trial: Any) -> None:
        console.err.print(_line(trial, objectives), soft_wrap=True)

    with watching(mapped, tensorboard) as watched:
        tuned = tune(recipe, objectives=objectives, on_trial=on_trial, **watched, **options)
    page = write_tuning(tuned)
    if json:
        print_json(tuned.to_json() | {"page": str(page) if page else None})
    else:
        _print(tuned, page)
    failed = [trial for trial in tuned.study.trials if trial.state.name == "FAIL"]
    if tuned.best is None and failed:
        raise TenfoldError(f"{recipe}: no trial came to its end; the last failed: {failed[-1].user_attrs.get('why')}")


def _line(trial: Any, objectives: tuple[str, ...]) -> str:
    """A trial that has ended, on one line."""
    had = ", ".join(f"{key} {changed_text(value)}" for key, value in trial.params.items()) or "as it was"
    if trial.values and trial.state.name == "COMPLETE":
        came = ", ".join(f"{name} {figure(name, value)}" for name, value in zip(objectives, trial.values, strict=True))
    else:
        came = f"{'stopped' if trial.state.name == 'PRUNED' else 'failed'}, {trial.user_attrs.get('why', '')}"
    return f"trial {trial.number}: {came} ({trial.user_attrs.get('seconds', 0):.1f} s; {had})"


def _print(tuned: Tuned, page: Path | None) -> None:
    for sentence in conclusions(tuned):
        console.out.print(sentence, soft_wrap=True)
    changed = tuned.to_json()["changes"]
    if changed:
        table = new_table("key", "untuned", "tuned", right=(1, 2))
        for key, (before, after) in changed.items():
            table.add_row(key, changed_text(before), changed_text(after))
        console.out.print()
        print_table(table, console.out)
        console.out.print()
    if tuned.recipe is not None:
        console.out.print(f"recipe: {tuned.recipe}", soft_wrap=True)
        console.out.print(f"page: {page or NO_PAGE}", soft_wrap=True)
