import zipfile
from pathlib import Path

import numpy as np
import pytest
from tests.data.samples import digits

from tenfold.data import load_dataset
from tenfold.data.tables import read_libsvm
from tenfold.errors import TenfoldError

IMAGES, LABELS = digits(50)
HEADER = ",".join(["label", *(f"pixel{i}" for i in range(784))])


def csv(path: Path, header: str = HEADER, newline: str = "\n", images: np.ndarray = IMAGES) -> Path:
    labels = LABELS.astype(images.dtype)
    rows = [",".join(map(str, [label, *image.ravel()])) for label, image in zip(labels, images, strict=True)]
    path.write_bytes(newline.join([*([header] if header else []), *rows, ""]).encode())
    return path


@pytest.mark.parametrize("header", [HEADER, "", "\ufeff" + HEADER], ids=["names", "no names", "byte order mark"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_kaggles_csv_comes_back_split_by_class(tmp_path: Path, header: str, newline: str) -> None:
    path = csv(tmp_path / "train.csv", header, newline)
    train, test = (load_dataset(path, split) for split in ("train", "test"))
    assert np.bincount(train.labels).tolist() == [4] * 10
    assert np.bincount(test.labels).tolist() == [1] * 10
    both = {
        image.tobytes(): label for data in (train, test) for image, label in zip(data.images, data.labels, strict=True)
    }
    assert both == {image.tobytes(): label for image, label in zip(IMAGES, LABELS, strict=True)}


@pytest.mark.parametrize("header", [HEADER, ""], ids=["names", "no names"])
@pytest.mark.parametrize("scale", [1, 255], ids=["0 to 255", "0 to 1"])
def test_a_csv_of_floats_is_the_same_as_of_integers(tmp_path: Path, header: str, scale: int) -> None:
    path = csv(tmp_path / "train.csv", header, images=IMAGES / scale)
    assert path.read_text().splitlines()[-1].startswith("9.0,")
    np.testing.assert_array_equal(load_dataset(path).images, load_dataset(csv(tmp_path / "whole.csv")).images)
    assert len(load_dataset(path)) == 40


def test_kaggles_test_file_is_one_line_that_says_labels_are_missing(tmp_path: Path) -> None:
    (tmp_path / "test.csv").write_text(HEADER.removeprefix("label,") + "\n" + "0," * 783 + "0\n")
    with pytest.raises(TenfoldError, match="no label column"):
        load_dataset(tmp_path / "test.csv")


ROW = ",".join(["0"] * 785)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "1 columns"),
        ("a,b\n1,2\n", "2 columns"),
        (HEADER + "\n", "no images"),
        (f"{HEADER}\n1,2,3\n", "rows of 3 numbers below 785 names"),
        (f"{HEADER}\n{ROW}\n12,{ROW[2:]}\n", "label 12 of image 1 is not one of 0 to 9"),
        (f"{HEADER}\n{ROW}\n1.5,{ROW[2:]}\n", "label 1.5 of image 1 is not one of"),
        (f"{HEADER}\n{ROW}\n0,256,{ROW[4:]}\n", "from 0 to 256"),
        (f"{HEADER}\n{ROW}\n0,-1,{ROW[4:]}\n", "from -1 to 0"),
        (f"{HEADER}\n{ROW}\n0,nan,{ROW[4:]}\n", "not a number"),
        (f"{HEADER}\n{ROW}\n0,x,{ROW[4:]}\n", "'x'"),
        (f"{HEADER}\n{ROW}\n0,0\n", "columns"),
    ],
    ids=[
        "empty",
        "columns",
        "no rows",
        "other rows",
        "label",
        "half label",
        "pixel",
        "negative",
        "nan",
        "text",
        "cut row",
    ],
)
def test_a_broken_csv_is_one_line_that_names_it(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "train.csv").write_text(text)
    with pytest.raises(TenfoldError, match=rf"train.csv: .*{said}") as error:
        load_dataset(tmp_path / "train.csv")
    assert "\n" not in str(error.value)


def test_keras_npz_comes_back_with_its_own_splits(tmp_path: Path) -> None:
    path = tmp_path / "mnist.npz"
    np.savez(path, x_train=IMAGES[:40], y_train=LABELS[:40], x_test=IMAGES[40:], y_test=LABELS[40:])
    train, test = (load_dataset(path, split) for split in ("train", "test"))
    np.testing.assert_array_equal(train.images, IMAGES[:40])
    np.testing.assert_array_equal(test.images, IMAGES[40:])
    assert test.labels.tolist() == LABELS[40:].tolist()


def test_an_npz_may_name_its_classes(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", images=IMAGES, labels=LABELS % 2, classes=np.array(["cat", "dog"]))
    assert load_dataset(tmp_path / "a.npz").classes == ("cat", "dog")


@pytest.mark.parametrize("names", [("x_train", "y_train"), ("images", "labels")])
def test_an_npz_without_a_test_split_has_one_held_out(tmp_path: Path, names: tuple[str, str]) -> None:
    np.savez(tmp_path / "a.npz", **dict(zip(names, (IMAGES, LABELS), strict=True)))
    assert [len(load_dataset(tmp_path / "a.npz", split)) for split in ("train", "test")] == [40, 10]


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        ({"a": IMAGES}, "holds a, not x_train"),
        ({"x_train": IMAGES, "y_train": LABELS[:-1]}, "labels must be 50 whole numbers"),
        ({"x_train": IMAGES, "y_train": np.eye(10)[LABELS]}, r"labels must be 50 whole numbers.*\[50, 10\]"),
        ({"x_train": IMAGES / 2, "y_train": LABELS}, "pixel values above 1 must be whole"),
        ({"x_train": IMAGES / 255 - 0.5, "y_train": LABELS}, "pixel values run from -0.5 to 0.5"),
        ({"x_train": IMAGES.astype(np.uint16) * 257, "y_train": LABELS}, "from 0 to 65535"),
        ({"x_train": np.repeat(IMAGES[..., None], 3, 3), "y_train": LABELS}, r"must be grey .*\[50, 28, 28, 3\]"),
        ({"x_train": IMAGES.reshape(50, 784), "y_train": LABELS}, r"must be grey .*\[50, 784\]"),
        ({"x_train": IMAGES.astype(str), "y_train": LABELS}, "values must be numbers"),
        ({"x_train": IMAGES, "y_train": LABELS + np.uint8(1)}, "label 10 of image 9 is not one of 0 to 9"),
        ({"x_train": IMAGES, "y_train": np.array([object()] * 50)}, "not a .npz file"),
        ({"images": IMAGES, "labels": LABELS, "classes": np.arange(10)}, "classes must be one text"),
        ({"images": IMAGES, "labels": LABELS, "classes": np.array(["cat"] * 10)}, "classes must be one text"),
        ({"images": IMAGES, "labels": LABELS, "classes": np.array(["cat", "dog"])}, "is not one of 0 to 1"),
    ],
    ids=[
        "names",
        "count",
        "one-hot",
        "halves",
        "centred",
        "16 bits",
        "colour",
        "flat",
        "text",
        "label",
        "pickle",
        "numbered classes",
        "one class twice",
        "too few classes",
    ],
)
def test_an_npz_of_something_else_is_one_line(tmp_path: Path, arrays: dict[str, np.ndarray], said: str) -> None:
    np.savez(tmp_path / "a.npz", **arrays)
    with pytest.raises(TenfoldError, match=rf"a.npz: .*{said}") as error:
        load_dataset(tmp_path / "a.npz")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "images",
    [
        IMAGES[..., None],
        IMAGES[:, None],
        IMAGES.astype(np.float64),
        IMAGES.astype(np.int64),
        (IMAGES / 255).astype(np.float32),
        (IMAGES / 255).astype(np.float16),
    ],
    ids=["channel last", "channel first", "floats", "integers", "shares", "half precision"],
)
def test_an_npz_of_arrays_as_other_libraries_keep_them_comes_back_as_bytes(tmp_path: Path, images: np.ndarray) -> None:
    np.savez(tmp_path / "a.npz", x_train=images, y_train=LABELS.astype(np.float64), x_test=images, y_test=LABELS)
    for split in ("train", "test"):
        data = load_dataset(tmp_path / "a.npz", split)
        np.testing.assert_array_equal(data.images, IMAGES)
        np.testing.assert_array_equal(data.labels, LABELS)


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.float32])
def test_images_of_noughts_and_ones_are_black_and_white(tmp_path: Path, dtype: type) -> None:
    np.savez(tmp_path / "a.npz", x_train=(IMAGES > 127).astype(dtype), y_train=LABELS, x_test=IMAGES, y_test=LABELS)
    np.testing.assert_array_equal(load_dataset(tmp_path / "a.npz").images, np.where(IMAGES > 127, 255, 0))


@pytest.mark.parametrize("n", [10**9, 10**12, 10**18])
def test_an_npz_that_claims_more_than_it_holds_is_one_line(tmp_path: Path, n: int) -> None:
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive, archive.open("x_train.npy", "w") as member:
        np.lib.format.write_array_header_1_0(
            member, {"descr": "|u1", "fortran_order": False, "shape": (n, 28, 28)}
        )  # fmt: skip
    with pytest.raises(TenfoldError, match=r"a.npz: (its header claims|not a .npz file)") as error:
        load_dataset(tmp_path / "a.npz")
    assert "\n" not in str(error.value)


def test_a_damaged_npz_is_one_line(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x_train=IMAGES, y_train=LABELS)
    whole = (tmp_path / "a.npz").read_bytes()
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 255
    for content in (b"", b"text", whole[:-100], bytes(flipped)):
        (tmp_path / "a.npz").write_bytes(content)
        with pytest.raises(TenfoldError, match=r"a.npz: not a .npz file") as error:
            load_dataset(tmp_path / "a.npz")
        assert "\n" not in str(error.value)


def libsvm(label: int, value: float) -> str:
    return f"{label} " + " ".join(f"{i}:{value:.3f}" for i in range(1, 257)) + " \n"


def test_libsvm_text_is_16_by_16_images_and_labels_from_0() -> None:
    images, labels = read_libsvm((libsvm(1, -1) + libsvm(10, 1) + libsvm(8, 0)).encode(), "usps")
    assert images.shape == (3, 16, 16)
    assert images[:, 5, 5].tolist() == [0, 255, 128]
    assert labels.tolist() == [0, 9, 7]


@pytest.mark.parametrize("text", ["7 1:x\n", "7 1:0.5 2:0.5\n", libsvm(1, 0).replace("256:", "257:")])
def test_other_text_is_one_line(text: str) -> None:
    with pytest.raises(TenfoldError, match=r"^usps: ") as error:
        read_libsvm(text.encode(), "usps")
    assert "\n" not in str(error.value)


def test_a_single_array_is_no_archive_of_arrays(tmp_path: Path) -> None:
    np.save(tmp_path / "images.npy", np.zeros((2, 28, 28), np.uint8))
    path = (tmp_path / "images.npy").rename(tmp_path / "images.npz")
    with pytest.raises(TenfoldError, match=r"images.npz: .*an array by itself, or text"):
        load_dataset(path)
