"""Holding images out: every class gives its share."""

import numpy as np
from numpy.typing import NDArray

from tenfold.data.catalog import Split
from tenfold.errors import UsageError

Indices = NDArray[np.int64]

HELD_OUT = 0.2
"""The share of every class that is the test split of data that come without one."""


def stratified_split(labels: NDArray[np.integer], share: float, seed: int) -> tuple[Indices, Indices]:
    """The rows kept and the rows held out, each sorted: a fixed seed gives a fixed split.

    labels [n]; share in [0, 1) of each class is held out, to the nearest image. A class with two images or
    more has at least one on either side, unless share is 0; a class with one image keeps it.
    Raises UsageError where share is out of range.
    """
    if not 0 <= share < 1:
        raise UsageError(f"the share held out must be at least 0 and below 1, not {share:g}")
    random = np.random.default_rng(seed)
    held_out = np.zeros(len(labels), bool)
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        count = int(len(rows) * share + 0.5)
        if share > 0:
            count = min(max(count, 1), len(rows) - 1)
        held_out[random.permutation(rows)[:count]] = True
    return np.flatnonzero(~held_out), np.flatnonzero(held_out)


def split_by_original(originals: NDArray[np.integer], share: float, seed: int) -> tuple[Indices, Indices]:
    """The rows kept and the rows held out, each sorted, where several images may come from one original.

    originals [n]: each image's, or -1 for an image of its own. Whole originals are held out, a share of them and of the
    images of their own. Raises UsageError where share is out of range.
    """
    if not 0 <= share < 1:
        raise UsageError(f"the share held out must be at least 0 and below 1, not {share:g}")
    random = np.random.default_rng(seed)
    numbers = np.unique(originals[originals >= 0])
    chosen = random.permutation(numbers)[: round(share * len(numbers))]
    held_out = np.isin(originals, chosen) | ((originals < 0) & (random.random(len(originals)) < share))
    return np.flatnonzero(~held_out), np.flatnonzero(held_out)


def stratified_sample(labels: NDArray[np.integer], n: int, seed: int) -> Indices:
    """n rows, sorted, or all where there are fewer: a fixed seed gives a fixed sample.

    labels [rows]. Every class gives its share, rounded down; what is then missing of n comes one image each from the
    classes whose shares lost most to that. Raises UsageError where n is negative.
    """
    if n < 0:
        raise UsageError(f"a sample must have at least 0 images, not {n}")
    if n >= len(labels):
        return np.arange(len(labels))
    random = np.random.default_rng(seed)
    classes, sizes = np.unique(labels, return_counts=True)
    counts, lost = np.divmod(sizes * n, len(labels))
    counts[np.argsort(-lost, kind="stable")[: n - counts.sum()]] += 1
    chosen = [
        random.permutation(np.flatnonzero(labels == label))[:count]
        for label, count in zip(classes, counts, strict=True)
    ]
    return np.sort(np.concatenate(chosen))


def rows_of(split: Split, labels: NDArray[np.integer]) -> Indices:
    """The rows that are a split of data that come without one: always the same."""
    kept, held_out = stratified_split(labels, HELD_OUT, seed=0)
    return kept if split == "train" else held_out


def note_of(name: str, split: Split, rows: int, total: int) -> str:
    """What is to be said of rows_of's choice."""
    other = "test" if split == "train" else "train"
    return (
        f"{name} comes without a test split: {rows:,} of its {total:,} images, chosen once and for all, are taken as "
        f"{split}, the others as {other}"
    )
