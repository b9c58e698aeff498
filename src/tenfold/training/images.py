"""The images of a run: those it trains on, those it holds out, those it is scored on."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenfold.data import (
    CATALOG,
    Dataset,
    join,
    load_dataset,
    load_training_parts,
    split_by_original,
    stratified_sample,
    stratified_split,
    written_class,
)
from tenfold.errors import TenfoldError, UsageError
from tenfold.recipes import Recipe

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class RunImages:
    """The splits of a recipe's datasets; kept and held are the rows of train to train and to validate on.

    parts: the datasets that train is joined from; times: how many times an epoch shows the images of each, by its name.
    """

    times: dict[str, int]
    train: Dataset
    test: Dataset
    kept: Rows
    held: Rows
    parts: tuple[Dataset, ...]

    @classmethod
    def of(cls, recipe: Recipe, data_dir: str | Path | None) -> "RunImages":
        """Loads them. Raises TenfoldError where they cannot be had, or do not fit the recipe."""
        parts = load_training_parts(recipe.data.names, data_dir)
        test = load_dataset(recipe.data.test or recipe.data.name, "test", data_dir=data_dir)
        if len(test) == 0:
            raise TenfoldError(f"{test.name}: its test split holds no images to score: give more, or set data.test")
        train = join(parts)
        _check_flips(recipe, train.classes)
        return cls({recipe.data.name: 1} | recipe.data.also, train, test, *split_indices(train, recipe), parts)

    @property
    def part_hashes(self) -> tuple[str, ...]:
        """The SHA-256 of each of several datasets that were joined, and of those that pictures are drawn from."""
        joined = [part.sha256 for part in self.parts] if len(self.parts) > 1 else []
        sources = [one for part in self.parts if part.name in CATALOG for one in CATALOG[part.name].made_of]
        return (*joined, *sources)

    @property
    def shown(self) -> Rows:
        """The rows that an epoch trains on: kept, some of them several times."""
        if self.train.sources is None:
            return self.kept
        return np.repeat(self.kept, np.array(list(self.times.values()))[self.train.sources[self.kept]])

    def description(self) -> dict[str, Any]:
        """What environment.json says of them: numbers and hashes, and those of each part where there are several."""
        train: dict[str, Any] = {"n": len(self.kept), "sha256": self.train.sha256}
        if self.train.sources is not None:
            kept, held = (np.bincount(self.train.sources[r], minlength=len(self.parts)) for r in (self.kept, self.held))
            train["parts"] = {
                name: {"n": int(n), "times": times, "validation": int(validation), "sha256": part.sha256}
                for (name, times), part, n, validation in zip(self.times.items(), self.parts, kept, held, strict=True)
            }
        return {
            "name": " + ".join(self.times),
            "train": train,
            "validation": {"n": len(self.held)},
            "test": {"name": self.test.name, "n": len(self.test), "sha256": self.test.sha256},
        }


def split_indices(train: Dataset, recipe: Recipe) -> tuple[Rows, Rows]:
    """The rows a recipe trains on and those it validates on, both sorted, fixed by the recipe's seed."""
    rows, strata = np.arange(len(train)), train.strata
    if recipe.data.limit:
        rows = stratified_sample(strata, recipe.data.limit, recipe.seed)
    if recipe.data.validation == 0:
        return rows, rows[:0]
    if train.originals is not None:
        kept, held = split_by_original(train.originals[rows], recipe.data.validation, recipe.seed)
    else:
        kept, held = stratified_split(strata[rows], recipe.data.validation, recipe.seed)
    if len(kept) == 0 or len(held) == 0:
        raise TenfoldError(
            f"{train.name}: too few images ({len(rows)}) to hold out {recipe.data.validation:g} of each class "
            "for validation: give more, or set data.validation = 0"
        )
    return rows[kept], rows[held]


def _check_flips(recipe: Recipe, classes: Sequence[str]) -> None:
    sign = written_class(classes)
    if recipe.augmentation.flip and sign is not None:
        raise UsageError(
            f"augmentation.flip: {recipe.data.name} has the class '{sign}', and a mirrored sign is another one: "
            "--set augmentation.flip=0"
        )
