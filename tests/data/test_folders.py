from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tenfold.data import folders, load_dataset
from tenfold.data.folders import natural
from tenfold.errors import TenfoldError


@pytest.fixture(autouse=True)
def pictures_as_they_lie(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which pictures are read is asked here by the value of a pixel; how they are read, in test_views.py."""
    monkeypatch.setattr(folders, "picture_view", lambda path: np.asarray(Image.open(path)))


def fill(folder: Path, classes: dict[str, int], shade: int = 0) -> Path:
    """A folder of 28×28 pictures; the pixel at (14, 14) of a picture is its number plus shade."""
    for name, count in classes.items():
        (folder / name).mkdir(parents=True)
        for i in range(count):
            image = np.zeros((28, 28), np.uint8)
            image[14, 14] = i + shade
            Image.fromarray(image).save(folder / name / f"{i}.png")
    return folder


def test_a_folder_of_digits_is_split_by_class_without_overlap(tmp_path: Path) -> None:
    fill(tmp_path / "digits", {"3": 10, "7": 20})
    train, test = (load_dataset(tmp_path / "digits", split) for split in ("train", "test"))
    assert (train.name, train.split, test.split) == ("digits", "train", "test")
    assert np.bincount(train.labels)[[3, 7]].tolist() == [8, 16]
    assert np.bincount(test.labels)[[3, 7]].tolist() == [2, 4]
    assert test.note.startswith("digits comes without a test split: 6 of its 30 images")
    assert train.note.startswith("digits comes without a test split: 24 of its 30 images")
    seen = {
        (label, image[14, 14]) for data in (train, test) for label, image in zip(data.labels, data.images, strict=True)
    }
    assert len(seen) == 30


def test_digits_keep_their_value_where_some_digits_have_no_folder(tmp_path: Path) -> None:
    data = load_dataset(fill(tmp_path, {"3": 5, "7": 5}))
    assert data.classes == tuple("0123456789")
    assert set(data.labels) == {3, 7}


def test_classes_are_the_folders_names_in_natural_order(tmp_path: Path) -> None:
    data = load_dataset(fill(tmp_path, {"class10": 2, "class9": 2, "apple": 2, ".hidden": 2}))
    assert data.classes == ("apple", "class9", "class10")


@pytest.mark.parametrize("name", ["test", "val"])
def test_train_and_test_folders_are_the_splits(tmp_path: Path, name: str) -> None:
    fill(tmp_path / "train", {"0": 4, "1": 4})
    fill(tmp_path / name, {"1": 3}, shade=100)
    assert len(load_dataset(tmp_path)) == 8
    test = load_dataset(tmp_path, "test")
    assert test.labels.tolist() == [1, 1, 1]
    assert test.images[:, 14, 14].tolist() == [100, 101, 102]


def test_a_train_folder_alone_has_its_test_split_held_out(tmp_path: Path) -> None:
    fill(tmp_path / "train", {"0": 10})
    assert [len(load_dataset(tmp_path, split)) for split in ("train", "test")] == [8, 2]


def test_files_that_are_no_pictures_are_passed_over(tmp_path: Path) -> None:
    fill(tmp_path, {"0": 5})
    (tmp_path / "0" / "Thumbs.db").write_bytes(b"x")
    (tmp_path / "0" / "._0.png").write_bytes(b"x")
    assert len(load_dataset(tmp_path)) == 4


def test_pictures_come_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    data = load_dataset(fill(tmp_path / "train", {"0": 12}).parent)
    assert data.images[:, 14, 14].tolist() == sorted(data.images[:, 14, 14])
    assert sorted(["b10", "b9", "a"], key=natural) == ["a", "b9", "b10"]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda folder: folder.mkdir(), "no class folders"),
        (lambda folder: (folder / "7").mkdir(parents=True), "no pictures"),
        (lambda folder: fill(folder / "test", {"7": 1}), "no 'train' folder"),
    ],
    ids=["empty", "no pictures", "test alone"],
)
def test_a_folder_with_nothing_to_train_on_is_one_line(tmp_path: Path, make, said: str) -> None:
    make(tmp_path / "digits")
    with pytest.raises(TenfoldError, match=said) as error:
        load_dataset(tmp_path / "digits")
    assert "\n" not in str(error.value)


def test_a_test_class_that_was_never_trained_is_one_line(tmp_path: Path) -> None:
    fill(tmp_path / "train", {"cat": 2})
    fill(tmp_path / "test", {"dog": 2})
    with pytest.raises(TenfoldError, match="dog: a class"):
        load_dataset(tmp_path, "test")
