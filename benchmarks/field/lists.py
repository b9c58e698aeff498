"""The lists of a field folder: which pictures there are, what they show, and which of them a person may look at."""

import csv
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tenfold.errors import TenfoldError

CHEQUES = "w021"
"""The collection of cheque amounts, which has a goal of its own."""

_DIVIDED = {"w020", "w021", "w126", "w127"}
"""Collections so large that one of them would be most of a half: their pictures are divided one by one."""

NAMES = ("singles", "strings", "letters", "pages", "cases")
"""The lists, each <name>.csv."""

_OF_KINDS = {"pages", "cases"}
"""Lists whose collections are kinds of pictures, not writers: either half has pictures of each."""


@dataclass(frozen=True)
class Labelled:
    """One picture of a list. A label's "/" is a line break; collection and polarity are "" where nothing is known."""

    path: Path
    label: str
    kind: str
    polarity: str
    collection: str
    looked_at: bool


@dataclass(frozen=True)
class Lists:
    """Lists of pictures; any of them may be empty.

    singles: one digit each; strings: numbers, maybe of several lines; letters: what is no digit at all; pages: whole
    pages of tables; cases: small pictures of one difficulty each, which the collection names.
    """

    singles: tuple[Labelled, ...] = ()
    strings: tuple[Labelled, ...] = ()
    letters: tuple[Labelled, ...] = ()
    pages: tuple[Labelled, ...] = ()
    cases: tuple[Labelled, ...] = ()


def read_lists(folder: Path) -> Lists:
    """The pictures of a folder with any of singles.csv, strings.csv and so on, else of its labels.csv.

    In labels.csv one digit is a single, several are a string, and every other label is to be rejected. Pictures that
    a list calls ambiguous are left out. Raises TenfoldError where the folder has no list, or a list no file or label.
    """
    paths = {name: folder / f"{name}.csv" for name in NAMES}
    if any(path.is_file() for path in paths.values()):
        return Lists(**{name: _read(path) if path.is_file() else () for name, path in paths.items()})
    if not (folder / "labels.csv").is_file():
        raise TenfoldError(f"{folder}: has none of {', '.join(f'{name}.csv' for name in NAMES)} and labels.csv")
    found = _read(folder / "labels.csv")
    digits = [picture for picture in found if digits_of(picture.label).isdigit()]
    return Lists(
        singles=tuple(picture for picture in digits if len(digits_of(picture.label)) == 1),
        strings=tuple(picture for picture in digits if len(digits_of(picture.label)) > 1),
        letters=tuple(picture for picture in found if picture not in digits),
    )


def digits_of(label: str) -> str:
    """A label without its line breaks and gaps."""
    return label.replace("/", "").replace(" ", "")


def digits_in(text: str) -> str:
    """The digits 0 to 9 of a text, whatever stands between them."""
    return "".join(character for character in text if character in "0123456789")


def is_looked_at(file: str, collection: str | None) -> bool:
    """Whether a picture lies in the half whose mistakes may be seen; those of the other half are only counted.

    By collection, so that nobody's hand is in both halves; by file where a collection is large or not known.
    """
    key = file if collection is None or collection in _DIVIDED else collection
    return zlib.crc32(key.encode()) % 2 == 0


HALVES: dict[str, Callable[[Labelled], bool]] = {
    "all": lambda picture: True,
    "looked_at": lambda picture: picture.looked_at,
    "only_scored": lambda picture: not picture.looked_at,
}


def by_half(measure: Callable[..., Any], *lists: Iterable[Any]) -> dict[str, Any]:
    """measure(*lists) of all cases and of either half of them; a case has its picture as .picture."""
    return {
        half: measure(*([case for case in cases if belongs(case.picture)] for cases in lists))
        for half, belongs in HALVES.items()
    }


def _read(path: Path) -> tuple[Labelled, ...]:
    with path.open(encoding="utf-8", newline="") as file:
        table = csv.DictReader(file)
        if not {"file", "label"} <= set(table.fieldnames or ()):
            raise TenfoldError(f"{path}: needs the columns file and label")
        by_collection = path.stem not in _OF_KINDS
        return tuple(_labelled(path.parent, row, by_collection) for row in table if row.get("ambiguous") != "1")


def _labelled(folder: Path, row: dict[str, str], by_collection: bool) -> Labelled:
    collection = row.get("collection")
    return Labelled(
        path=folder / row["file"],
        label=row["label"],
        kind=row.get("kind") or "picture",
        polarity=row.get("polarity") or "",
        collection=collection or "",
        looked_at=is_looked_at(row["file"], collection if by_collection else None),
    )
