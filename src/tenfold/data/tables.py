"""Tables of pixels: Kaggle's digit-recogniser CSV, Keras's mnist.npz, and the text that USPS comes in."""

import warnings
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tenfold.data.catalog import Split
from tenfold.data.dataset import DIGITS, Dataset, Labels
from tenfold.data.idx import GZIP, gunzip
from tenfold.data.splits import note_of, rows_of
from tenfold.data.views import as_views
from tenfold.errors import TenfoldError

PIXELS = 28 * 28

MOST_BYTES = 1 << 31
"""An .npz that unpacks to more is not unpacked: this holds 2.7 million images of 28×28."""


def load_csv(path: Path, split: Split) -> Dataset:
    """One split of a CSV file with the columns label, pixel0 ... pixel783, with or without a line of names.

    The same fifth of every class is the test split. Raises TenfoldError where the file is not such a table.
    """
    try:
        with path.open(encoding="utf-8-sig") as file:
            first = file.readline().strip()
        names = not _is_number(first.split(",")[0])
        if names and first.startswith("pixel"):
            raise TenfoldError(f"{path}: no label column, as in Kaggle's test.csv: give the file with labels")
        columns = first.count(",") + 1
        if columns != PIXELS + 1:
            raise TenfoldError(f"{path}: {columns} columns where label and {PIXELS} pixels were expected")
        with warnings.catch_warnings(action="ignore"):  # numpy's warning of a table without rows
            table = np.loadtxt(path, np.float32, delimiter=",", skiprows=int(names), ndmin=2, encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise TenfoldError(f"{path}: {_first_line(error)}") from error
    if table.size == 0:
        raise TenfoldError(f"{path}: no images in it")
    if table.shape[1] != columns:
        raise TenfoldError(f"{path}: rows of {table.shape[1]} numbers below {columns} names")
    return held_out(_checked(path, split, table[:, 1:].reshape(-1, 28, 28), table[:, 0]), split)


def load_unlabelled_csv(path: Path) -> NDArray[np.uint8]:
    """The views [n, 28, 28] of a CSV file with the columns pixel0 ... pixel783, as Kaggle's test.csv.

    Raises TenfoldError where the file is not such a table.
    """
    try:
        content = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
        first, _, rest = content.partition(b"\n")
        columns = first.count(b",") + 1
        if columns != PIXELS:
            raise TenfoldError(
                f"{path}: {columns} columns where {PIXELS} pixels were expected, as in Kaggle's test.csv"
            )
        table = _numbers(rest if b"pixel" in first else content, PIXELS)
    except (OSError, ValueError) as error:
        raise TenfoldError(f"{path}: {_first_line(error)}") from error
    if table.size == 0:
        raise TenfoldError(f"{path}: no images in it")
    return as_views(table.reshape(-1, 28, 28), str(path))


def _numbers(content: bytes, columns: int) -> NDArray[np.float32]:
    """The rows of so many numbers of a table. Raises ValueError, which names the line, where it is none."""
    try:
        # Ten times as fast as loadtxt, but it counts no columns and warns where a word is no number.
        with warnings.catch_warnings(action="error"):
            flat = np.fromstring(content.strip().replace(b"\n", b","), np.float32, sep=",")
        if flat.size == columns * len(content.split()):
            return flat.reshape(-1, columns)
    except (DeprecationWarning, ValueError):
        pass
    with warnings.catch_warnings(action="ignore"):  # numpy's warning of a table without rows
        table = np.loadtxt(BytesIO(content), np.float32, delimiter=",", ndmin=2)
    if table.size and table.shape[1] != columns:
        raise ValueError(f"rows of {table.shape[1]} numbers where {columns} were expected")
    return table


def read_pixel_rows(content: bytes, where: str) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Rows of 784 pixels and a label behind them, without names, gzipped or not: images [n, 28, 28] and labels [n].

    where names the file in errors. Raises TenfoldError where the text is not such a table.
    """
    if content[:2] == GZIP:
        content = gunzip(content, where)
    try:
        table = _numbers(content, PIXELS + 1)
    except ValueError as error:
        raise TenfoldError(f"{where}: {_first_line(error)}") from error
    if table.size == 0:
        raise TenfoldError(f"{where}: no images in it")
    return table[:, :-1].reshape(-1, 28, 28), table[:, -1]


def load_npz(path: Path, split: Split) -> Dataset:
    """One split of a .npz file in the layout of Keras's mnist.npz: x_train, y_train, x_test, y_test.

    Without x_test, and for the two arrays images and labels, the same fifth of every class is the test split. An
    array of text, classes, names the labels, which are digits without it.
    Raises TenfoldError where the file is not such an archive.
    """
    arrays = read_npz(path)
    classes = _class_names(arrays, path)
    if split == "test" and {"x_test", "y_test"} <= arrays.keys():
        return _checked(path, split, arrays["x_test"], arrays["y_test"], classes)
    for images, labels in (("x_train", "y_train"), ("images", "labels")):
        if {images, labels} <= arrays.keys():
            dataset = _checked(path, split, arrays[images], arrays[labels], classes)
            # Pictures without labels are no test split.
            return dataset if {"x_test", "y_test"} <= arrays.keys() else held_out(dataset, split)
    raise TenfoldError(f"{path}: holds {', '.join(arrays) or 'nothing'}, not x_train, y_train, x_test, y_test")


def read_npz(path: Path) -> dict[str, NDArray[np.generic]]:
    """Every array of a .npz file, nothing pickled. Raises TenfoldError where it cannot be read."""
    try:
        # Opened here, because np.load leaves a broken archive open.
        with path.open("rb") as file:
            archive = np.load(file, allow_pickle=False)
            if not isinstance(archive, np.lib.npyio.NpzFile):
                raise ValueError("an array by itself, or text")
            assert archive.zip is not None
            if sum(int(entry.file_size) for entry in archive.zip.infolist()) > MOST_BYTES:
                raise ValueError(f"it unpacks to more than {MOST_BYTES >> 20} MiB")
            arrays = {name: archive[name] for name in archive.files}
        other = next((name for name, array in arrays.items() if not isinstance(array, np.ndarray)), None)
        if other is not None:
            raise ValueError(f"{other} is no array")
        return arrays
    except MemoryError as error:
        raise TenfoldError(
            f"{path}: its header claims more than memory holds, so it is corrupt or too large: replace it"
        ) from error
    except Exception as error:  # numpy reads headers with Python's own parser, which raises whatever it likes
        raise TenfoldError(f"{path}: not a .npz file that can be read ({_first_line(error)})") from error


def read_libsvm(content: bytes, where: str) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """USPS as LIBSVM publishes it: images uint8 [n, 16, 16], labels int64 [n] counted from 0.

    A line is a label from 1 to 10 and 256 pairs index:value with values in [-1, 1], every pair present.
    where names the file in errors. Raises TenfoldError where the text is not that.
    """
    # The indices are always 1 to 256, so the text is a plain table once the colons are blanks.
    try:
        table = np.loadtxt(BytesIO(content.replace(b":", b" ")), np.float32, ndmin=2)
    except ValueError as error:
        raise TenfoldError(f"{where}: {_first_line(error)}") from error
    if table.shape[1] != 513 or np.any(table[:, 1::2] != np.arange(1, 257)):
        raise TenfoldError(f"{where}: not 256 values a line in LIBSVM's format")
    images = np.clip(np.round((table[:, 2::2] + 1) * 127.5), 0, 255).astype(np.uint8).reshape(-1, 16, 16)
    return images, table[:, 0].astype(np.int64) - 1


def checked_labels(labels: NDArray[np.generic], n: int, classes: tuple[str, ...], where: str) -> Labels:
    """Labels [n] as int64, each the index of a class. where names their file. Else TenfoldError."""
    if labels.shape != (n,) or labels.dtype.kind not in "iuf":
        raise TenfoldError(f"{where}: labels must be {n} whole numbers, not {labels.dtype} {list(labels.shape)}")
    numbers = labels.astype(np.float64)
    wrong = np.flatnonzero(~np.isin(numbers, np.arange(len(classes))))
    if len(wrong):
        raise TenfoldError(
            f"{where}: label {numbers[wrong[0]]:g} of image {wrong[0]} is not one of 0 to {len(classes) - 1}"
        )
    return numbers.astype(np.int64)


def checked_names(classes: tuple[str, ...], where: str) -> tuple[str, ...]:
    """The same names. where names their file. Raises TenfoldError for one that a terminal would not show but obey."""
    unseen = next((name for name in classes if not name.isprintable()), None)
    if unseen is not None:
        raise TenfoldError(f"{where}: a class is called {unseen!a}, which cannot be shown: rename it")
    return classes


def _class_names(arrays: dict[str, NDArray[np.generic]], path: Path) -> tuple[str, ...]:
    if "classes" not in arrays:
        return DIGITS
    names = arrays["classes"]
    if names.ndim != 1 or names.dtype.kind != "U" or len(set(names.tolist())) != len(names) or "" in names:
        raise TenfoldError(f"{path}: classes must be one text for each class, each another one")
    return checked_names(tuple(names.tolist()), str(path))


def _checked(
    path: Path,
    split: Split,
    images: NDArray[np.generic],
    labels: NDArray[np.generic],
    classes: tuple[str, ...] = DIGITS,
) -> Dataset:
    """A dataset called as its file is, of images as they are published."""
    views = as_views(images, str(path))
    return Dataset(path.stem, split, views, checked_labels(labels, len(views), classes, str(path)), classes)


def held_out(dataset: Dataset, split: Split) -> Dataset:
    """One side of the split that data without a test split are given."""
    rows = rows_of(split, dataset.labels)
    return replace(dataset.take(rows), note=note_of(dataset.name, split, len(rows), len(dataset)))


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _first_line(error: Exception) -> str:
    """What numpy says, without its advice on its own options and the addresses of Python's objects."""
    if isinstance(error, UnicodeDecodeError):
        return "not a text in UTF-8"
    said = str(error).partition("\n")[0].partition("; use ")[0].partition(": <")[0]
    return said.rstrip(".:;") or type(error).__name__
