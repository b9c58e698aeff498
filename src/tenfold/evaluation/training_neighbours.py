"""The training images that look most like an image to a model: nearest in what its last layer takes."""

from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenfold.data import Dataset, stratified_sample
from tenfold.exploration.nearest import nearest
from tenfold.inference.graph import OnnxGraph

LOOKED_AT = 20_000
"""Training images, chosen class by class: seconds' work for a large model."""

_BATCH = 2000
"""Images whose features are held at once: a model may have thousands of each."""


@dataclass(frozen=True)
class Neighbour:
    """A training image: its row in the training split, its label, and how alike it is: cosine, 1 for the same."""

    row: int
    label: str
    similarity: float

    def to_json(self) -> dict[str, Any]:
        """Plain numbers and strings."""
        return asdict(self)


@dataclass(frozen=True)
class Neighbours:
    """Of each image the nearest training images, the nearest first.

    data: their dataset; looked_at: among how many of its images they are the nearest; space: "features", what the last
    matrix product takes, or, of a model that has none, "pixels".
    """

    nearest: tuple[tuple[Neighbour, ...], ...] = field(repr=False)
    data: str
    looked_at: int
    space: str

    def to_json(self) -> dict[str, Any]:
        """What they are, without themselves."""
        return {"data": self.data, "looked_at": self.looked_at, "space": self.space}


def find_neighbours(graph: OnnxGraph, images: NDArray[np.uint8], data: Dataset, count: int) -> Neighbours:
    """The nearest of a dataset's images to each image uint8 [n, 28, 28], n at least 1, that is not the image itself.

    graph: the model's. Raises TenfoldError where it cannot be looked into.
    """
    pool = stratified_sample(data.labels, LOOKED_AT, seed=0)
    own = graph.unit_features(images)
    rows, distances = np.zeros((len(images), 0), np.int64), np.zeros((len(images), 0))
    for start in range(0, len(pool), _BATCH):
        batch = pool[start : start + _BATCH]
        # One more than asked for: the nearest may be the image itself.
        places, gaps = nearest(own, graph.unit_features(data.images[batch]), count + 1)
        rows = np.concatenate([rows, batch[places]], axis=1)
        distances = np.concatenate([distances, gaps], axis=1)
        best = np.argsort(distances, axis=1, kind="stable")[:, : count + 1]
        rows, distances = np.take_along_axis(rows, best, axis=1), np.take_along_axis(distances, best, axis=1)
    found = tuple(
        tuple(
            Neighbour(int(row), data.classes[data.labels[row]], 1 - float(gap) ** 2 / 2)
            for row, gap in zip(rows[place], distances[place], strict=True)
            if not np.array_equal(data.images[row], image)
        )[:count]
        for place, image in enumerate(images)
    )
    return Neighbours(found, data.name, len(pool), "features" if graph.features else "pixels")
