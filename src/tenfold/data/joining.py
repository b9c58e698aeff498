"""Several datasets' training images as one dataset."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tenfold.data.dataset import Dataset, Labels
from tenfold.data.load import load_dataset
from tenfold.errors import UsageError


def load_training_parts(names: Sequence[str], data_dir: str | Path | None = None) -> tuple[Dataset, ...]:
    """The training images of each dataset named, ready to `join`.

    Raises as `load_dataset` does, and UsageError where their classes differ or one holds another's images.
    """
    parts = tuple(load_dataset(name, "train", data_dir=data_dir) for name in names)
    _check(parts)
    return parts


def join(parts: Sequence[Dataset]) -> Dataset:
    """The parts' images one after the other, called 'strokes + mnist-5k'; one part alone is itself.

    The result's sources say which part an image is of; its originals are numbered apart. Parts have the same classes.
    """
    if len(parts) == 1:
        return parts[0]
    return Dataset(
        " + ".join(part.name for part in parts),
        parts[0].split,
        np.concatenate([part.images for part in parts]),
        np.concatenate([part.labels for part in parts]),
        parts[0].classes,
        originals=_originals(parts),
        sources=np.repeat(np.arange(len(parts)), [len(part) for part in parts]),
    )


def _check(parts: Sequence[Dataset]) -> None:
    first = parts[0]
    for place, part in enumerate(parts):
        if part.classes != first.classes:
            raise UsageError(
                f"data.also: {part.name} has other classes ({_some(part.classes)}) than {first.name} "
                f"({_some(first.classes)}): name datasets of the same classes, in the same order"
            )
        for other in (*parts[:place], *parts[place + 1 :]):
            # Held out for validation in one of them, an image would be trained on in the other.
            if other.sha256 == part.sha256:
                raise UsageError(f"data.also: {part.name}'s images are there twice: name each dataset once")
            if other.sha256 == part.part_of:
                raise UsageError(f"data.also: {part.name}'s images are all in {other.name}: name one of the two")


def _originals(parts: Sequence[Dataset]) -> Labels | None:
    if all(part.originals is None for part in parts):
        return None
    found, first = [], 0
    for part in parts:
        own = np.full(len(part), -1) if part.originals is None else part.originals
        found.append(np.where(own < 0, -1, own + first))
        first += int(own.max(initial=-1)) + 1
    return np.concatenate(found)


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:10]) + (", ..." if len(names) > 10 else "")
