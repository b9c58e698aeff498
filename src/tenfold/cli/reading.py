"""Commands about pictures: read them, say why a digit is read so, and what may be wrong."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from tenfold.cli.app import DataDir, Flag, Json, Ray, app, example, refuse_options
from tenfold.cli.terminal.output import print_json
from tenfold.errors import UsageError


@app.command(sort_key=1, help_epilogue=example("tenfold read scans/ --out digits.csv"))
def read(
    pictures: Annotated[
        list[str],
        Parameter(allow_leading_hyphen=True, help="Files, folders, 'globs/**/*.png'; '-' is standard input."),
    ],
    /,
    *,
    model: Annotated[str | None, Parameter(help="A run, or a .onnx, .keras or .h5. [default: the shipped one]")] = None,
    detector: Annotated[
        str | None, Parameter(help="What finds digits: a page.onnx, or its run. [default: the shipped one]")
    ] = None,
    single: Annotated[bool, Flag, Parameter(help="Each picture is exactly one digit: never reject it.")] = False,
    separators: Annotated[bool, Flag, Parameter(help="Keep decimal points, commas and dashes between digits.")] = False,
    prediction_sets: Annotated[
        float | None, Parameter(help="Each digit's prediction set, which misses the true one in this share: 0.01.")
    ] = None,
    out: Annotated[
        Path | None, Parameter(help="Write a .jsonl or .csv, picture by picture, in place of stdout.")
    ] = None,
    resume: Annotated[bool, Flag, Parameter(help="Leave out the pictures that --out holds already.")] = False,
    table: Annotated[
        Path | None, Parameter(help="Write the rows and columns of tables, and other lines by words, to a .csv.")
    ] = None,
    show: Annotated[Path | None, Parameter(help="Folder for a drawing of what was seen in each picture.")] = None,
    stages: Annotated[Path | None, Parameter(help="Folder for drawings of every stage of each picture.")] = None,
    workers: Annotated[int | None, Parameter(help="Processes for many pictures. [default: one a core]")] = None,
    ray: Ray = None,
    part_size: Annotated[
        int | None, Parameter(help="With --ray, where --out is a folder: pictures a part. [default: 500]")
    ] = None,
    part_format: Annotated[
        Literal["jsonl", "parquet"] | None, Parameter(help="With --ray: what a part is written as; else jsonl.")
    ] = None,
    kaggle: Annotated[
        Path | None, Parameter(help="Read the digit recogniser's test.csv, and write the submission's .csv here.")
    ] = None,
    json: Json = False,
) -> int:
    """Read the digits in pictures."""
    from tenfold.cli.actions.read import read_pictures

    refuse_options(pictures, "read")
    if kaggle is not None:
        from tenfold.cli.actions.kaggle import write_submission

        return write_submission(pictures, kaggle, model, json=json)
    if ray is not None:
        from tenfold.cli.actions.ray import read_on_ray

        if out is None or table or show or stages or workers:
            raise UsageError(
                "--ray writes parts into the folder --out, and takes no --table, --show, --stages or --workers"
            )
        return read_on_ray(
            pictures,
            out,
            ray,
            model=model,
            detector=detector,
            resume=resume,
            size=part_size,
            format=part_format or "jsonl",
            json=json,
            single=single,
            separators=separators,
            prediction_sets=prediction_sets,
        )
    for option, value in (("--part-size", part_size), ("--part-format", part_format)):
        if value is not None:
            raise UsageError(f"{option} {value} is of --ray, which reads into parts: give --ray local, or leave it out")
    return read_pictures(
        pictures,
        model,
        detector=detector,
        single=single,
        separators=separators,
        prediction_sets=prediction_sets,
        out=out,
        resume=resume,
        workers=workers,
        table=table,
        show=show,
        stages=stages,
        json=json,
    )


@app.command(sort_key=4, help_epilogue=example("tenfold explain runs/good-1 photo.jpg --layers"))
def explain(
    model: Annotated[
        str, Parameter(allow_leading_hyphen=True, help="A run, or a .onnx, .keras or .h5; left out, the shipped one.")
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
    from tenfold.cli.actions.explain import explain_picture
    from tenfold.cli.terminal import console

    chosen, source = (None, model) if picture is None else (model, picture)
    refuse_options([model, source], "explain")
    explain_picture(
        source,
        model=chosen,
        digit=digit,
        single=single,
        against=against,
        gradients=gradients,
        layers=layers,
        out=out,
        data_dir=data_dir,
        say=console.err.print,
        json=json,
    )


@app.command(sort_key=8, help_epilogue=example("tenfold doctor photo.jpg"))
def doctor(
    pictures: Annotated[
        list[str] | None,
        Parameter(allow_leading_hyphen=True, negative="", help="Files, folders, globs; none for the installation."),
    ] = None,
    /,
    *,
    model: Annotated[str | None, Parameter(help="A run, or a .onnx, .keras or .h5. [default: the shipped one]")] = None,
    detector: Annotated[
        str | None, Parameter(help="What finds digits: a page.onnx, or its run. [default: the shipped one]")
    ] = None,
    data_dir: DataDir = None,
    json: Json = False,
) -> int:
    """Say what may be wrong with pictures, or with the installation."""
    from tenfold.cli.actions.doctor import describe_installation, diagnose_pictures, print_installation

    if pictures:
        refuse_options(pictures, "doctor")
        return diagnose_pictures(pictures, model, detector, json=json)
    found = describe_installation(data_dir)
    print_json(found) if json else print_installation(found)
    return 0
