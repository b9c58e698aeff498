"""What `tenfold ensemble` does: makes several models one, and shows it beside each of them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tenfold.cli.terminal import console
from tenfold.cli.terminal.output import print_json, print_line
from tenfold.cli.terminal.progress import watching
from tenfold.cli.terminal.tables import new_table, print_table
from tenfold.comparison import MapFunction
from tenfold.ensembles import ensemble
from tenfold.errors import NO_PAGE
from tenfold.formatting import interval, percent, size_text
from tenfold.run import Run


def make_ensemble(
    models: Sequence[str],
    *,
    tensorboard: Path | None = None,
    mapped: MapFunction | None = None,
    json: bool = False,
    **options: Any,
) -> None:
    """Make the ensemble and print what it came to. options: as `ensemble` takes them; tensorboard, mapped: as
    `watching` does. Raises TenfoldError as `ensemble` does."""
    with watching(mapped, tensorboard) as watched:
        run = ensemble(models, **watched, **options)
    print_json({"run": str(run.path), **(run.members or {})}) if json else _print(run)


def _print(run: Run) -> None:
    """A row a member and one for the ensemble, then what is to be known of it, a line each."""
    found = run.members or {}
    dataset, mean = found["dataset"], found["members_accuracy"]
    images = f"{dataset['n']:,} images of {dataset['name']} {dataset['split']}"
    print_line(f"{run.name}, the mean of {len(found['members'])} models, on the {images}:")
    print_line()
    table = new_table("model", "accuracy", "95 % interval", "wrong", "size", "one image", right=(1, 2, 3, 4, 5))
    for row in (*found["members"], found["ensemble"]):
        table.add_row(*_cells(row))
    print_table(table, console.out)
    print_line()
    print_line(f"members alone: {percent(mean['mean'], 3)} on average, standard deviation {percent(mean['spread'], 3)}")
    print_line(found["against_best"]["sentence"])
    print_line(found["calibration"]["sentence"])
    report = run.path / "report.html"
    print_line(f"report: {report if report.is_file() else NO_PAGE}")


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    figures = percent(row["accuracy"]), interval(row["accuracy_ci95"]), f"{row['errors']:,}"
    return row["name"], *figures, size_text(row["size_bytes"]), f"{row['latency_ms']:.2f} ms"
