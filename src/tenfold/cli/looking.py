"""Commands about data: have them, look at them, and at what a model gets wrong."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from tenfold.cli.app import DataDir, Json, app, example
from tenfold.cli.terminal.output import print_json
from tenfold.errors import UsageError, did_you_mean


@app.command(sort_key=5, help_epilogue=example("tenfold data fetch mnist"))
def data(
    action: Annotated[str, Parameter(help="list, fetch or verify.")] = "list",
    names: Annotated[list[str] | None, Parameter(negative="", help="Datasets. [default: all; to fetch, mnist]")] = None,
    /,
    *,
    data_dir: DataDir = None,
    json: Json = False,
) -> int:
    """List the datasets and where they are, fetch them, verify their files."""
    from tenfold.cli.actions.lists import print_datasets, print_fetched, print_statuses
    from tenfold.data import CATALOG, inventory

    if action == "list":
        found = inventory.list_datasets(data_dir, names or CATALOG)
        print_json([presence.to_json() for presence in found]) if json else print_datasets(found)
        return 0
    if action == "fetch":
        fetched = {name: [str(path) for path in inventory.fetch(name, data_dir)] for name in names or ["mnist"]}
        print_json(fetched) if json else print_fetched(fetched)
        return 0
    if action != "verify":
        meant = did_you_mean(action, ("list", "fetch", "verify"))
        raise UsageError(f"unknown action '{action}'{meant}: list, fetch or verify")
    here = names or [p.entry.name for p in inventory.list_datasets(data_dir) if p.folder is not None]
    statuses = {name: inventory.verify(name, data_dir) for name in here}
    if json:
        print_json({name: [status.to_json() for status in files] for name, files in statuses.items()})
    else:
        print_statuses(statuses)
    return 0 if all(status.state == "ok" for files in statuses.values() for status in files) else 1


@app.command(sort_key=4, help_epilogue=example("tenfold explore mnist"))
def explore(
    dataset: Annotated[str, Parameter(help="A dataset's name, or a folder, .csv or .npz.")] = "mnist",
    /,
    *,
    split: Annotated[str, Parameter(help="train or test.")] = "train",
    out: Annotated[Path | None, Parameter(help="Folder for the page. [default: explore/DATASET]")] = None,
    data_dir: DataDir = None,
    json: Json = False,
) -> None:
    """Look at a dataset before modelling: samples, classes, pixels, strokes, a map, copies, doubtful labels."""
    from tenfold import pipeline, reports
    from tenfold.cli.actions import inspect

    out = out or reports.exploration_folder(dataset, split)
    found = pipeline.explore(dataset, split=split, data_dir=data_dir, out=out)
    print_json(found.to_json()) if json else inspect.print_exploration(found)


@app.command(sort_key=4, help_epilogue=example("tenfold mistakes runs/fast-1"))
def mistakes(
    model: Annotated[str | None, Parameter(help="A run, or a .onnx, .keras or .h5. [default: the shipped one]")] = None,
    /,
    *,
    data: Annotated[str | None, Parameter(help="A dataset's name or path. [default: the run's own]")] = None,
    split: Annotated[str, Parameter(help="train or test.")] = "test",
    neighbours: Annotated[int, Parameter(help="Training images to show beside each mistake.")] = 5,
    out: Annotated[Path | None, Parameter(help="Folder for the page. [default: RUN/mistakes]")] = None,
    data_dir: DataDir = None,
    json: Json = False,
) -> None:
    """Show a model's wrong answers: grouped, with what looks like them, and labels in doubt."""
    from tenfold import errors, pipeline, reports
    from tenfold.cli.actions import inspect

    folder = out or (reports.mistakes_folder(model, split, data) if errors.can_report() else None)
    found = pipeline.mistakes(model, data, split=split, neighbours=neighbours, data_dir=data_dir, out=folder)
    print_json(found.to_json()) if json else inspect.print_mistakes(found)
