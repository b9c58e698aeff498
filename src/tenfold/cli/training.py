"""Commands that train, and list what there is to train and what has been trained."""

from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from tenfold.cli.app import DataDir, Flag, Json, Ray, RayCpus, Set, TensorBoard, app, example, overrides_of
from tenfold.cli.terminal.output import onto_stdout, print_json
from tenfold.errors import UsageError, needs_extra


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
    set: Set = None,
    out: Annotated[Path, Parameter(help="Folder that gets the run's folder.")] = Path("runs"),
    resume: Annotated[bool, Flag, Parameter(help="Go on with an unfinished run of this recipe, if any.")] = False,
    no_report: Annotated[bool, Flag, Parameter(help="Scores alone: no report.html, figures or model card.")] = False,
    tensorboard: TensorBoard = None,
    data_dir: DataDir = None,
    json: Json = False,
) -> None:
    """Train a recipe into a run folder, and score it on the untouched test set."""
    from tenfold import pipeline
    from tenfold.cli.terminal import console
    from tenfold.cli.terminal.progress import training_progress
    from tenfold.cli.terminal.scores import print_run
    from tenfold.reporting import Reporter
    from tenfold.run import find

    if recipe is not None and effort is not None:
        raise UsageError(f"give a recipe or --effort, not both: --effort {effort} is the recipe {effort}")
    chosen = recipe or effort or "fast"
    with needs_extra("train", "training"):
        from tenfold.recipes.page import is_page_recipe
    if is_page_recipe(chosen):
        from tenfold.cli.actions.train_page import train_page_network

        unfit = {"--epochs": epochs, "--data": data, "--device": device, "--tensorboard": tensorboard}
        if given := [name for name, value in unfit.items() if value is not None]:
            raise UsageError(
                f"{', '.join(given)}: the recipe of a page network has no such thing; see tenfold recipes page"
            )
        changed = overrides_of(set or [], {"seed": seed, "batch_size": batch_size})
        train_page_network(chosen, overrides=changed, data_dir=data_dir, out=out, resume=resume, json=json)
        return
    overrides = overrides_of(
        set or [],
        {
            "seed": seed,
            "epochs": epochs,
            "batch_size": batch_size,
            "data.name": pipeline.quoted(data),
            "compute.device": pipeline.quoted(device),
            "report": False if no_report else None,
        },
    )
    if data is not None:  # these data, without what the recipe adds to its own
        overrides = {"data.also": {}} | overrides
    # Started here, before torch is imported: then the other core has something to do.
    with nullcontext() if no_report else Reporter() as reporter:
        left = find.unfinished_run(chosen, out, overrides)
        if left is not None and not resume:
            anew = f"{left} was left unfinished; this starts anew, --resume would go on with it"
            console.err.print(anew, soft_wrap=True)
        if left is None and resume:
            console.err.print(f"{out} has no unfinished run of this very recipe: this starts a new one", soft_wrap=True)
        with training_progress() as (on_step, on_epoch):
            run = pipeline.train(
                chosen,
                overrides=overrides,
                data_dir=data_dir,
                out=out,
                resume=resume,
                tensorboard=tensorboard,
                on_step=on_step,
                on_epoch=on_epoch,
                say=console.err.print,
                reporter=reporter,
            )
    if json:
        print_json(pipeline.train_record(run))
    else:
        print_run(run)


@app.command(sort_key=4, help_epilogue=example("tenfold tune mlp-dropout --minutes 5"))
def tune(
    recipe: Annotated[str, Parameter(help="A recipe's name or a .toml file; its [search] table says what varies.")],
    /,
    *,
    search: Annotated[
        list[str] | None, Parameter(negative="", help="What varies: key=low:high, key=low:high:log, key=a,b,c.")
    ] = None,
    trials: Annotated[int | None, Parameter(help="Trials to run now. [default: 20, or while --minutes last]")] = None,
    minutes: Annotated[float | None, Parameter(help="Minutes to search.")] = None,
    objective: Annotated[
        list[str] | None,
        Parameter(negative="", help="accuracy or loss, then costs: parameters, latency, size. [default: accuracy]"),
    ] = None,
    sampler: Annotated[Literal["tpe", "grid", "random"], Parameter(help="How values are drawn.")] = "tpe",
    pruner: Annotated[
        Literal["median", "hyperband", "none"], Parameter(help="How bad trials are cut short.")
    ] = "median",
    validation: Annotated[
        float | None, Parameter(help="Share held out while searching. [default: the recipe's, at least 0.1]")
    ] = None,
    storage: Annotated[
        str | None, Parameter(help="Optuna storage that machines share. [default: study.db in --out]")
    ] = None,
    seed: Annotated[int, Parameter(help="Seed of the trials and of what is drawn.")] = 0,
    seeds: Annotated[int, Parameter(help="Runs on test of winner and untuned recipe each; 0 for no test.")] = 1,
    set: Set = None,
    out: Annotated[Path | None, Parameter(help="Folder for study, trials and page. [default: tune/RECIPE]")] = None,
    runs: Annotated[Path, Parameter(help="Folder for the runs that are scored on test.")] = Path("runs"),
    tensorboard: TensorBoard = None,
    ray: Ray = None,
    ray_cpus: RayCpus = 1,
    data_dir: DataDir = None,
    json: Json = False,
) -> None:
    """Search a recipe's values, choosing on validation; then score the winner on test, once."""
    from tenfold.cli.actions.ray import on_ray
    from tenfold.cli.actions.tune import tune_recipe

    with on_ray(ray, ray_cpus) as mapped:
        tune_recipe(
            recipe,
            space=search or [],
            trials=trials,
            minutes=minutes,
            objectives=tuple(objective or ["accuracy"]),
            sampler=sampler,
            pruner=pruner,
            validation=validation,
            storage=storage,
            seed=seed,
            seeds=seeds,
            overrides=overrides_of(set or [], {}),
            folder=out,
            out=runs,
            data_dir=data_dir,
            tensorboard=tensorboard,
            mapped=mapped,
            json=json,
        )


@app.command(sort_key=6, help_epilogue=example("tenfold recipes fast --set epochs=2 > longer.toml"))
def recipes(
    name: Annotated[str | None, Parameter(help="Print this recipe, every default written out.")] = None,
    /,
    *,
    set: Set = None,
    json: Json = False,
) -> None:
    """List the recipes, or print one as TOML, changed by --set."""
    from tenfold.cli.actions.lists import print_recipes

    if set and name is None:
        raise UsageError("--set changes a recipe: name one, as tenfold recipes fast --set epochs=2")
    with needs_extra("train", "reading recipes"):
        from tenfold import models
        from tenfold.recipes import describe_recipes, dump_recipe, load_recipe
        from tenfold.recipes.page import dump_page_recipe, is_page_recipe, load_page_recipe

    if name is not None and is_page_recipe(name):
        page = load_page_recipe(name, overrides_of(set or (), {}))[1]
        with onto_stdout():
            print_json(page.model_dump()) if json else print(dump_page_recipe(page), end="")
    elif name is not None:
        recipe = load_recipe(name, overrides_of(set or (), {}), check_model=models.check)[1]
        with onto_stdout():
            print_json(recipe.model_dump(exclude_none=True)) if json else print(dump_recipe(recipe), end="")
    elif json:
        print_json(describe_recipes())
    else:
        print_recipes(describe_recipes())


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
    from tenfold.cli.actions.runs import list_runs, prune_runs

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
    from tenfold import pipeline
    from tenfold.cli.actions import demo as main_job
    from tenfold.cli.actions.lists import print_demo
    from tenfold.cli.terminal import console
    from tenfold.cli.terminal.progress import training_progress
    from tenfold.reporting import Reporter

    def say(line: str) -> None:
        console.err.print(line, soft_wrap=True)

    with Reporter() as reporter, training_progress() as (on_step, on_epoch):
        shown = main_job.demo(
            out=out,
            data_dir=data_dir,
            say=say,
            on_step=on_step,
            on_epoch=on_epoch,
            reporter=reporter,
        )
    if json:
        print_json(pipeline.train_record(shown.run) | {"readings": [reading.to_json() for reading in shown.readings]})
    else:
        print_demo(shown)
