"""What a model makes of corrupted images, as files that a person opens: index.html, figures, robustness.json."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenfold.data import Dataset
from tenfold.data.corruptions import CORRUPTIONS, corrupt
from tenfold.errors import need_report_extra
from tenfold.evaluation.predictions import open_run
from tenfold.evaluation.robustness import Robustness, spoken
from tenfold.files import write_atomically, write_json, written_to
from tenfold.inference.classifier import SHIPPED
from tenfold.reports import canvas
from tenfold.reports.explore_figures import draw_images
from tenfold.reports.page import data_uri, picture, render
from tenfold.reports.robustness_figures import draw_robustness
from tenfold.run import Run


def robustness_folder(model: str | Path | Run | None, dataset: Dataset) -> Path:
    """Where the page lies unless it is told otherwise: RUN/robustness/mnist, or robustness/digits/mnist for a .onnx."""
    run = open_run(model)
    name = dataset.name if dataset.split == "test" else f"{dataset.name}-{dataset.split}"
    if run is not None:
        return run.path / "robustness" / name
    return Path("robustness", Path(SHIPPED if model is None else str(model)).stem, name)


def write_robustness(found: Robustness, model: str, folder: Path) -> Path:
    """Write robustness.json, errors.png, samples.png and index.html into a folder, made where it is missing.

    model: what the page calls it. Returns the page's path. The same measurement gives the same bytes. Raises
    TenfoldError where the 'report' extra is not installed or the folder cannot be written.
    """
    need_report_extra("the page of `tenfold evaluate --robustness`")
    from markupsafe import Markup

    scores = found.to_json()
    samples = _samples(found.clean.dataset, found.seed)
    errors = draw_robustness(scores)
    names = [spoken(name) for name in samples]
    contents = {
        "model_title": model,
        "found": scores,
        "rows": [_row(row, samples[row["corruption"]]) for row in scores["corruptions"]],
        "errors": Markup(canvas.svg(errors, "Share of wrong answers under each corruption")),
    }
    page = folder / "index.html"
    with written_to(folder):
        write_json(folder / "robustness.json", scores)
        write_atomically(folder / "errors.png", canvas.png(errors))
        write_atomically(folder / "samples.png", canvas.png(draw_images(list(samples.values()), names)))
        write_atomically(page, render("robustness.html.jinja", contents))
    return page


def _samples(dataset: Dataset, seed: int) -> dict[str, NDArray[np.uint8]]:
    """Of each corruption one image as it was, then at each of its severities: uint8 [2 or 6, 28, 28]."""
    samples = {}
    for place, (name, corruption) in enumerate(CORRUPTIONS.items()):
        image = dataset.images[place % len(dataset)][None]
        spoiled = [corrupt(image, name, severity, seed=seed) for severity in corruption.severities]
        samples[name] = np.concatenate([image, *spoiled])
    return samples


def _row(row: dict[str, Any], images: NDArray[np.uint8]) -> dict[str, Any]:
    """A corruption for the template: its original, and a cell for each severity."""
    original, *spoiled = (data_uri(picture(image)) for image in images)
    errors = row["error_by_severity"] or [row["error"]]
    cells = [
        {"image": image, "error": error, "benchmark": severity == row["severity"]}
        for severity, (image, error) in enumerate(zip(spoiled, errors, strict=True), start=1)
    ]
    return row | {"name": spoken(row["corruption"]), "original": original, "cells": cells}
