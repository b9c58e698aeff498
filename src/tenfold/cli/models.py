"""Commands about trained models: scored, compared, made one, carried elsewhere."""

from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from tenfold.cli.app import DataDir, Flag, Json, Ray, RayCpus, Seeds, Set, TensorBoard, app, example, overrides_of
from tenfold.cli.terminal.output import print_json
from tenfold.errors import UsageError


@app.command(sort_key=3, help_epilogue=example("tenfold evaluate runs/fast-1 --data usps"))
def evaluate(
    model: Annotated[str | None, Parameter(help="A run, or a .onnx, .keras or .h5. [default: the shipped one]")] = None,
    /,
    *,
    data: Annotated[str | None, Parameter(help="A dataset's name or path. [default: the run's own]")] = None,
    split: Annotated[str, Parameter(help="train or test.")] = "test",
    robustness: Annotated[
        bool, Flag, Parameter(help="Also on the images corrupted as MNIST-C is, shown to the model as they are.")
    ] = False,
    out: Annotated[
        Path | None, Parameter(help="Folder for the robustness page. [default: RUN/robustness/DATASET]")
    ] = None,
    data_dir: DataDir = None,
    json: Json = False,
) -> None:
    """Score a model on a dataset: accuracy with its interval, each class, the mistakes."""
    from tenfold import errors, evaluation, files, reports
    from tenfold.cli.terminal import console
    from tenfold.cli.terminal.progress import measuring_progress
    from tenfold.cli.terminal.scores import print_robustness, print_scores

    if out is not None and not robustness:
        raise UsageError("--out is the folder of the robustness page: give --robustness, too")
    if out is not None:
        files.check_writable(out)
    with measuring_progress("corrupting") if robustness else nullcontext() as on_scored:
        scores = evaluation.evaluate(
            model, data, split=split, data_dir=data_dir, robustness=robustness, on_scored=on_scored
        )
    if note := scores.predictions.dataset.note:
        console.err.print(note, soft_wrap=True)
    page, record = None, scores.to_json()
    if scores.robustness and (out is not None or errors.can_report()):
        folder = out or reports.robustness_folder(model, scores.predictions.dataset)
        page = reports.write_robustness(scores.robustness, model or "the shipped model", folder)
        reports.refresh_report(model, scores)
    if json:
        print_json(record | ({"robustness": record["robustness"] | {"page": page and str(page)}} if robustness else {}))
        return
    print_scores(record)
    if robustness:
        print_robustness(record["robustness"], page)


@app.command(sort_key=4, help_epilogue=example("tenfold compare mlp-dropout cnn-dropout --seeds 3"))
def compare(
    models: Annotated[
        list[str], Parameter(help="Recipes, .toml files, finished runs, .onnx, .keras, .h5; or 'classics'.")
    ],
    /,
    *,
    seeds: Seeds = 3,
    data: Annotated[str | None, Parameter(help="What to train and score on. [default: the recipes' own]")] = None,
    set: Set = None,
    out: Annotated[Path, Parameter(help="Folder where runs are found, and trained where missing.")] = Path("runs"),
    page: Annotated[Path | None, Parameter(help="Folder for page, CSV and JSON. [default: compare/NAMES]")] = None,
    tensorboard: TensorBoard = None,
    ray: Ray = None,
    ray_cpus: RayCpus = 1,
    data_dir: DataDir = None,
    json: Json = False,
) -> None:
    """Compare recipes over seeds: accuracy with intervals, time, size, and which differences are noise."""
    from tenfold.cli.actions.compare import compare_models
    from tenfold.cli.actions.ray import on_ray

    overrides = overrides_of(set or [], {})
    with on_ray(ray, ray_cpus) as mapped:
        compare_models(
            models,
            seeds=seeds,
            data=data,
            overrides=overrides,
            out=out,
            page=page,
            data_dir=data_dir,
            tensorboard=tensorboard,
            mapped=mapped,
            json=json,
        )


@app.command(sort_key=3, help_epilogue=example("tenfold ensemble good --seeds 5"))
def ensemble(
    models: Annotated[list[str], Parameter(help="Runs, .onnx files that tenfold made, or recipes to train.")],
    /,
    *,
    seeds: Seeds = 3,
    data: Annotated[
        str | None, Parameter(help="What to train recipes and to score on. [default: the members' own]")
    ] = None,
    set: Set = None,
    out: Annotated[
        Path, Parameter(help="Folder of the ensemble; recipes' runs are found, and trained where missing, there.")
    ] = Path("runs"),
    tensorboard: TensorBoard = None,
    ray: Ray = None,
    ray_cpus: RayCpus = 1,
    data_dir: DataDir = None,
    json: Json = False,
) -> None:
    """Make one model of several: the mean of their probabilities, scored beside each of them."""
    from tenfold.cli.actions.ensemble import make_ensemble
    from tenfold.cli.actions.ray import on_ray

    overrides = overrides_of(set or [], {})
    with on_ray(ray, ray_cpus) as mapped:
        make_ensemble(
            models,
            seeds=seeds,
            data=data,
            overrides=overrides,
            out=out,
            data_dir=data_dir,
            tensorboard=tensorboard,
            mapped=mapped,
            json=json,
        )


@app.command(sort_key=3, help_epilogue=example("tenfold export runs/good-1 --to reader-onnx --to keras"))
def export(
    model: Annotated[str | None, Parameter(help="A run, or a .onnx, .keras or .h5. [default: the shipped one]")] = None,
    /,
    *,
    to: Annotated[list[str], Parameter(negative="", help="onnx, reader-onnx, int8, keras, torch or web; any number.")],
    out: Annotated[Path | None, Parameter(help="Folder, or the file of one. [default: RUN/export]")] = None,
    data: Annotated[str | None, Parameter(help="What to check on. [default: the run's own, or mnist]")] = None,
    data_dir: DataDir = None,
    json: Json = False,
) -> None:
    """Carry a model into other formats, each checked on 1,000 test images against its source."""
    from tenfold.cli.actions.export import export_model

    export_model(model, to, out=out, data=data, data_dir=data_dir, json=json)
