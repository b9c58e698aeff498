"""A dataset's page: samples, classes, pixels, strokes, a map, copies, doubtful labels; each figure a PNG beside it."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tenfold.data import Dataset
from tenfold.data.inventory import user_path
from tenfold.exploration.duplicates import NEAR
from tenfold.exploration.exploration import Exploration
from tenfold.files import write_atomically, written_to
from tenfold.reports import canvas, explore_figures
from tenfold.reports.page import data_uri, picture, render
from tenfold.reports.picture_map import picture_map

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SAMPLES = 200
"""Images on the page over all classes, so that a dataset of many classes does not make a page of megabytes."""

_SHOWN_DUPLICATES = 48
_SHOWN_PAIRS = 24
_SHOWN_ERRORS = 60

_DESCRIPTIONS = {
    "classes": "How many images each class has",
    "pixels": "How often each pixel value occurs",
    "ink": "How much ink the images have, by class",
    "strokes": "How wide the strokes are, by class",
    "slant": "How far the writing leans, by class",
    "map": "Where the images of each class lie on the map",
}


def exploration_folder(dataset: str | Path, split: str) -> Path:
    """Where a dataset's page lies unless it is told otherwise: explore/mnist, explore/mnist-test."""
    path = user_path(dataset).resolve()
    name = path.name if path.is_dir() else path.stem
    return Path("explore", name if split == "train" else f"{name}-{split}")


def write_exploration(found: Exploration, folder: Path) -> Path:
    """Write index.html and its figures into a folder, made where it is missing; returns the page's path.

    Raises TenfoldError where the folder cannot be written.
    """
    from markupsafe import Markup

    page = folder / "index.html"
    data, other, numbers = found.dataset, found.other, replace(found, page=page).to_json()
    samples, means, deviations = _samples(data), *_means(data)
    tiles = picture_map(data.images, found.projection.places)
    charts = _charts(found)
    images = {
        "samples": explore_figures.draw_images(samples, data.classes),
        "means": explore_figures.draw_images(list(np.stack([means, deviations], axis=1)), data.classes, columns=8),
        "map-images": explore_figures.draw_picture(tiles),
    }
    contents = {
        "found": numbers,
        "smallest": min(numbers["classes"], key=lambda row: row["count"]),
        "largest": max(numbers["classes"], key=lambda row: row["count"]),
        "charts": {name: Markup(canvas.svg(figure, _DESCRIPTIONS[name])) for name, figure in charts.items()},
        "samples": [_uris(images) for images in samples],
        "means": _uris(means),
        "deviations": _uris(deviations),
        "map": data_uri(picture(tiles)),
        "shown_on_map": explore_figures.SHOWN_PANELS,
        "repeats": _repeats(found),
        "near_cosine": NEAR,
        "near": _pairs(found.duplicates.near, data, data),
        "near_shared": _pairs(found.duplicates.near_shared, data, other) if other else [],
        "doubts": _doubts(found),
    }
    with written_to(folder):
        for name, figure in (charts | images).items():
            write_atomically(page.with_name(f"{name}.png"), canvas.png(figure))
        write_atomically(page, render("explore.html.jinja", contents))
    return page


def _charts(found: Exploration) -> dict[str, "Figure"]:
    data, hand = found.dataset, found.handwriting
    counts = np.array([row.count for row in found.classes])
    measures = {
        "ink": (hand.ink * 100, "Ink", "% of full ink"),
        "strokes": (hand.stroke_width, "Stroke width", "pixels"),
        "slant": (hand.slant, "Slant", "degrees to the right"),
    }
    return {
        "classes": explore_figures.draw_classes(counts, data.classes),
        "pixels": explore_figures.draw_pixels(found.pixel_counts),
        **{
            name: explore_figures.draw_measure(values, data.labels, data.classes, title, label)
            for name, (values, title, label) in measures.items()
        },
        "map": explore_figures.draw_map(found.projection, data.labels, data.classes),
    }


def _uris(images: Iterable[NDArray[np.uint8]]) -> list[str]:
    return [data_uri(picture(image)) for image in images]


def _samples(data: Dataset) -> list[NDArray[np.uint8]]:
    """Some images of each class, chosen at random but always the same."""
    random = np.random.default_rng(0)
    wanted = max(4, _SAMPLES // len(data.classes))
    rows = [np.flatnonzero(data.labels == label) for label in range(len(data.classes))]
    return [data.images[np.sort(random.permutation(places)[:wanted])] for places in rows]


def _means(data: Dataset) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Each class's mean image and its pixels' standard deviation, uint8 [classes, 28, 28] each; black without images.

    One scale for all classes: half of full ink, the most that a deviation can be, is white.
    """
    means, deviations = (np.zeros((len(data.classes), *data.images.shape[1:]), np.uint8) for _ in range(2))
    for label in range(len(data.classes)):
        images = data.images[data.labels == label].astype(np.float32)
        if len(images):
            means[label] = np.rint(images.mean(axis=0))
            deviations[label] = np.rint(np.minimum(255, 2 * images.std(axis=0)))
    return means, deviations


def _repeats(found: Exploration) -> list[dict[str, Any]]:
    """Images that are there more than once, those with differing labels first."""
    data = found.dataset
    repeats = [
        {
            "image": data_uri(picture(data.images[group[0]])),
            "labels": sorted({data.classes[label] for label in data.labels[list(group)]}),
            "rows": group,
        }
        for group in found.duplicates.groups
    ]
    return sorted(repeats, key=lambda repeat: -len(repeat["labels"]))[:_SHOWN_DUPLICATES]


def _pairs(pairs: tuple[tuple[int, int, float], ...], data: Dataset, other: Dataset) -> list[dict[str, Any]]:
    """Near copies side by side, those with differing labels first."""
    shown = [
        {
            "images": _uris([data.images[row], other.images[there]]),
            "labels": (data.classes[data.labels[row]], other.classes[other.labels[there]]),
            "rows": (row, there),
            "cosine": cosine,
        }
        for row, there, cosine in sorted(pairs, key=lambda pair: _same_label(pair, data, other))[:_SHOWN_PAIRS]
    ]
    return shown


def _same_label(pair: tuple[int, int, float], data: Dataset, other: Dataset) -> bool:
    here, there = data.classes[data.labels[pair[0]]], other.classes[other.labels[pair[1]]]
    return bool(here == there)


def _doubts(found: Exploration) -> list[dict[str, Any]]:
    """The labels that are likeliest wrong, each with its image."""
    if found.label_errors is None:
        return []
    rows = found.label_errors.to_json(found.dataset)["found"][:_SHOWN_ERRORS]
    return [row | {"image": data_uri(picture(found.dataset.images[row["row"]]))} for row in rows]
