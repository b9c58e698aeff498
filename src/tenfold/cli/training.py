"""Commands that train, and list what there is to train and what has been trained."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from tenfold.cli.app import DataDir, Flag, Json, app, as_text, example, overrides_of
from tenfold.errors import UsageError, needs_extra
from tenfold.output import print_json


@app.command(sort_key=2, help_epilogue=example("tenfold train fast --seed 3 --set optimizer.lr=0.05"))
def train(
    recipe: Annotated[
        str | None, Parameter(help="A recipe's name (tenfold recipes lists them) or a .toml file. [default: fast]")
    ] = None,
    /,
    *,
    effort: Annotated[
        Literal["fast", "good", "best"] | None, Parameter(help="Instead of a recipe: seconds, half a minute, minutes.")
    ] = None,
    seed: Annotated[int | None, Parameter(help="Seed of weights, order, augmentation and split.")] = None,
    epochs: Annotated[int | None, Parameter(help="Epochs to train at most.")] = None,
    batch_size: Annotated[int | None, Parameter(help="Images a step.")] = None,
    data: Annotated[str | None, Parameter(help="A dataset's name, or a folder, .csv or .npz.")] = None,
    device: Annotated[str | None, Parameter(help="auto, cpu, cuda or mps.")] = None,
    set: Annotated[list[str] | None, Parameter(negative="", help="Any value of the recipe: key=value.")] = None,
    out: Annotated[Path, Parameter(help="Folder that gets the run's folder.")] = Path("runs"),
    resume: Annotated[bool, Flag, Parameter(help="Go on with an unfinished run of this recipe, if any.")] = False,
    data_dir: DataDir = None,
    json: Json = False,
) -> None:
    """Train a recipe into a run folder, and score it on the untouched test set."""
    from tenfold import display, pipeline

    if recipe is not None and effort is not None:
        raise UsageError(f"give a recipe or --effort, not both: --effort {effort} is the recipe {effort}")
    chosen = recipe or effort or "fast"
    overrides = overrides_of(
        set or [],
        {
            "seed": seed,
            "epochs": epochs,
            "batch_size": batch_size,
            "data.name": as_text(data),
            "compute.device": as_text(device),
        },
    )
    left = pipeline.unfinished_run(chosen, out, overrides)
    if left is not None and not resume:
        display.err.print(f"{left} was left unfinished; this starts anew, --resume would go on with it", soft_wrap=True)
    if left is None and resume:
        display.err.print(f"{out} has no unfinished run of this very recipe: this starts a new one", soft_wrap=True)
    with display.training_progress() as (on_step, on_epoch):
        run = pipeline.train(
            chosen,
            overrides=overrides,
            data_dir=data_dir,
            out=out,
            resume=resume,
            on_step=on_step,
            on_epoch=on_epoch,
            say=display.err.print,
        )
    if json:
        print_json(pipeline.train_record(run))
    else:
        display.print_run(run)


@app.command(sort_key=6, help_epilogue=example("tenfold recipes fast"))
def recipes(
    name: Annotated[str | None, Parameter(help="Print this recipe, every default written out.")] = None,
    /,
    *,
    json: Json = False,
) -> None:
    """List the recipes, or print one as TOML to copy and change."""
    from tenfold import display

    with needs_extra("train", "reading recipes"):
        from tenfold.recipes import describe_recipes, dump_recipe, load_recipe

    if name is not None:
        recipe = load_recipe(name)[1]
        print_json(recipe.model_dump(exclude_none=True)) if json else print(dump_recipe(recipe), end="")
    elif json:
        print_json(describe_recipes())
    else:
        display.print_recipes(describe_recipes())


@app.command(sort_key=4, help_epilogue=example("tenfold runs --sort accuracy"))
def runs(
    folder: Annotated[Path, Parameter(help="Folder that holds the runs.")] = Path("runs"),
    /,
    *,
    sort: Annotated[
        Literal["newest", "accuracy", "loss", "time", "size", "name"], Parameter(help="The best or newest first.")
    ] = "newest",
    prune: Annotated[bool, Flag, Parameter(help="Name what can go: unfinished runs, and repeats of a run.")] = False,
    yes: Annotated[bool, Flag, Parameter(help="With --prune: remove it.")] = False,
    json: Json = False,
) -> None:
    """List what has been trained: accuracy, time, size, recipe, data; prune what is in the way."""
    from tenfold.runs_command import list_runs, prune_runs

    if yes and not prune:
        raise UsageError("--yes is for --prune: give both to remove what --prune names")
    prune_runs(folder, remove=yes, json=json) if prune else list_runs(folder, sort, json=json)


@app.command(sort_key=7, help_epilogue=example("tenfold demo"))
def demo(
    *,
    out: Annotated[Path, Parameter(help="Folder that gets the run's folder.")] = Path("runs"),
    data_dir: DataDir = None,
    json: Json = False,
) -> None:
    """The main job, end to end: train, score, report, read a few pictures."""
    from tenfold import demo as main_job
    from tenfold import display, pipeline

    with display.training_progress() as (on_step, on_epoch):
        shown = main_job.demo(
            out=out, data_dir=data_dir, say=display.err.print, on_step=on_step, on_epoch=on_epoch
        )  # fmt: skip
    if json:
        print_json(pipeline.train_record(shown.run) | {"readings": [reading.to_json() for reading in shown.readings]})
    else:
        display.print_demo(shown)
