"""A dataset's page: samples, classes, pixels, mean images and duplicates, each also as a PNG beside it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenfold.data import Dataset
from tenfold.errors import TenfoldError
from tenfold.evaluation import canvas, explore_figures
from tenfold.evaluation.page import data_uri, picture, render
from tenfold.run import write_atomically

_SAMPLES = 200
"""Images on the page over all classes, so that a dataset of many classes does not make a page of megabytes."""

_SHOWN_DUPLICATES = 48


def write_page(found: Mapping[str, Any], data: Dataset, page: Path) -> None:
    """Write the page and its figures into the page's folder, made where it is missing.

    found: an exploration as JSON. Raises TenfoldError where the folder cannot be written.
    """
    from markupsafe import Markup

    samples, means = _samples(data), _means(data)
    counts = np.array([row["count"] for row in found["classes"]])
    drawings = {
        "classes": explore_figures.draw_classes(counts, data.classes),
        "pixels": explore_figures.draw_pixels(np.array(found["pixels"]["counts"])),
        "samples": explore_figures.draw_images(samples, data.classes),
        "means": explore_figures.draw_images([mean[None] for mean in means], data.classes),
    }
    contents = {
        "found": found,
        "smallest": min(found["classes"], key=lambda row: row["count"]),
        "largest": max(found["classes"], key=lambda row: row["count"]),
        "classes": Markup(canvas.svg(drawings["classes"], "How many images each class has")),
        "pixels": Markup(canvas.svg(drawings["pixels"], "How often each pixel value occurs")),
        "samples": [[data_uri(picture(image)) for image in images] for images in samples],
        "means": [data_uri(picture(mean)) for mean in means],
        "repeats": _repeats(found, data),
    }
    try:
        page.parent.mkdir(parents=True, exist_ok=True)
        for name, figure in drawings.items():
            write_atomically(page.with_name(f"{name}.png"), canvas.png(figure))
        write_atomically(page, render("explore.html.jinja", contents))
    except OSError as error:
        raise TenfoldError(f"{page.parent}: the page cannot be written there ({error.strerror})") from None


def _samples(data: Dataset) -> list[NDArray[np.uint8]]:
    """Some images of each class, chosen at random but always the same."""
    random = np.random.default_rng(0)
    wanted = max(4, _SAMPLES // len(data.classes))
    rows = [np.flatnonzero(data.labels == label) for label in range(len(data.classes))]
    return [data.images[np.sort(random.permutation(places)[:wanted])] for places in rows]


def _means(data: Dataset) -> list[NDArray[np.uint8]]:
    """The mean image of each class, black for a class without images."""
    groups = [data.images[data.labels == label] for label in range(len(data.classes))]
    return [
        np.rint(images.mean(axis=0)).astype(np.uint8) if len(images) else np.zeros((28, 28), np.uint8)
        for images in groups
    ]


def _repeats(found: Mapping[str, Any], data: Dataset) -> list[dict[str, Any]]:
    """Images that are there more than once, those with differing labels first."""
    repeats = [
        {
            "image": data_uri(picture(data.images[group[0]])),
            "labels": sorted({data.classes[label] for label in data.labels[group]}),
            "rows": group,
        }
        for group in found["duplicates"]["groups"]
    ]
    return sorted(repeats, key=lambda repeat: -len(repeat["labels"]))[:_SHOWN_DUPLICATES]
