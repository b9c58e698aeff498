"""A dataset by name or path."""

import importlib.util
import io
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tenfold.data.catalog import CATALOG, CatalogEntry, Split, find_entry
from tenfold.data.dataset import DIGITS_AND_NONE, Dataset
from tenfold.data.folders import load_folder
from tenfold.data.idx import MOST_BYTES, bunzip2, read_idx
from tenfold.data.inventory import SPLITS, cache_folder, obtain, read_checked, user_path
from tenfold.data.tables import checked_labels, held_out, load_csv, load_npz, read_libsvm, read_npz, read_pixel_rows
from tenfold.data.views import as_views
from tenfold.errors import TenfoldError, UsageError, did_you_mean, missing_extra
from tenfold.files import write_atomically

Arrays = tuple[NDArray[np.generic], NDArray[np.generic]]


def load_dataset(
    name_or_path: str | Path,
    split: str = "train",
    *,
    data_dir: str | Path | None = None,
    seed: int = 0,
    size: int | None = None,
) -> Dataset:
    """One split, "train" or "test", of a dataset.

    name_or_path: a name of the catalogue, or the path of a folder of pictures (digits/7/*.png), of a CSV in
    the format of Kaggle's digit recogniser, or of a .npz in that of Keras's mnist.npz. A path without a test
    split has the same fifth of every class held out as one. optdigits has a test split only: it is there for
    scoring. A catalogue's files are looked for in data_dir (else TENFOLD_DATA), then in the user's cache,
    then downloaded.
    size: at most so many images, chosen at random by seed; all where None. strokes and pictures draw size images by
    seed; pictures takes minutes, once, and is then kept in the user's cache.
    Raises UsageError for what does not exist, TenfoldError for data that cannot be had or are not sound.
    """
    if split not in SPLITS:
        raise UsageError(f"a split is {' or '.join(SPLITS)}, not '{split}'{did_you_mean(split, SPLITS)}")
    if size is not None and size < 1:
        raise UsageError(f"a dataset's size must be at least 1, not {size}")
    which: Split = "train" if split == "train" else "test"
    if name_or_path == "strokes":
        from tenfold.data.synthetic.strokes import strokes

        return strokes(size or getattr(CATALOG["strokes"], which), seed, which)
    if name_or_path == "pictures":
        return _pictures(which, data_dir, seed, size or getattr(CATALOG["pictures"], which))
    dataset = _load(name_or_path, which, data_dir)
    if size is None or size >= len(dataset):
        return dataset
    return dataset.take(np.sort(np.random.default_rng(seed).permutation(len(dataset))[:size]))


def _pictures(split: Split, data_dir: str | Path | None, seed: int, size: int) -> Dataset:
    """The pictures dataset, from the cache where it has been made before: making it takes minutes."""
    from tenfold.data.synthetic.pictures import REVISION, pictures

    path = cache_folder() / "pictures" / f"{REVISION}-{split}-{size}-{seed}.npz"
    if path.is_file():
        made = read_npz(path)
        images, labels, originals = made["images"].astype(np.uint8), made["labels"], made["originals"]
        return Dataset("pictures", split, images, labels.astype(np.int64), DIGITS_AND_NONE, originals.astype(np.int64))
    dataset = pictures(size, _load("mnist", split, data_dir), _load("fashion-mnist", split, data_dir), seed)
    content = io.BytesIO()
    assert dataset.originals is not None
    np.savez(content, images=dataset.images, labels=dataset.labels, originals=dataset.originals)
    with suppress(OSError):  # a cache that cannot be written to costs time, no answer
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, content.getvalue())
    return dataset


def _load(name_or_path: str | Path, split: Split, data_dir: str | Path | None) -> Dataset:
    if isinstance(name_or_path, str) and name_or_path in CATALOG:
        return _load_entry(CATALOG[name_or_path], split, data_dir)
    path = user_path(name_or_path)
    try:
        if path.is_dir():
            return load_folder(path, split)
        is_file = path.is_file()
    except OSError as error:
        raise TenfoldError(f"{error.filename}: cannot be read ({error.strerror})") from error
    if not is_file:
        if path.suffix or len(path.parts) > 1 or isinstance(name_or_path, Path):
            raise UsageError(f"{path}: no such file or folder")
        find_entry(str(name_or_path))
    if path.suffix.lower() == ".csv":
        return load_csv(path, split)
    if path.suffix.lower() == ".npz":
        return load_npz(path, split)
    raise UsageError(f"{path}: a dataset is a folder of pictures, a .csv or a .npz")


def _load_entry(entry: CatalogEntry, split: Split, data_dir: str | Path | None) -> Dataset:
    if entry.form == "scikit-learn":
        return _optdigits(entry, split)
    paths = obtain(entry, split, data_dir)
    if paths[0].suffix == ".npz":
        images, labels = _pack(paths[0])
    elif entry.form == "emnist":
        images, labels = _emnist(paths[0], entry, split)
    elif entry.form == "libsvm":
        images, labels = read_libsvm(bunzip2(read_checked(paths[0], entry), str(paths[0])), str(paths[0]))
    elif entry.form == "csv":
        images, labels = read_pixel_rows(read_checked(paths[0], entry), str(paths[0]))
    else:
        images, labels = (read_idx(read_checked(path, entry), str(path)) for path in paths)
        # QMNIST's labels are rows of eight numbers: class, writer and so on.
        labels = labels[:, 0] if labels.ndim == 2 and labels.size else labels
    views = as_views(images, str(paths[0]))
    labels = checked_labels(labels, len(views), entry.classes, str(paths[-1]))
    dataset = Dataset(entry.name, split, views, labels, entry.classes, part_of=entry.part_of)
    whole = entry.form == "csv" and paths[0].suffix != ".npz"  # both splits in one file
    return held_out(dataset, split) if whole else dataset


def _pack(path: Path) -> Arrays:
    arrays = read_npz(path)
    if not {"images", "labels"} <= arrays.keys():
        raise TenfoldError(f"{path}: holds {', '.join(arrays) or 'nothing'}, not images and labels")
    return arrays["images"], arrays["labels"]


def _emnist(path: Path, entry: CatalogEntry, split: Split) -> Arrays:
    """Images upright and labels counted from 0, out of the archive that all EMNIST datasets share."""
    members = [f"gzip/{entry.name}-{split}-{kind}-ubyte.gz" for kind in ("images-idx3", "labels-idx1")]
    try:
        with zipfile.ZipFile(path) as archive:
            if max(archive.getinfo(member).file_size for member in members) > MOST_BYTES:
                raise ValueError(f"unpacks to more than {MOST_BYTES >> 20} MiB")
            images, labels = (read_idx(archive.read(member), f"{path}: {member}") for member in members)
    except (OSError, KeyError, ValueError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise TenfoldError(f"{path}: corrupt: run tenfold data fetch {entry.name} ({error})") from error
    # Published with rows and columns exchanged; letters are counted from 1.
    upright = np.ascontiguousarray(images.swapaxes(1, 2)) if images.ndim == 3 else images
    return upright, labels.astype(np.int64) - 1 if entry.name == "emnist-letters" else labels


def _optdigits(entry: CatalogEntry, split: Split) -> Dataset:
    """UCI's optdigits test images, which scikit-learn carries: 8×8 in 17 shades of grey, as 28×28 views."""
    if split == "train":
        raise UsageError(
            f"optdigits has a test split only, {entry.test:,} images for scoring: train on mnist or strokes"
        )
    # Its file is found and read here: importing scikit-learn for it would take more than a second.
    package = importlib.util.find_spec("sklearn")
    if package is None or not package.submodule_search_locations:
        raise missing_extra("train", "optdigits")
    path = Path(package.submodule_search_locations[0], "datasets", "data", "digits.csv.gz")
    if not path.is_file():
        raise TenfoldError(f"{path}: not in this version of scikit-learn, so there are no optdigits")
    table = np.loadtxt(path, np.uint8, delimiter=",")
    shades = np.round(table[:, :-1].reshape(-1, entry.side, entry.side) * (255 / 16)).astype(np.uint8)
    return Dataset(entry.name, split, as_views(shades, str(path)), table[:, -1].astype(np.int64), entry.classes)
