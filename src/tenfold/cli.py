"""The command line: one short function a command that parses, calls, and prints. No logic lives here."""

import io
import json as json_module
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import App, CycloptsError, Parameter

from tenfold import __version__
from tenfold.errors import TenfoldError, UsageError, needs_extra
from tenfold.output import print_error, print_json

Json = Annotated[
    bool, Parameter(negative="", show_default=False, help="Print JSON on stdout; progress stays on stderr.")
]
DataDir = Annotated[
    Path | None,
    Parameter(help="Folder with data sets, as mnist/train-images-idx3-ubyte.gz. [default: $TENFOLD_DATA]"),
]
Flag = Parameter(negative="", show_default=False)

app = App(
    name="tenfold",
    help="Train a digit model in seconds, read handwritten digits in pictures, know how sure it is.",
    help_epilogue="First steps: tenfold demo. Every command: tenfold COMMAND --help.",
    version=__version__,
    version_flags=["--version"],
    suppress_keyboard_interrupt=False,
    help_format="plaintext",
)


def example(text: str) -> str:
    """A command's closing help line."""
    return f"Example: {text}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line. Returns its exit code: 0 done, 1 something failed, 2 wrong usage."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A name that the terminal's encoding cannot show is shown escaped.
            stream.reconfigure(errors="backslashreplace")
    try:
        code = app(
            arguments if arguments is not None else sys.argv[1:],
            exit_on_error=False,
            print_error=False,
            result_action="return_value",
        )
        return code if isinstance(code, int) else 0
    except TenfoldError as error:
        return _fail(str(error), error.exit_code)
    except CycloptsError as error:
        return _fail(str(error), 2)
    except KeyboardInterrupt:
        trained = list(arguments if arguments is not None else sys.argv[1:])[:1] == ["train"]
        return _fail(f"stopped{' (once an epoch is finished, --resume goes on with it)' * trained}", 130)
    except BrokenPipeError:
        # Whoever read our output has seen enough: | head is no error.
        sys.stderr.close()
        return 0
    except OSError as error:
        return _fail(f"{error.filename or 'the system'}: {error.strerror or error}", 1)
    except MemoryError:
        return _fail("not enough memory", 1)


def _fail(message: str, code: int) -> int:
    print_error(message)
    return code


@app.command(sort_key=1, help_epilogue=example("tenfold read scans/ --out digits.csv"))
def read(
    pictures: Annotated[
        list[str],
        Parameter(allow_leading_hyphen=True, help="Files, folders, 'globs/**/*.png'; '-' is standard input."),
    ],
    /,
    *,
    model: Annotated[str | None, Parameter(help="A run or a .onnx. [default: the shipped one]")] = None,
    single: Annotated[bool, Flag, Parameter(help="Each picture is exactly one digit: never reject it.")] = False,
    separators: Annotated[bool, Flag, Parameter(help="Keep decimal points, commas and dashes between digits.")] = False,
    prediction_sets: Annotated[
        float | None, Parameter(help="Each digit's prediction set, which misses the true one in this share: 0.01.")
    ] = None,
    out: Annotated[
        Path | None, Parameter(help="Write a .jsonl or .csv, picture by picture, in place of stdout.")
    ] = None,
    resume: Annotated[bool, Flag, Parameter(help="Leave out the pictures that --out holds already.")] = False,
    show: Annotated[Path | None, Parameter(help="Folder for a drawing of what was seen in each picture.")] = None,
    stages: Annotated[Path | None, Parameter(help="Folder for drawings of every stage of each picture.")] = None,
    workers: Annotated[int | None, Parameter(help="Processes for many pictures. [default: one a core]")] = None,
    json: Json = False,
) -> int:
    """Read the digits in pictures."""
    from tenfold.read_command import read_pictures

    _refuse_options(pictures, "read")
    return read_pictures(
        pictures,
        model,
        single=single,
        separators=separators,
        prediction_sets=prediction_sets,
        out=out,
        resume=resume,
        workers=workers,
        show=show,
        stages=stages,
        json=json,
    )


def _refuse_options(pictures: Sequence[str], command: str) -> None:
    """Where names may begin with a hyphen, as standard input's does, a mistyped option looks like one."""
    unknown = [name for name in pictures if name.startswith("-") and name != "-" and not Path(name).exists()]
    if unknown:
        raise UsageError(f"unknown option {unknown[0]}: see tenfold {command} --help")


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
    overrides = _overrides(
        set or [],
        {
            "seed": seed,
            "epochs": epochs,
            "batch_size": batch_size,
            "data.name": _text(data),
            "compute.device": _text(device),
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


def _overrides(pairs: Iterable[str], named: dict[str, Any]) -> dict[str, Any]:
    """What the command line changes in a recipe: --set pairs, then the options that were given."""
    overrides: dict[str, Any] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not key or not equals:
            raise UsageError(f"--set {pair}: give key=value, such as --set optimizer.lr=0.01")
        overrides[key.strip()] = value.strip()
    given = {key: value for key, value in named.items() if value is not None}
    for key in overrides.keys() & given.keys():
        raise UsageError(f"--set {key}={overrides[key]}: another option says {key} too; give one of them")
    return overrides | given


def _text(value: str | None) -> str | None:
    """A value that is text, whatever it looks like, as a recipe writes text: a folder may be called 2024-01-01."""
    return None if value is None else json_module.dumps(value, ensure_ascii=False)


@app.command(sort_key=3, help_epilogue=example("tenfold evaluate runs/fast-1 --data usps"))
def evaluate(
    model: Annotated[str | None, Parameter(help="A run's folder or a .onnx. [default: the shipped one]")] = None,
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
    from tenfold import display, evaluation

    if out is not None and not robustness:
        raise UsageError("--out is the folder of the robustness page: give --robustness, too")
    scores = evaluation.evaluate(model, data, split=split, data_dir=data_dir)
    if not robustness:
        print_json(scores.to_json()) if json else display.print_scores(scores.to_json())
        return
    dataset = scores.predictions.dataset
    with display.measuring_progress("corrupting") as on_scored:
        found = evaluation.measure_robustness(model, dataset, on_scored=on_scored)
    page = None
    if out is not None or evaluation.can_report():
        folder = out or evaluation.robustness_folder(model, dataset)
        page = evaluation.write_robustness(found, model or "the shipped model", folder)
        evaluation.refresh_report(model, scores)
    if json:
        print_json(scores.to_json() | {"robustness": found.to_json() | {"page": str(page) if page else None}})
    else:
        display.print_scores(scores.to_json())
        display.print_robustness(found.to_json(), page)


@app.command(sort_key=3, help_epilogue=example("tenfold ensemble runs/good-1 runs/good-2 runs/good-3"))
def ensemble(
    models: Annotated[list[str], Parameter(help="Two or more runs, or .onnx files that tenfold made.")],
    /,
    *,
    data: Annotated[str | None, Parameter(help="What to score on. [default: the members' own test split]")] = None,
    out: Annotated[Path, Parameter(help="Folder that gets the ensemble's folder.")] = Path("runs"),
    data_dir: DataDir = None,
    json: Json = False,
) -> None:
    """Make one model of several: the mean of their probabilities, scored beside each of them."""
    from tenfold.ensemble_command import make_ensemble

    make_ensemble(models, data=data, data_dir=data_dir, out=out, json=json)


@app.command(sort_key=4, help_epilogue=example("tenfold compare mlp-dropout cnn-dropout --seeds 3"))
def compare(
    models: Annotated[list[str], Parameter(help="Recipes, .toml files, finished runs; or 'classics'.")],
    /,
    *,
    seeds: Annotated[int, Parameter(help="Seeds of each recipe, from 0 on.")] = 3,
    data: Annotated[str | None, Parameter(help="What to train and score on. [default: the recipes' own]")] = None,
    set: Annotated[list[str] | None, Parameter(negative="", help="Any value of the recipes: key=value.")] = None,
    out: Annotated[Path, Parameter(help="Folder where runs are found, and trained where missing.")] = Path("runs"),
    page: Annotated[Path | None, Parameter(help="Folder for page, CSV and JSON. [default: compare/NAMES]")] = None,
    data_dir: DataDir = None,
    json: Json = False,
) -> None:
    """Compare recipes over seeds: accuracy with intervals, time, size, and which differences are noise."""
    from tenfold.compare_command import compare_models

    overrides = _overrides(set or [], {})
    compare_models(
        models, seeds=seeds, data=data, overrides=overrides, out=out, page=page, data_dir=data_dir, json=json
    )


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
    from tenfold import display, evaluation

    out = out or evaluation.page_folder(dataset, split)
    exploration = evaluation.explore(dataset, split=split, data_dir=data_dir, out=out)
    if json:
        print_json(exploration.to_json())
    else:
        display.print_exploration(exploration)


@app.command(sort_key=4, help_epilogue=example("tenfold mistakes runs/fast-1"))
def mistakes(
    model: Annotated[str | None, Parameter(help="A run's folder or a .onnx. [default: the shipped one]")] = None,
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
    from tenfold import display, evaluation

    folder = out or (evaluation.mistakes_folder(model, split, data) if evaluation.can_report() else None)
    found = evaluation.mistakes(model, data, split=split, neighbours=neighbours, data_dir=data_dir, out=folder)
    print_json(found.to_json()) if json else display.print_mistakes(found)


@app.command(sort_key=4, help_epilogue=example("tenfold explain runs/good-1 photo.jpg --layers"))
def explain(
    model: Annotated[
        str, Parameter(allow_leading_hyphen=True, help="A run's folder or a .onnx; left out, the shipped one.")
    ],
    picture: Annotated[
        str | None, Parameter(allow_leading_hyphen=True, help="A picture of a digit; '-' is standard input.")
    ] = None,
    /,
    *,
    digit: Annotated[
        int | None, Parameter(help="Of several, which in reading order, from 1. [default: the least sure]")
    ] = None,
    single: Annotated[bool, Flag, Parameter(help="The picture is exactly one digit.")] = False,
    against: Annotated[str | None, Parameter(help="Why not this class? [default: the runner-up]")] = None,
    gradients: Annotated[
        bool, Flag, Parameter(help="Also Grad-CAM and integrated gradients: for a run with its weights.")
    ] = False,
    layers: Annotated[
        bool, Flag, Parameter(help="Also filters, feature maps, and how the answer forms layer by layer.")
    ] = False,
    out: Annotated[Path | None, Parameter(help="Folder for page and drawings. [default: explain/PICTURE]")] = None,
    data_dir: DataDir = None,
    json: Json = False,
) -> None:
    """Say why a digit is read as it is: what speaks for it, what is alike, what would change it."""
    from tenfold import display, explain_command

    chosen, source = (None, model) if picture is None else (model, picture)
    _refuse_options([model, source], "explain")
    explain_command.explain_picture(
        source,
        model=chosen,
        digit=digit,
        single=single,
        against=against,
        gradients=gradients,
        layers=layers,
        out=out,
        data_dir=data_dir,
        say=display.err.print,
        json=json,
    )


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
    from tenfold import display
    from tenfold.data import CATALOG, inventory

    if action == "list":
        found = inventory.list_datasets(data_dir, names or CATALOG)
        print_json([presence.to_json() for presence in found]) if json else display.print_datasets(found)
        return 0
    if action == "fetch":
        fetched = {name: [str(path) for path in inventory.fetch(name, data_dir)] for name in names or ["mnist"]}
        print_json(fetched) if json else display.print_fetched(fetched)
        return 0
    if action != "verify":
        raise UsageError(f"unknown action '{action}': list, fetch or verify")
    here = names or [p.entry.name for p in inventory.list_datasets(data_dir) if p.folder is not None]
    statuses = {name: inventory.verify(name, data_dir) for name in here}
    if json:
        print_json({name: [status.to_json() for status in files] for name, files in statuses.items()})
    else:
        display.print_statuses(statuses)
    return 0 if all(status.state == "ok" for files in statuses.values() for status in files) else 1


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


@app.command(sort_key=8, help_epilogue=example("tenfold doctor photo.jpg"))
def doctor(
    pictures: Annotated[
        list[str] | None,
        Parameter(allow_leading_hyphen=True, negative="", help="Files, folders, globs; none for the installation."),
    ] = None,
    /,
    *,
    model: Annotated[str | None, Parameter(help="A run or a .onnx. [default: the shipped one]")] = None,
    data_dir: DataDir = None,
    json: Json = False,
) -> int:
    """Say what may be wrong with pictures, or with the installation."""
    from tenfold import doctor_command

    if pictures:
        _refuse_options(pictures, "doctor")
        return doctor_command.diagnose_pictures(pictures, model, json=json)
    found = doctor_command.describe_installation(data_dir)
    print_json(found) if json else doctor_command.print_installation(found)
    return 0


@app.command(sort_key=8, help_epilogue=example("tenfold serve --port 8080 --collect corrections"))
def serve(
    model: Annotated[str | None, Parameter(help="A run or a .onnx. [default: the shipped one]")] = None,
    /,
    *,
    host: Annotated[str | None, Parameter(help="Address to listen on; 0.0.0.0 for all. [default: 127.0.0.1]")] = None,
    port: Annotated[int | None, Parameter(help="Port; 0 takes a free one. [default: 8000]")] = None,
    workers: Annotated[int | None, Parameter(help="Processes, each with the model. [default: 1]")] = None,
    max_mebibytes: Annotated[float | None, Parameter(help="Of a request's body. [default: 16]")] = None,
    max_megapixels: Annotated[float | None, Parameter(help="Of a picture. [default: 50]")] = None,
    max_files: Annotated[int | None, Parameter(help="Pictures in a request. [default: 64]")] = None,
    max_seconds: Annotated[float | None, Parameter(help="For a body to arrive, and to be read. [default: 30]")] = None,
    queue: Annotated[int | None, Parameter(help="Requests that may wait to be read. [default: 64]")] = None,
    api_key: Annotated[str | None, Parameter(help="What /v1 asks for; better as TENFOLD_SERVE_API_KEY.")] = None,
    cors: Annotated[str | None, Parameter(help="Origins, by commas, whose pages may call.")] = None,
    collect: Annotated[str | None, Parameter(help="Folder that gets pictures that people correct.")] = None,
) -> None:
    """Serve an HTTP API and a page to draw on. Each option may stand in the environment: TENFOLD_SERVE_PORT."""
    given = locals()
    from tenfold.serve_command import serve as run

    run(given)
