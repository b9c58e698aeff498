"""A folder of pictures, a sub-folder a class: digits/7/*.png, or digits/train/7/*.png and digits/test/7/."""

import re
from pathlib import Path

import numpy as np

from tenfold.data.catalog import Split
from tenfold.data.dataset import DIGITS, Dataset, Labels
from tenfold.data.splits import note_of, rows_of
from tenfold.data.tables import checked_names
from tenfold.data.views import picture_view
from tenfold.errors import TenfoldError

PICTURES = {".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp"}


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """A sort key that puts 2 before 10."""
    parts = re.findall(r"\d+|\D+", text)
    return tuple((0, int(part), part) if part.isdecimal() else (1, 0, part) for part in parts)


def load_folder(path: Path, split: Split) -> Dataset:
    """One split of a folder of pictures; the classes are the sub-folders' names, in natural order.

    Sub-folders train and test (or val, validation, valid) are the splits; without a test split the same fifth
    of every class is held out as one. Raises TenfoldError where there is nothing to read or a picture is
    broken.
    """
    train = _subfolder(path, "train")
    test = _subfolder(path, "test", "val", "validation", "valid")
    if split == "train" and train is None and test is not None:
        raise TenfoldError(f"{path}: there is no 'train' folder beside '{test.name}'")
    classes = _classes(train or test or path)
    name, note = path.resolve().name, ""
    if split == "test" and test is not None:
        pictures, labels = _pictures(test, classes)
    else:
        pictures, labels = _pictures(train or path, classes)
        if test is None:
            rows = rows_of(split, labels)
            note = note_of(name, split, len(rows), len(labels))
            pictures, labels = [pictures[row] for row in rows], labels[rows]
    if not pictures:
        raise TenfoldError(
            f"{path}: no pictures for the {split} split: every class needs at least two, or folders train/ and test/"
        )
    images = [picture_view(picture) for picture in pictures]
    return Dataset(name, split, np.stack(images), labels, classes, note=note)


def _subfolder(path: Path, *names: str) -> Path | None:
    return next((path / name for name in names if (path / name).is_dir()), None)


def _class_folders(path: Path) -> list[Path]:
    folders = [folder for folder in path.iterdir() if folder.is_dir() and not folder.name.startswith(".")]
    return sorted(folders, key=lambda folder: natural(folder.name))


def _classes(path: Path) -> tuple[str, ...]:
    classes = tuple(folder.name for folder in _class_folders(path))
    if set(classes) <= set(DIGITS) and classes:
        return DIGITS  # so that a folder without any 3 still calls a 7 a 7
    if not classes:
        raise TenfoldError(f"{path}: no class folders in it: pictures belong in folders such as {path.name}/7/")
    return checked_names(classes, str(path))


def _pictures(path: Path, classes: tuple[str, ...]) -> tuple[list[Path], Labels]:
    """Every picture under path with its label, in natural order."""
    pictures: list[Path] = []
    labels: list[int] = []
    for folder in _class_folders(path):
        if folder.name not in classes:
            raise TenfoldError(f"{folder}: a class that the training pictures do not have")
        files = (file for file in folder.iterdir() if not file.name.startswith("."))
        # A pipe may be called like a picture; nothing would ever come out of it.
        found = [file for file in files if file.suffix.lower() in PICTURES and file.is_file()]
        pictures += sorted(found, key=lambda file: natural(file.name))
        labels += [classes.index(folder.name)] * len(found)
    if not pictures:
        raise TenfoldError(f"{path}: no pictures in its class folders ({', '.join(sorted(PICTURES))})")
    return pictures, np.array(labels, np.int64)
