"""What `tenfold compare` does: trains what is missing, and shows everybody side by side."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tenfold.cli.terminal import console
from tenfold.cli.terminal.output import print_json
from tenfold.cli.terminal.progress import watching
from tenfold.cli.terminal.tables import new_table, print_table
from tenfold.comparison import ComparisonTable, MapFunction, compare, comparison_folder, write_comparison
from tenfold.errors import NO_PAGE
from tenfold.formatting import duration, p_value, percent, size_text


def compare_models(
    models: Sequence[str],
    *,
    page: Path | None,
    tensorboard: Path | None = None,
    mapped: MapFunction | None = None,
    json: bool = False,
    **options: Any,
) -> None:
    """Compare, write page, CSV and JSON, and print the table. Raises TenfoldError as `compare` does.

    options: as `compare` takes them; tensorboard, mapped: as `watching` does.
    """
    with watching(mapped, tensorboard) as watched:
        standings = compare(models, **watched, **options)
    folder = page or comparison_folder(standings)
    written = write_comparison(standings, folder)
    files = {"page": str(written) if written else None, "csv": str(folder / "comparison.csv")}
    if json:
        print_json(standings.to_json() | files)
    else:
        _print(standings, folder, written)


def _print(standings: ComparisonTable, folder: Path, page: Path | None) -> None:
    """A row a contender, what its difference from the first is worth, and where the files are."""
    data, found = standings.dataset, standings.to_json()
    seeds = max(len(row["seeds"]) for row in found["rows"])
    spread = " (± standard deviation over seeds)" if seeds > 1 else ""
    console.out.print(f"on the {len(data):,} images of {data.name} {data.split}{spread}:", soft_wrap=True)
    console.out.print()
    table = new_table(*_COLUMNS, right=tuple(range(1, len(_COLUMNS))))
    tests = {test.a: test for test in standings.against_first}
    for row in found["rows"]:
        test = tests.get(row["name"])
        against = f"{100 * test.difference:+.2f} points, {p_value(test.p)}" if test else "–"
        table.add_row(*_cells(row), against)
    print_table(table, console.out)
    console.out.print()
    for sentence in found["conclusions"]:
        console.out.print(sentence, soft_wrap=True)
    console.out.print(f"page: {page or NO_PAGE}", soft_wrap=True)
    console.out.print(f"table: {folder / 'comparison.csv'}, {folder / 'comparison.json'}", soft_wrap=True)


_COLUMNS = (
    "model", "accuracy", "95 % interval", "loss", "recall", "training", "parameters", "size", "one image",
    "against the first (McNemar)",
)  # fmt: skip


def _cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    low, high = row["accuracy_ci95"]
    accuracy, seconds = row["accuracy"], row["train_seconds"]
    spread = f" ± {100 * accuracy['spread']:.2f}" if len(row["seeds"]) > 1 else ""
    return (
        row["name"],
        f"{100 * accuracy['mean']:.2f}{spread} %",
        f"{100 * low:.2f} to {percent(high)}",
        f"{row['loss']['mean']:.4f}",
        percent(row["recall"]["mean"]),
        duration(seconds["mean"]) if seconds else "–",
        f"{row['parameters']:,}" if row["parameters"] is not None else "–",
        size_text(row["size_bytes"]),
        f"{row['latency_ms']['mean']:.3f} ms",
    )
