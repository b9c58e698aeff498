"""Training images that look alike to the model: nearest in what it makes of an image just before it decides.

Looking through a training set takes seconds, so a model's index (a sample of the images and the model's features of
them) is kept in the user's cache, for data that do not change: those of the catalogue.
"""

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenfold.data import CATALOG, Dataset, load_dataset, stratified_sample
from tenfold.data.inventory import cache_folder, locate
from tenfold.data.tables import read_npz
from tenfold.errors import TenfoldError
from tenfold.explanation.contrast import Views
from tenfold.files import write_atomically
from tenfold.inference.graph import OnnxGraph
from tenfold.run import Run

LOOKED_AT = 6000
"""Training images in an index, chosen class by class: a few seconds' work for a large model, once."""

_KEPT = 8
"""Indices in the cache; the oldest makes room."""

_VERSION = 1


@dataclass(frozen=True)
class Neighbour:
    """A training image, its row in its dataset, its label's name, and how alike it is: cosine, 1 for the same."""

    view: Views = field(repr=False)
    row: int
    label: str
    similarity: float


@dataclass(frozen=True)
class Neighbours:
    """The nearest training images, the nearest first.

    data: their dataset; looked_at: among how many of its images they are the nearest; space: "features" (what the last
    matrix product takes) or, of a model without one, "pixels".
    """

    nearest: tuple[Neighbour, ...]
    data: str
    looked_at: int
    space: str


@dataclass(frozen=True, eq=False)
class _Index:
    """Images [n, 28, 28], labels and rows [n], features [n, d] as unit vectors, in half precision."""

    images: Views
    labels: NDArray[np.int64]
    rows: NDArray[np.int64]
    features: NDArray[np.float16]


def find_neighbours(
    graph: OnnxGraph,
    view: Views,
    data: str,
    *,
    count: int = 6,
    data_dir: str | Path | None = None,
    say: Callable[[str], Any] | None = None,
) -> Neighbours:
    """The nearest of a dataset's training images to a view uint8 [28, 28].

    data: the dataset by name or path. say gets a line where all must be looked at first. Raises TenfoldError where the
    data are not at hand: nothing is downloaded for this.
    """
    index, classes = _index(graph, data, data_dir, say)
    own = _features(graph, view[None])[0].astype(np.float32)
    similarity = index.features.astype(np.float32) @ own
    nearest = np.argsort(-similarity, kind="stable")[:count]
    found = (
        Neighbour(index.images[i], int(index.rows[i]), classes[index.labels[i]], float(min(1, similarity[i])))
        for i in nearest
    )
    return Neighbours(tuple(found), data, len(index.rows), "features" if graph.features else "pixels")


def training_data(run: Run | None, data_dir: str | Path | None = None) -> str:
    """Which dataset a model's neighbours are looked for in: a run's own, where it is at hand as a whole; MNIST, which
    most of the shipped reader's digits come from, for a model that is no run. Raises TenfoldError where it is not here.
    """
    name = str(run.recipe.get("data", {}).get("name", "mnist")) if run is not None else "mnist"
    name = "mnist" if name == "pictures" else name  # made of MNIST's digits; to make it anew would take minutes
    entry = CATALOG.get(name)
    if entry is not None and entry.form != "generated" and locate(entry, "train", data_dir).missing:
        raise TenfoldError(f"{name} is not here: tenfold data fetch {name}")
    return name


def _index(
    graph: OnnxGraph, data: str, data_dir: str | Path | None, say: Callable[[str], Any] | None
) -> tuple[_Index, tuple[str, ...]]:
    """A model's index of a dataset, from the cache where it is there; and the names of the labels."""
    entry = CATALOG.get(data)
    path = _path(graph, data) if entry is not None else None
    if entry is not None and path is not None and (kept := _read(path)) is not None:
        return kept, entry.classes
    if say is not None:
        say(f"looking at the training images of {data}, once for this model")
    dataset = load_dataset(data, "train", data_dir=data_dir)
    made = _make(graph, dataset)
    if path is not None:
        _write(path, made)
    return made, dataset.classes


def _make(graph: OnnxGraph, dataset: Dataset) -> _Index:
    rows = stratified_sample(dataset.labels, LOOKED_AT, seed=0)
    images = dataset.images[rows]
    return _Index(images, dataset.labels[rows], rows, _features(graph, images))


def _features(graph: OnnxGraph, views: Views) -> NDArray[np.float16]:
    """Unit vectors [n, d] of views: half the bytes in the cache, and their products the same to three digits."""
    return graph.unit_features(views).astype(np.float16)


def _path(graph: OnnxGraph, data: str) -> Path:
    digest = hashlib.sha256(graph.content).hexdigest()[:16]
    return cache_folder() / "neighbours" / f"{_VERSION}-{data}-{LOOKED_AT}-{digest}.npz"


def _read(path: Path) -> _Index | None:
    """An index from the cache; None where there is none, or it is damaged."""
    if not path.is_file():
        return None
    try:
        kept = read_npz(path)
        return _Index(kept["images"], kept["labels"], kept["rows"], kept["features"])  # type: ignore[arg-type]
    except (TenfoldError, KeyError):
        return None


def _write(path: Path, index: _Index) -> None:
    """Into the cache. One that cannot be written to costs time, no answer."""
    content = io.BytesIO()
    np.savez(content, images=index.images, labels=index.labels, rows=index.rows, features=index.features)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, content.getvalue())
        for old in sorted(path.parent.glob("*.npz"), key=lambda one: one.stat().st_mtime)[:-_KEPT]:
            old.unlink()
    except OSError:
        return
