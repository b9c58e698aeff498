"""What names stand for which pictures: files, folders, globs, standard input."""

import glob
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tenfold.errors import TenfoldError
from tenfold.reading.formats import MAX_BYTES, SUFFIXES

STANDARD_INPUT = "-"


@dataclass(frozen=True)
class Failure:
    """A picture that could not be read, or a name without pictures, and why: one line."""

    source: str
    error: str

    @classmethod
    def because(cls, source: str, error: TenfoldError) -> "Failure":
        """Of a picture whose reading raised an error: without the name that the source says already."""
        return cls(source, str(error).removeprefix(f"{source}: ").removeprefix("picture: "))

    def to_json(self) -> dict[str, str]:
        """As in the output of `tenfold read --json`."""
        return {"source": self.source, "error": self.error}


def find_pictures(names: Iterable[str]) -> Iterator[str | Failure]:
    """The pictures that names stand for, in their order, found as they are asked for.

    names: '-' and files as they are; a folder for the pictures below it, by the usual suffixes and in order of their
    names, hidden ones left out; a glob such as 'scans/**/*.png' for what it matches. What exists is never taken for a
    glob. A name that stands for nothing is a Failure.
    """
    for name in names:
        if name != STANDARD_INPUT and os.path.isdir(name):
            yield from _or_failure(name, _below(name), "holds no pictures")
        elif name != STANDARD_INPUT and glob.has_magic(name) and not os.path.lexists(name):
            yield from _or_failure(name, _matching(name), "matches no pictures")
        else:
            yield name


def standard_input() -> bytes | Failure:
    """What is piped in, up to a byte more than a picture may have."""
    if sys.stdin is None:  # as after <&-
        return Failure(STANDARD_INPUT, "standard input is closed: give a picture's name, or pipe a picture in")
    return sys.stdin.buffer.read(MAX_BYTES + 1)


def _or_failure(name: str, pictures: Iterator[str | Failure], none: str) -> Iterator[str | Failure]:
    found = None
    for found in pictures:
        yield found
    if found is None:
        yield Failure(name, none)


def _below(folder: str) -> Iterator[str | Failure]:
    """The pictures below a folder. Links to folders are not followed: they may lead back up."""
    try:
        with os.scandir(folder) as entries:
            listed = sorted((e.name, e.is_dir(follow_symlinks=False)) for e in entries if not e.name.startswith("."))
    except OSError as error:
        yield Failure(folder, f"cannot be opened: {error.strerror}")
        return
    for name, is_folder in listed:
        path = os.path.join(folder, name)
        if is_folder:
            yield from _below(path)
        elif _is_picture(path):
            yield path


def _matching(pattern: str) -> Iterator[str | Failure]:
    """The files that a glob matches, and the pictures below the folders that it matches, as a shell's would be."""
    suffix = os.path.splitext(pattern)[1]
    any_file = bool(suffix) and not glob.has_magic(suffix)  # *.dat means what it says, * only what may be pictures
    places: dict[str, str] = {}
    for path in sorted(glob.iglob(pattern, recursive=True), key=len):  # ** goes in circles where a link leads back up
        folder, name = os.path.split(path)
        places.setdefault(os.path.join(os.path.realpath(folder), name), path)
    for path in sorted(places.values()):
        if os.path.isdir(path):
            if "**" not in pattern:  # which matches what is in the folder too
                yield from _below(path)
        elif any_file or _is_picture(path):
            yield path


def _is_picture(path: str) -> bool:
    return os.path.splitext(path)[1].lower() in SUFFIXES and os.path.isfile(path)
