"""What the whole project trains on and is scored on: named images and labels."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tenfold.errors import TenfoldError
from tenfold.inference.classifier import NOT_A_DIGIT

Images = NDArray[np.uint8]
Labels = NDArray[np.int64]

DIGITS = tuple("0123456789")
DIGITS_AND_NONE = (*DIGITS, NOT_A_DIGIT)
HIRAGANA = ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo")


def written_class(classes: Sequence[str]) -> str | None:
    """The first class that is a sign of some writing, which mirrored is another sign; None where all are things.

    A sign is what one character names, the digit models' "none", and KMNIST's hiragana.
    """
    return next((name for name in classes if len(name) == 1 or name in (NOT_A_DIGIT, *HIRAGANA)), None)


@dataclass(frozen=True)
class Dataset:
    """Named images and labels of one split.

    images: uint8 [n, 28, 28], light ink on black; labels: int64 [n], indices into classes. originals: int64 [n], where
    several images come from one original: its number, or -1 for an image of its own; they are held out together.
    sources: int64 [n], where several datasets were joined: the place of the image's own among them.
    note: how the split was made, where the data come without one. part_of: the SHA-256 of a dataset that holds all of
    these images; "" where none is known.
    Raises TenfoldError where the arrays do not fit each other.
    """

    name: str
    split: str
    images: Images = field(repr=False)
    labels: Labels = field(repr=False)
    classes: tuple[str, ...] = DIGITS
    originals: Labels | None = field(default=None, repr=False)
    sources: Labels | None = field(default=None, repr=False)
    note: str = field(default="", repr=False)
    part_of: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if self.images.ndim != 3 or self.images.shape[1:] != (28, 28) or self.images.dtype != np.uint8:
            raise TenfoldError(
                f"{self.name}: images must be uint8 [n, 28, 28], not {self.images.dtype} {list(self.images.shape)}"
            )
        if self.labels.shape != (len(self.images),) or self.labels.dtype != np.int64:
            raise TenfoldError(f"{self.name}: {len(self.images)} images but {len(self.labels)} labels")
        if len(self.labels) and not 0 <= self.labels.min() <= self.labels.max() < len(self.classes):
            raise TenfoldError(
                f"{self.name}: labels run from {self.labels.min()} to {self.labels.max()}, "
                f"but there are {len(self.classes)} classes"
            )

    def __len__(self) -> int:
        return len(self.images)

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of images, labels and class names: two datasets with one hash train the same model.

        Digits are named by their labels, so they add no names: MNIST's hash is that of its bytes.
        """
        digest = hashlib.sha256(np.ascontiguousarray(self.images).data)
        digest.update(np.ascontiguousarray(self.labels).data)
        if self.classes != DIGITS:
            digest.update(repr(self.classes).encode())
        return digest.hexdigest()

    @property
    def strata(self) -> Labels:
        """Groups within which images are held out and sampled, int64 [n]: the classes, of each joined dataset apart."""
        return self.labels if self.sources is None else self.labels + len(self.classes) * self.sources

    def take(self, indices: NDArray[np.integer]) -> "Dataset":
        """The rows at indices [k], in that order."""
        originals = None if self.originals is None else self.originals[indices]
        sources = None if self.sources is None else self.sources[indices]
        images, labels = self.images[indices], self.labels[indices]
        return replace(self, images=images, labels=labels, originals=originals, sources=sources)
