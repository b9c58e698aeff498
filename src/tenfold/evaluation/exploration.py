"""What is in a dataset, looked at before there is a model: classes, pixels, and images that are there twice."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenfold.data import CATALOG, Dataset, Split, load_dataset
from tenfold.data.inventory import locate, user_path
from tenfold.errors import TenfoldError
from tenfold.evaluation.explore_page import write_page
from tenfold.evaluation.page import need_report_extra


@dataclass(frozen=True)
class ClassSummary:
    """One class: its images, their share of the split, and the mean ink of an image, 0 to 1."""

    name: str
    count: int
    share: float
    ink: float


@dataclass(frozen=True)
class Duplicates:
    """Images that are the same in every pixel.

    groups: rows of the split that hold one image, the first row first; conflicts: how many of those groups carry
    more than one label; compared_with: the other split, or None where there is none at hand; shared: pairs of a
    row here and a row there that hold one image.
    """

    groups: tuple[tuple[int, ...], ...]
    conflicts: int
    compared_with: str | None
    shared: tuple[tuple[int, int], ...]

    @property
    def surplus(self) -> int:
        """How many images the split would lose if each were kept once."""
        return sum(len(group) - 1 for group in self.groups)


@dataclass(frozen=True)
class Exploration:
    """One split of a dataset, described.

    pixel_counts: how many pixels have each value from 0 to 255; mean and deviation: of all pixels, 0 to 1, which
    is what many models' inputs are normalised with; blank: images without any ink; page: None where none was asked
    for.
    """

    dataset: Dataset
    classes: tuple[ClassSummary, ...]
    pixel_counts: NDArray[np.int64] = field(repr=False)
    mean: float
    deviation: float
    blank: int
    duplicates: Duplicates
    page: Path | None

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
            "duplicates": {
                "surplus": self.duplicates.surplus,
                "groups": [list(group) for group in self.duplicates.groups],
                "conflicts": self.duplicates.conflicts,
                "compared_with": self.duplicates.compared_with,
                "shared": [list(pair) for pair in self.duplicates.shared],
            },
            "page": str(self.page) if self.page else None,
        }


def explore(
    dataset: str | Path | Dataset,
    *,
    split: str = "train",
    data_dir: str | Path | None = None,
    out: str | Path | None = None,
) -> Exploration:
    """Look at a split of a dataset, given as such, by name or by path.

    out: the folder that gets index.html and its figures as PNG; None writes none. Raises TenfoldError where the
    data cannot be had or hold no images, or where out is given and cannot be written or the 'report' extra is
    missing.
    """
    if out is not None:
        need_report_extra("the page of `tenfold explore`")
    data = dataset if isinstance(dataset, Dataset) else _load(dataset, split, data_dir)
    if len(data) == 0:
        raise TenfoldError(f"{data.name}: the {data.split} split holds no images to look at")
    other_split: Split = "test" if data.split == "train" else "train"
    # Nobody asked for the other split: it is worth a look, not a download.
    other = None if isinstance(dataset, Dataset) else _at_hand(dataset, other_split, data_dir)
    ink = data.images.reshape(len(data), -1).mean(axis=1) / 255
    counts = np.bincount(data.images.reshape(-1), minlength=256).astype(np.int64)
    values = np.arange(256) / 255
    mean = float(counts @ values / counts.sum())
    found = Exploration(
        dataset=data,
        classes=_summarise_classes(data, ink),
        pixel_counts=counts,
        mean=mean,
        deviation=float(np.sqrt(counts @ (values - mean) ** 2 / counts.sum())),
        blank=int((ink == 0).sum()),
        duplicates=find_duplicates(data, other),
        page=Path(out) / "index.html" if out is not None else None,
    )
    if found.page is not None:
        write_page(found.to_json(), data, found.page)
    return found


def page_folder(dataset: str | Path, split: str) -> Path:
    """Where a dataset's page lies unless it is told otherwise: explore/mnist, explore/mnist-test."""
    path = user_path(dataset).resolve()
    name = path.name if path.is_dir() else path.stem
    return Path("explore", name if split == "train" else f"{name}-{split}")


def find_duplicates(data: Dataset, other: Dataset | None = None) -> Duplicates:
    """The images that are in data more than once, or both in data and in other, equal in every pixel."""
    rows = _rows_by_image(data)
    groups = tuple(tuple(group) for group in rows.values() if len(group) > 1)
    conflicts = sum(len(set(data.labels[list(group)].tolist())) > 1 for group in groups)
    elsewhere = _rows_by_image(other) if other else {}
    shared = sorted(
        (row, there) for image in rows.keys() & elsewhere.keys() for row in rows[image] for there in elsewhere[image]
    )
    return Duplicates(groups, conflicts, other.split if other else None, tuple(shared))


def _rows_by_image(data: Dataset) -> dict[bytes, list[int]]:
    flat = np.ascontiguousarray(data.images).reshape(len(data), -1)
    rows: dict[bytes, list[int]] = defaultdict(list)
    for row, image in enumerate(flat.view(f"V{flat.shape[1]}").ravel().tolist()):
        rows[image].append(row)
    return rows


def _load(name: str | Path, split: str, data_dir: str | Path | None) -> Dataset:
    try:
        return load_dataset(name, split, data_dir=data_dir)
    except TenfoldError as error:
        if split != "train" or str(name) not in CATALOG or _at_hand(name, "test", data_dir) is None:
            raise
        raise type(error)(f"{error}; to look at the test split: --split test") from None


def _at_hand(name: str | Path, split: Split, data_dir: str | Path | None) -> Dataset | None:
    """A split that can be had without a download; None where there is none, or it is drawn afresh each time."""
    entry = CATALOG.get(str(name))
    try:
        if entry is not None and (entry.form == "generated" or locate(entry, split, data_dir).missing):
            return None
        return load_dataset(name, split, data_dir=data_dir)
    except TenfoldError:
        return None


def _summarise_classes(data: Dataset, ink: NDArray[np.floating]) -> tuple[ClassSummary, ...]:
    counts = np.bincount(data.labels, minlength=len(data.classes))
    totals: Sequence[float] = np.bincount(data.labels, weights=ink, minlength=len(data.classes)).tolist()
    return tuple(
        ClassSummary(name, int(n), int(n) / len(data), total / max(1, int(n)))
        for name, n, total in zip(data.classes, counts, totals, strict=True)
    )
