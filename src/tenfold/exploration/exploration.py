"""What is in a dataset, looked at before there is a model: classes, pixels, strokes, copies, doubtful labels."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenfold.data import CATALOG, Dataset, Split, load_dataset
from tenfold.errors import TenfoldError
from tenfold.exploration.at_hand import split_at_hand
from tenfold.exploration.duplicates import Duplicates, find_duplicates
from tenfold.exploration.handwriting import MEASURES, Handwriting, measure_handwriting
from tenfold.exploration.label_errors import LabelErrors, find_label_errors
from tenfold.exploration.projection import Projection, project


@dataclass(frozen=True)
class ClassSummary:
    """One class: its images, their share of the split, and the mean ink of an image, 0 to 1."""

    name: str
    count: int
    share: float
    ink: float


@dataclass(frozen=True)
class Exploration:
    """One split of a dataset, described.

    pixel_counts: how many pixels have each value from 0 to 255; mean and deviation: of all pixels, 0 to 1, which
    is what many models' inputs are normalised with; blank: images without any ink; label_errors: None where a class has
    too few images to be judged; other: the split that copies were looked for in, too, None where none was at hand;
    page: None where none was asked for.
    """

    dataset: Dataset
    classes: tuple[ClassSummary, ...]
    pixel_counts: NDArray[np.int64] = field(repr=False)
    mean: float
    deviation: float
    blank: int
    handwriting: Handwriting
    projection: Projection
    duplicates: Duplicates
    label_errors: LabelErrors | None
    other: Dataset | None = field(default=None, repr=False)
    page: Path | None = None

    def to_json(self) -> dict[str, Any]:
        """The numbers as plain lists, numbers and strings."""
        dataset, pixels = self.dataset, int(self.pixel_counts.sum())
        return {
            "dataset": {"name": dataset.name, "split": dataset.split, "sha256": dataset.sha256, "n": len(dataset)},
            "classes": [
                {"class": row.name} | {k: v for k, v in asdict(row).items() if k != "name"} for row in self.classes
            ],
            "pixels": {
                "mean": self.mean,
                "deviation": self.deviation,
                "zero_share": int(self.pixel_counts[0]) / max(1, pixels),
                "counts": self.pixel_counts.tolist(),
            },
            "blank": self.blank,
            "handwriting": {name: self._measure(name) for name in MEASURES},
            "projection": {"explained": list(self.projection.explained)},
            "duplicates": self.duplicates.to_json(),
            "label_errors": self.label_errors.to_json(dataset) if self.label_errors else None,
            "page": str(self.page) if self.page else None,
        }

    def _measure(self, name: str) -> dict[str, Any]:
        """Median and quartiles of a measure, of all images and of each class."""
        values, labels = getattr(self.handwriting, name), self.dataset.labels
        rows = enumerate(self.dataset.classes)
        by_class = [{"class": one} | _quartiles(values[labels == label]) for label, one in rows]
        return _quartiles(values) | {"by_class": by_class}


def explore(dataset: str | Path | Dataset, *, split: str = "train", data_dir: str | Path | None = None) -> Exploration:
    """Look at a split of a dataset, given as such, by name or by path.

    Raises TenfoldError where the data cannot be had or hold no images.
    """
    data = dataset if isinstance(dataset, Dataset) else _load(dataset, split, data_dir)
    if len(data) == 0:
        raise TenfoldError(f"{data.name}: the {data.split} split holds no images to look at")
    other_split: Split = "test" if data.split == "train" else "train"
    return _look(data, None if isinstance(dataset, Dataset) else split_at_hand(dataset, other_split, data_dir))


def _look(data: Dataset, other: Dataset | None) -> Exploration:
    counts = np.bincount(data.images.reshape(-1), minlength=256).astype(np.int64)
    values = np.arange(256) / 255
    mean = float(counts @ values / counts.sum())
    # The two that take long, side by side: most of their time numpy and OpenCV leave Python free.
    with ThreadPoolExecutor(2) as threads:
        label_errors = threads.submit(find_label_errors, data)
        duplicates = threads.submit(find_duplicates, data, other)
        handwriting, projection = measure_handwriting(data.images), project(data.images)
        return Exploration(
            dataset=data,
            classes=_summarise_classes(data, handwriting.ink),
            pixel_counts=counts,
            mean=mean,
            deviation=float(np.sqrt(counts @ (values - mean) ** 2 / counts.sum())),
            blank=int((handwriting.ink == 0).sum()),
            handwriting=handwriting,
            projection=projection,
            duplicates=duplicates.result(),
            label_errors=label_errors.result(),
            other=other,
        )


def _load(name: str | Path, split: str, data_dir: str | Path | None) -> Dataset:
    try:
        return load_dataset(name, split, data_dir=data_dir)
    except TenfoldError as error:
        if split != "train" or str(name) not in CATALOG or split_at_hand(name, "test", data_dir) is None:
            raise
        raise type(error)(f"{error}; to look at the test split: --split test") from None


def _summarise_classes(data: Dataset, ink: NDArray[np.floating]) -> tuple[ClassSummary, ...]:
    counts = np.bincount(data.labels, minlength=len(data.classes))
    totals: Sequence[float] = np.bincount(data.labels, weights=ink, minlength=len(data.classes)).tolist()
    return tuple(
        ClassSummary(name, int(n), int(n) / len(data), total / max(1, int(n)))
        for name, n, total in zip(data.classes, counts, totals, strict=True)
    )


def _quartiles(values: NDArray[np.floating]) -> dict[str, Any]:
    """Of values that may be nan; None where all are."""
    known = values[~np.isnan(values)]
    if len(known) == 0:
        return {"median": None, "quartiles": None}
    low, middle, high = (float(value) for value in np.percentile(known, [25, 50, 75]))
    return {"median": middle, "quartiles": [low, high]}
