"""A picture explained: the rooms' parts in their order."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from tenfold.data import load_dataset
from tenfold.errors import TenfoldError, needs_extra
from tenfold.evaluation import open_classifier, open_run
from tenfold.explanation.contrast import Contrast, contrast
from tenfold.explanation.layers import Layers, look_inside
from tenfold.explanation.neighbours import find_neighbours, training_data
from tenfold.explanation.occlusion import occlude
from tenfold.explanation.page import write_explanation
from tenfold.explanation.piece import choose_piece
from tenfold.explanation.result import Explanation
from tenfold.explanation.smallest_change import find_smallest_change
from tenfold.inference.graph import OnnxGraph
from tenfold.reading import Picture, Reader
from tenfold.run import Run

Say = Callable[[str], Any]


def explain(
    picture: Picture,
    *,
    model: str | Path | Run | None = None,
    digit: int | None = None,
    single: bool = False,
    against: str | None = None,
    gradients: bool = False,
    layers: bool = False,
    data_dir: str | Path | None = None,
    out: str | Path | None = None,
    say: Say | None = None,
) -> Explanation:
    """Why a model answers as it does to one digit of a picture.

    picture: a path, a file's bytes, a Pillow image or an array; its first page is read as `read` reads it. model: a
    run, its folder, or a .onnx; None for the shipped one. digit: which in reading order, from 1;
    None for the least sure. single: the picture is exactly one digit. against: the class that the answer is held
    against; None for the runner-up. gradients: Grad-CAM and integrated gradients too, of a run with its weights;
    layers: how the answer forms layer by layer too. out: the folder that gets explanation.png and, with the 'report'
    extra, index.html; None writes none. say gets a line where something takes seconds. Raises TenfoldError where
    picture or model cannot be read, or what was asked for cannot be had; what nobody asked for is left out, and the
    notes say why.
    """
    run = open_run(model)
    reader = Reader(open_classifier(run or model, data_dir=data_dir))
    piece = choose_piece(reader, picture, digit, single=single)
    question = contrast(reader.classifier, piece.view, against)
    graph, notes = OnnxGraph(reader.classifier), []
    data, neighbours = None, None
    try:
        data = training_data(run, data_dir)
        neighbours = find_neighbours(graph, piece.view, data, data_dir=data_dir, say=say)
    except TenfoldError as error:
        notes.append(f"no neighbours: {error}")
    card = reader.classifier.card
    found = Explanation(
        piece=piece,
        model=run.name if run else card.name,
        contrast=question,
        occlusion=occlude(question),
        change=find_smallest_change(question, to_rival=against is not None),
        neighbours=neighbours,
        gradients=_gradients(run, question) if gradients else None,
        layers=_layers(graph, question, data, data_dir, say) if layers else None,
        notes=tuple(notes),
    )
    return found if out is None else replace(found, files=write_explanation(found, Path(out)))


def _gradients(run: Run | None, question: Contrast) -> Any:
    """Raises TenfoldError, in one line, where weights, torch or Captum are missing."""
    if run is None:
        raise TenfoldError(
            "gradients need a run's weights: give the run's folder; the shipped model and a .onnx have none"
        )
    with needs_extra("train", "explaining by gradients"):
        import torch  # noqa: F401
    with needs_extra("explain", "explaining by gradients"):
        from tenfold.explanation.gradients import explain_run

    return explain_run(run, question)


def _layers(
    graph: OnnxGraph, question: Contrast, data: str | None, data_dir: str | Path | None, say: Say | None
) -> Layers:
    if say is not None and data is not None:
        say(f"fitting a probe on each layer, on training images of {data}")
    images = None
    if data is not None:
        with suppress(TenfoldError):  # without the data there are filters and maps, and no probes
            images = load_dataset(data, "train", data_dir=data_dir)
    return look_inside(graph, question.view, images)
