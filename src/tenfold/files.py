"""Files that people and later commands rely on: read with one line for what is damaged, written whole or not at all."""

import csv
import json
import os
import uuid
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from tenfold.errors import TenfoldError, cannot_write

_TABLES = {".toml": ("data", "model_options"), ".json": ("data", "dataset", "training")}
"""Keys that hold tables, in the files of a run that end so."""


class _MissingError(TenfoldError, KeyError):
    """A key that a file of a run lacks. A KeyError too: templates take it for an entry that is not shown."""

    __str__ = Exception.__str__


class _Table(dict[str, Any]):
    """A table in a file of a run: what it lacks is the file's damage, not the reader's mistake."""

    def __init__(self, path: Path, values: dict[str, Any]) -> None:
        super().__init__({key: _Table(path, one) if isinstance(one, dict) else one for key, one in values.items()})
        self.path = path

    def __missing__(self, key: str) -> Any:
        raise _MissingError(f"{self.path}: damaged ('{key}' is missing)")


def checked_table(path: Path, found: Any) -> _Table:
    """What a file holds, as a table. Raises TypeError where it, or what should be a table in it, is none."""
    if not isinstance(found, dict):
        raise TypeError("no table")
    other = next((key for key in _TABLES.get(path.suffix, ()) if not isinstance(found.get(key, {}), dict)), None)
    if other is not None:
        raise TypeError(f"{other} is no table")
    return _Table(path, found)


@contextmanager
def readable(path: Path) -> Generator[str, None, None]:
    """A file's text; what goes wrong in reading it becomes the line that names the file."""
    try:
        yield path.read_text(encoding="utf-8")
    except (OSError, ValueError, TypeError, AttributeError, RecursionError, csv.Error) as error:
        raise TenfoldError(f"{path}: damaged ({error})") from None


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object from its file. Raises TenfoldError where it is damaged."""
    with readable(path) as text:
        return checked_table(path, json.loads(text))


def write_atomically(path: Path, content: str | bytes) -> None:
    """Write a file so that a reader sees the old content or the new, never a part of it."""
    # Not the process's number: machines that share a folder may both have it.
    partial = path.with_name(f".{path.name}.{uuid.uuid4().hex}.partial")
    try:
        with partial.open("wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        error.filename = str(path)  # a full disk names none, and nobody looks for the partial one
        raise
    finally:
        partial.unlink(missing_ok=True)


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Write a JSON object, atomically, for people too: indented, one key a line."""
    write_atomically(path, json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


@contextmanager
def written_to(folder: Path) -> Iterator[None]:
    """Around writing a page into a folder, made where it is missing. Raises TenfoldError where it cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise _no_page(folder, error) from None


def check_writable(folder: str | Path) -> None:
    """Raise as `written_to` does, before the work that a page is about: it may take minutes. Leaves nothing behind."""
    folder = Path(folder)
    there = next((parent for parent in (folder, *folder.absolute().parents) if parent.exists()), folder)
    try:
        with TemporaryFile(dir=there):
            pass
    except OSError as error:
        raise _no_page(folder, error) from None


def _no_page(folder: Path, error: OSError) -> TenfoldError:
    return cannot_write(folder, error, "the page cannot be written there")
