"""Images that are in a dataset twice, or in both of its splits: exact copies, and near ones."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenfold.data import Dataset
from tenfold.exploration.nearest import nearest_within

NEAR = 0.99
"""Two images are near copies where the cosine of the angle between them, as vectors of 784 pixels, reaches this.

A copy that was saved as JPEG, made paler or lightly smoothed stays above it. Two digits by different people hardly
ever reach it, straight 1s apart. A copy moved by a whole pixel falls below it and is not found.
"""


@dataclass(frozen=True)
class Duplicates:
    """Images that are the same in every pixel, and images that nearly are.

    groups: rows of the split that hold one image, the first row first; conflicts: how many of those groups carry
    more than one label; compared_with: the other split, or None where there is none at hand; shared: pairs of a
    row here and a row there that hold one image. near, near_shared: a row here, its nearest other image in this or in
    the other split, where that is a near copy and no exact one, and their cosine; the nearest pair first.
    """

    groups: tuple[tuple[int, ...], ...]
    conflicts: int
    compared_with: str | None
    shared: tuple[tuple[int, int], ...]
    near: tuple[tuple[int, int, float], ...] = ()
    near_shared: tuple[tuple[int, int, float], ...] = ()

    @property
    def surplus(self) -> int:
        """How many images the split would lose if each were kept once."""
        return sum(len(group) - 1 for group in self.groups)

    def to_json(self) -> dict[str, Any]:
        """Plain lists and numbers."""
        return {
            "surplus": self.surplus,
            "groups": [list(group) for group in self.groups],
            "conflicts": self.conflicts,
            "compared_with": self.compared_with,
            "shared": [list(pair) for pair in self.shared],
            "near": [list(pair) for pair in self.near],
            "near_shared": [list(pair) for pair in self.near_shared],
        }


def find_duplicates(data: Dataset, other: Dataset | None = None) -> Duplicates:
    """The images that are in data more than once, or both in data and in other: equal in every pixel, or nearly."""
    rows = rows_by_image(data)
    groups = tuple(tuple(group) for group in rows.values() if len(group) > 1)
    conflicts = sum(len(set(data.labels[list(group)].tolist())) > 1 for group in groups)
    elsewhere = rows_by_image(other) if other else {}
    shared = sorted(
        (row, there) for image in rows.keys() & elsewhere.keys() for row in rows[image] for there in elsewhere[image]
    )
    return Duplicates(
        groups,
        conflicts,
        other.split if other else None,
        tuple(shared),
        near=_near(data.images, _firsts(rows)),
        near_shared=_near(data.images, _firsts(rows), other.images, _firsts(elsewhere)) if other else (),
    )


def rows_by_image(data: Dataset) -> dict[bytes, list[int]]:
    """The rows of every image, by its pixels."""
    flat = np.ascontiguousarray(data.images).reshape(len(data), -1)
    rows: dict[bytes, list[int]] = defaultdict(list)
    for row, image in enumerate(flat.view(f"V{flat.shape[1]}").ravel().tolist()):
        rows[image].append(row)
    return rows


def image_groups(data: Dataset) -> NDArray[np.int64]:
    """A number [n] for each image: rows share one where they hold the same image, or come from one original."""
    groups = np.arange(len(data))
    for rows in rows_by_image(data).values():
        groups[rows] = rows[0]
    if data.originals is not None:
        for original in np.unique(data.originals[data.originals >= 0]):
            members = np.isin(groups, groups[data.originals == original])
            groups[members] = groups[members].min()
    return groups


def _firsts(rows: dict[bytes, list[int]]) -> NDArray[np.int64]:
    """One row of each image that has ink: exact copies are known already, and a blank image is near nothing."""
    return np.array([places[0] for image, places in rows.items() if any(image)], np.int64)


def _near(
    images: NDArray[np.uint8],
    rows: NDArray[np.int64],
    others: NDArray[np.uint8] | None = None,
    other_rows: NDArray[np.int64] | None = None,
) -> tuple[tuple[int, int, float], ...]:
    """Each row's nearest other, where it is near enough; of one split, a pair is named once."""
    here = images[rows]
    there, there_rows = (here, rows) if others is None or other_rows is None else (others[other_rows], other_rows)
    found: set[tuple[int, int, float]] = set()
    for a, b, cosine in nearest_within(here, None if others is None else there, NEAR):
        if others is None:
            first, second = sorted((int(rows[a]), int(rows[b])))
            found.add((first, second, round(cosine, 6)))
        elif not np.array_equal(here[a], there[b]):
            found.add((int(rows[a]), int(there_rows[b]), round(cosine, 6)))
    return tuple(sorted(found, key=lambda pair: (-pair[2], pair[:2])))
