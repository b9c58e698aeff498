"""What `tenfold train page` does: trains the networks that find digits on pages, and prints what they find."""

import json as json_module
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from tenfold import pipeline
from tenfold.cli.terminal import console
from tenfold.cli.terminal.output import print_json, print_line
from tenfold.formatting import percent

if TYPE_CHECKING:
    from tenfold.training.page.checkpoint import Row


def train_page_network(
    recipe: str,
    *,
    overrides: Mapping[str, Any],
    data_dir: Path | None,
    out: Path,
    resume: bool,
    json: bool,
) -> None:
    """Train, and print what came of it. Arguments and errors: as of `pipeline.train_page`."""
    columns = TextColumn("{task.description}"), BarColumn(bar_width=24), TextColumn("{task.fields[figures]}")
    with Progress(*columns, TimeRemainingColumn(), console=console.err, transient=True) as bar:
        tasks: dict[str, TaskID] = {}

        def on_row(network: str, steps: int, row: "Row", examples_per_second: float) -> None:
            if network not in tasks:
                tasks[network] = bar.add_task(f"training the {network} network", total=steps, figures="")
            figures = f"loss {row.loss:.3f}  {examples_per_second:,.0f} examples/s"
            bar.update(tasks[network], completed=row.step, figures=figures)

        path = pipeline.train_page(
            recipe,
            overrides=overrides,
            data_dir=data_dir,
            out=out,
            resume=resume,
            on_row=on_row,
            say=lambda line: console.err.print(line, soft_wrap=True),
        )
    scores = json_module.loads((path / "scores.json").read_text(encoding="utf-8"))
    if json:
        print_json({"run": str(path), **scores})
        return
    recall, precision, right = (percent(scores[name]) for name in ("recall", "precision", "class_accuracy"))
    print_line(f"run {path.name}: {recall} of the digits on {scores['pages']:,} held-out pages are found")
    print_line(f"{precision} of what is found is a digit; {right} of these have the right class")
    print_line(f"read with it: tenfold read PICTURE --detector {path}")
