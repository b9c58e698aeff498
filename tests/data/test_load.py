import bz2
import gzip
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from tests.data.loopback import Mirror
from tests.data.samples import digits, idx_bytes, mnist_bytes, publish

from tenfold.data import Dataset, load_dataset
from tenfold.data.dataset import DIGITS_AND_NONE
from tenfold.data.views import reframe
from tenfold.errors import TenfoldError, UsageError


def lay(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


@pytest.mark.mnist
def test_mnist_is_mnist(mnist_train: Dataset, mnist_test: Dataset) -> None:
    assert np.bincount(mnist_train.labels).tolist() == [
        5923,
        6742,
        5958,
        6131,
        5842,
        5421,
        5918,
        6265,
        5851,
        5949,
    ]
    assert np.bincount(mnist_test.labels).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert mnist_train.labels[:5].tolist() == [5, 0, 4, 1, 9]


def test_importing_the_room_loads_no_heavy_library() -> None:
    heavy = {"torch", "sklearn", "matplotlib", "scipy", "rich"}
    program = f"import sys, tenfold.data; print({heavy} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout == "set()\n"


def test_a_dataset_is_downloaded_once_then_read_from_the_cache(
    mirror: Mirror, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(monkeypatch, "mnist", mirror.files, mirror.folder("wrong"), mirror.folder("good"))
    train, again = load_dataset("mnist"), load_dataset("mnist")
    np.testing.assert_array_equal(train.images, digits(30)[0])
    assert (train.name, train.split, again.sha256) == ("mnist", "train", train.sha256)
    assert mirror.hits("good") == 2
    assert sorted(path.name for path in (cache / "mnist").iterdir()) == sorted(mirror.files)[2:]


def test_without_mirrors_a_part_is_one_line_that_says_it_is_incomplete_and_what_is_missing(
    mirror: Mirror, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(monkeypatch, "kmnist", mirror.files, mirror.folder("missing"))
    images, labels = digits()
    lay(tmp_path / "own" / "kmnist", {})
    np.savez(tmp_path / "own" / "kmnist" / "kmnist_test.npz", images=images, labels=labels)
    test = load_dataset("kmnist", "test", data_dir=tmp_path / "own")
    np.testing.assert_array_equal(test.images, images)
    assert test.classes[0] == "o"
    with pytest.raises(TenfoldError, match=r"kmnist is incomplete in .*train-images.*train-labels.*missing") as error:
        load_dataset("kmnist", "train", data_dir=tmp_path / "own")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("train-images-idx3-ubyte.gz", mnist_bytes()["train-images-idx3-ubyte.gz"][:-20], "SHA-256"),
        ("train-labels-idx1-ubyte.gz", gzip.compress(b"x", mtime=0), "SHA-256"),
        ("train-images-idx3-ubyte", b"\x89PNG" + bytes(99), "bad magic number"),
        ("train-labels-idx1-ubyte", idx_bytes(digits(30)[1])[:-3], "truncated"),
        (
            "train-labels-idx1-ubyte",
            idx_bytes(digits(30)[1] + np.uint8(1)),
            "label 10 of image 9 is not one of 0 to 9",
        ),
        ("train-labels-idx1-ubyte", idx_bytes(digits(29)[1]), "must be 30 whole numbers"),
    ],
    ids=["cut gzip", "other gzip", "a picture", "cut", "a label out of range", "too few labels"],
)
@pytest.mark.usefixtures("cache")
def test_a_broken_file_is_one_line_that_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes, said: str
) -> None:
    publish(monkeypatch, "mnist", mnist_bytes())
    files = mnist_bytes()
    files.pop(name.removesuffix(".gz") + ".gz")
    lay(tmp_path / "mnist", files | {name: content})
    with pytest.raises(TenfoldError, match=rf"{name}: .*{said}") as error:
        load_dataset("mnist", data_dir=tmp_path)
    assert "\n" not in str(error.value)


@pytest.mark.usefixtures("cache")
def test_emnist_is_read_from_its_archive_upright_and_letters_are_counted_from_0(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    images, labels = digits(52)
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        for kind, array in (
            ("emnist-digits-train", labels),
            ("emnist-letters-test", np.arange(52, dtype=np.uint8) % 26 + np.uint8(1)),
        ):
            file.writestr(f"gzip/{kind}-images-idx3-ubyte.gz", gzip.compress(idx_bytes(images.swapaxes(1, 2))))
            file.writestr(f"gzip/{kind}-labels-idx1-ubyte.gz", gzip.compress(idx_bytes(array)))
    lay(tmp_path / "emnist", {"gzip.zip": archive.getvalue()})
    for name, split in (("emnist-digits", "train"), ("emnist-letters", "test")):
        publish(monkeypatch, name, {"gzip.zip": archive.getvalue()})
        data = load_dataset(name, split, data_dir=tmp_path)
        np.testing.assert_array_equal(data.images, images)
    assert data.classes[data.labels[0]] == "A"
    assert data.classes[data.labels[25]] == "Z"
    with pytest.raises(TenfoldError, match=r"gzip.zip: corrupt.*emnist-letters-train"):
        load_dataset("emnist-letters", "train", data_dir=tmp_path)


@pytest.mark.usefixtures("cache")
def test_qmnist_takes_the_class_from_its_rows_of_labels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    images, labels = digits(30)
    rows = np.full((30, 8), 777, np.int32)
    rows[:, 0] = labels
    files = {
        "qmnist-train-images-idx3-ubyte.gz": gzip.compress(idx_bytes(images)),
        "qmnist-train-labels-idx2-int.gz": gzip.compress(idx_bytes(rows)),
    }
    publish(monkeypatch, "qmnist", files)
    lay(tmp_path / "qmnist", files)
    assert load_dataset("qmnist", data_dir=tmp_path).labels.tolist() == labels.tolist()


@pytest.mark.usefixtures("cache")
def test_usps_is_read_from_libsvms_text_and_framed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    image = np.full((16, 16), -1.0)
    image[2:14, 7:9] = 1
    line = "2 " + " ".join(f"{i}:{value}" for i, value in enumerate(image.ravel(), 1))
    files = {"usps.t.bz2": bz2.compress(f"{line}\n{line}\n".encode())}
    publish(monkeypatch, "usps", files)
    lay(tmp_path / "usps", files)
    data = load_dataset("usps", "test", data_dir=tmp_path)
    assert data.labels.tolist() == [1, 1]
    assert data.images[0].max(axis=1).sum() / 255 == pytest.approx(20, abs=0.5)  # pixels high, as MNIST's are


def test_optdigits_are_1797_real_digits_framed_as_mnist_is() -> None:
    carried = pytest.importorskip("sklearn.datasets").load_digits()
    data = load_dataset("optdigits", "test")
    assert data.labels.tolist() == carried.target.tolist()
    grey = (carried.images[7] * (255 / 16)).round().astype(np.uint8)
    np.testing.assert_array_equal(data.images[7], reframe(grey))
    assert len(data) == 1797
    rows = np.flatnonzero((data.images > 64).any(axis=(0, 2)))
    assert rows.min() >= 2
    assert rows.max() <= 25


def test_optdigits_without_scikit_learn_is_one_line_that_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(TenfoldError, match=r"pip install 'tenfold\[train\]'"):
        load_dataset("optdigits", "test")


def test_optdigits_are_not_for_training() -> None:
    with pytest.raises(UsageError, match="test split only"):
        load_dataset("optdigits")


def test_strokes_are_drawn_by_seed_size_and_split(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("tenfold.data.synthetic.strokes")
    asked = []
    monkeypatch.setattr("tenfold.data.synthetic.strokes.strokes", lambda *arguments: asked.append(arguments))
    load_dataset("strokes", size=10, seed=3)
    load_dataset("strokes", "test")
    load_dataset("strokes")
    assert asked == [(10, 3, "train"), (10_000, 0, "test"), (60_000, 0, "train")]


@pytest.mark.usefixtures("cache")
def test_a_size_takes_so_many_images_at_random_by_seed(tmp_path: Path) -> None:
    images, labels = digits(50)
    np.savez(tmp_path / "a.npz", x_train=images, y_train=np.sort(labels), x_test=images, y_test=labels)
    path = tmp_path / "a.npz"
    first, again, other = (load_dataset(path, size=20, seed=seed) for seed in (1, 1, 2))
    assert len(first) == 20
    assert len(set(first.labels)) > 5
    assert first.sha256 == again.sha256 != other.sha256
    assert len(load_dataset(path, size=500)) == 50


@pytest.mark.parametrize(
    ("name", "split", "size", "said"),
    [
        ("mnst", "train", None, "did you mean mnist"),
        ("digits/here", "train", None, "no such file or folder"),
        ("train.csv", "train", None, "no such file or folder"),
        (__file__, "train", None, "a folder of pictures, a .csv or a .npz"),
        ("strokes", "validation", None, "train or test, not 'validation'"),
        ("strokes", "train", 0, "at least 1"),
    ],
)
def test_a_call_that_cannot_be_met_is_one_line(name: str, split: str, size: int | None, said: str) -> None:
    with pytest.raises(UsageError, match=said) as error:
        load_dataset(name, split, size=size)
    assert "\n" not in str(error.value)


@pytest.mark.usefixtures("cache")
def test_pictures_that_were_made_before_are_read_from_the_cache(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tenfold.data.synthetic import pictures

    images, labels = digits(20)
    made = Dataset("pictures", "train", images, labels.astype(np.int64), DIGITS_AND_NONE, np.arange(20) // 2)
    monkeypatch.setattr(pictures, "pictures", lambda *_: made)
    monkeypatch.setattr("tenfold.data.load._load", lambda *_: None)
    first = load_dataset("pictures", size=20)
    monkeypatch.setattr(pictures, "pictures", lambda *_: pytest.fail("made twice"))
    again = load_dataset("pictures", size=20)
    assert again.sha256 == first.sha256
    assert again.originals is not None
    assert again.originals.tolist() == made.originals.tolist()


@pytest.mark.usefixtures("cache")
def test_an_archive_of_letters_that_would_fill_the_memory_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        for kind in ("images-idx3", "labels-idx1"):
            file.writestr(f"gzip/emnist-digits-train-{kind}-ubyte.gz", bytes(1000))
    publish(monkeypatch, "emnist-digits", {"gzip.zip": archive.getvalue()})
    lay(tmp_path / "emnist", {"gzip.zip": archive.getvalue()})
    monkeypatch.setattr("tenfold.data.load.MOST_BYTES", 999)
    with pytest.raises(TenfoldError, match=r"gzip.zip: corrupt.*unpacks to more than"):
        load_dataset("emnist-digits", data_dir=tmp_path)
