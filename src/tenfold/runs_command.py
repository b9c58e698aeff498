"""What `tenfold runs` does: shows what has been trained in a folder, and removes what is in the way."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tenfold import display, pipeline
from tenfold.display import interval, percent
from tenfold.errors import TenfoldError
from tenfold.evaluation.page import size_text
from tenfold.output import print_json
from tenfold.run import Run
from tenfold.tables import new_table, print_table

_LAST = float("inf")
"""Where a run without the figure that is sorted by stands."""

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
    rows = sorted((describe_run(run) for run in pipeline.runs(folder)), key=_ORDERS[sort])
    if json:
        print_json(rows)
        return
    if not rows:
        display.out.print(f"{folder} holds no finished run: tenfold train makes one", soft_wrap=True)
        return
    table = new_table(
        "run", "accuracy", "95 % interval", "training", "size", "seed", "recipe", "data", right=(1, 2, 3, 4, 5)
    )
    for row in rows:
        table.add_row(*_cells(row))
    print_table(table, display.out)


def prune_runs(folder: Path, *, remove: bool, json: bool = False) -> None:
    """Names what can go, and with `remove` removes it. Raises TenfoldError where it cannot be removed."""
    _check(folder)
    found = pipeline.prunable(folder)
    if remove:
        for path in found:
            _remove(path)
    if json:
        print_json({"removed" if remove else "prunable": {str(path): reason for path, reason in found.items()}})
        return
    for path, reason in found.items():
        display.out.print(f"{'removed ' if remove else ''}{path}: {reason}", soft_wrap=True)
    if not found:
        display.out.print(f"{folder}: nothing to prune", soft_wrap=True)
    elif not remove:
        display.out.print("nothing is removed yet: --prune --yes does", soft_wrap=True)


def describe_run(run: Run) -> dict[str, Any]:
    """A run's row, as --json prints it; None for what it has no figure of. finished: seconds since 1970."""
    scores, training = run.scores or {}, run.environment.get("training", {})
    model = scores.get("model") or {}
    return {
        "name": run.name,
        "path": str(run.path),
        "recipe": model.get("recipe", run.recipe.get("model")),
        "seed": run.recipe.get("seed"),
        "data": run.recipe.get("data", {}).get("name"),
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
    data, scored = Path(str(row["data"])).name, row["scored_on"]
    return (
        row["name"],
        percent(row["accuracy"]) if row["accuracy"] is not None else "–",
        interval(row["accuracy_ci95"]) if row["accuracy_ci95"] else "–",
        f"{row['train_seconds']:.1f} s" if row["train_seconds"] is not None else "–",
        size_text(row["size_bytes"]),
        str(row["seed"]) if row["seed"] is not None else "–",
        str(row["recipe"]),
        data if scored in (None, data) else f"{data}, scored on {scored}",
    )


def _check(folder: Path) -> None:
    if not folder.is_dir():
        raise TenfoldError(f"{folder}: no such folder: name the one that holds the runs")


def _remove(path: Path) -> None:
    try:
        shutil.rmtree(path)
    except OSError as error:
        raise TenfoldError(f"{path}: cannot be removed ({error.strerror})") from None
