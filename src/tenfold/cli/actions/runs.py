"""What `tenfold runs` does: shows what has been trained in a folder, and removes what is in the way."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rich.table import Table

from tenfold.cli.terminal import console
from tenfold.cli.terminal.output import print_json
from tenfold.cli.terminal.tables import measure, new_table, print_table
from tenfold.errors import TenfoldError
from tenfold.formatting import duration, interval, percent, plural, size_text
from tenfold.run import UNFINISHED, Run, find

_LAST = float("inf")
"""Where a run without the figure that is sorted by stands."""

_COLUMNS = ("run", "accuracy", "95 % interval", "training", "size", "seed", "recipe", "data")
_NUMBERS = _COLUMNS[1:6]
_DISPENSABLE = ("95 % interval", "seed", "size", "recipe", "training")
"""What a narrow terminal goes without, the first first."""

_ORDERS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "newest": lambda row: -row["finished"],
    "accuracy": lambda row: -row["accuracy"] if row["accuracy"] is not None else _LAST,
    "loss": lambda row: row["loss"] if row["loss"] is not None else _LAST,
    "time": lambda row: row["train_seconds"] if row["train_seconds"] is not None else _LAST,
    "size": lambda row: row["size_bytes"],
    "name": lambda row: row["name"],
}


def list_runs(folder: Path, sort: str, *, json: bool = False) -> None:
    """A row a finished run, in the order of `sort`. Raises TenfoldError where there is no such folder."""
    _check(folder)
    rows = sorted((describe_run(run) for run in find.runs(folder)), key=_ORDERS[sort])
    if json:
        print_json(rows)
        return
    if not rows:
        console.out.print(f"{folder} holds no finished run: tenfold train makes one", soft_wrap=True)
        return
    left_out: list[str] = []
    while (table := _table(rows, left_out)) and _too_wide(table) and len(left_out) < len(_DISPENSABLE):
        left_out.append(_DISPENSABLE[len(left_out)])
    print_table(table, console.out)
    if left_out:
        _hint(f"no room for {', '.join(left_out)}: a wider terminal or --json shows it")
    if unfinished := len(list(folder.glob(f"*{UNFINISHED}"))):
        _hint(f"{plural(unfinished, 'unfinished run')} beside these: train --resume goes on, runs --prune clears up")


def _table(rows: Sequence[dict[str, Any]], left_out: Sequence[str]) -> Table:
    shown = [name for name in _COLUMNS if name not in left_out]
    table = new_table(*shown, right=tuple(place for place, name in enumerate(shown) if name in _NUMBERS))
    for row in rows:
        cells = dict(zip(_COLUMNS, _cells(row), strict=True))
        table.add_row(*(cells[name] for name in shown))
    return table


def _too_wide(table: Table) -> bool:
    """For the terminal; what is piped elsewhere has any width."""
    return console.out.is_terminal and measure(table, console.out).maximum > console.out.width


def _hint(line: str) -> None:
    console.err.print(line, soft_wrap=True)


def prune_runs(folder: Path, *, remove: bool, json: bool = False) -> None:
    """Names what can go, and with `remove` removes it. Raises TenfoldError where it cannot be removed."""
    _check(folder)
    found = find.prunable(folder)
    if remove:
        for path in found:
            _remove(path)
    if json:
        print_json({"removed" if remove else "prunable": {str(path): reason for path, reason in found.items()}})
        return
    for path, reason in found.items():
        console.out.print(f"{'removed ' if remove else ''}{path}: {reason}", soft_wrap=True)
    if not found:
        console.out.print(f"{folder}: nothing to prune", soft_wrap=True)
    elif not remove:
        console.out.print("nothing is removed yet: --prune --yes does", soft_wrap=True)


def describe_run(run: Run) -> dict[str, Any]:
    """A run's row, as --json prints it; None for what it has no figure of. finished: seconds since 1970."""
    scores, training = run.scores or {}, run.environment.get("training", {})
    model = scores.get("model") or {}
    return {
        "name": run.name,
        "path": str(run.path),
        "recipe": model.get("recipe", run.recipe.get("model")),
        "seed": run.recipe.get("seed"),
        "data": " + ".join(run.trained_on) if "name" in run.recipe.get("data", {}) else None,
        "scored_on": scores.get("dataset", {}).get("name"),
        "accuracy": scores.get("accuracy"),
        "accuracy_ci95": scores.get("accuracy_ci95"),
        "loss": scores.get("loss"),
        "train_seconds": training.get("train_seconds"),
        "epochs": training.get("epochs"),
        "parameters": training.get("parameters"),
        "size_bytes": run.onnx.stat().st_size,
        "tenfold": run.environment.get("tenfold"),
        "finished": (run.path / "environment.json").stat().st_mtime,
    }


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    data, scored = " + ".join(Path(name).name for name in str(row["data"]).split(" + ")), row["scored_on"]
    return (
        row["name"],
        percent(row["accuracy"]) if row["accuracy"] is not None else "–",
        interval(row["accuracy_ci95"]) if row["accuracy_ci95"] else "–",
        duration(row["train_seconds"]) if row["train_seconds"] is not None else "–",
        size_text(row["size_bytes"]),
        str(row["seed"]) if row["seed"] is not None else "–",
        str(row["recipe"]),
        ", ".join(filter(None, (data, None if scored in (None, data, Path(data).stem) else f"scored on {scored}"))),
    )


def _check(folder: Path) -> None:
    if not folder.is_dir():
        raise TenfoldError(f"{folder}: no such folder: name the one that holds the runs")


def _remove(path: Path) -> None:
    try:
        shutil.rmtree(path)
    except OSError as error:
        raise TenfoldError(f"{path}: cannot be removed ({error.strerror})") from None
