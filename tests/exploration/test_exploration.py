"""What explore says of a dataset is what is in it."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from tests.prototypes import make_dataset

from tenfold.data import Dataset, inventory
from tenfold.errors import TenfoldError, UsageError
from tenfold.exploration import exploration, find_duplicates
from tenfold.pipeline import explore
from tenfold.reports import exploration_folder

FIGURES = ("samples", "means", "classes", "pixels", "ink", "strokes", "slant", "map", "map-images")


def _images(*values: int) -> np.ndarray:
    """One image a value, all of whose pixels have it."""
    return np.repeat(np.array(values, np.uint8), 28 * 28).reshape(-1, 28, 28)


def _dataset(values: list[int], labels: list[int], split: str = "train") -> Dataset:
    return Dataset("few", split, _images(*values), np.array(labels, np.int64), ("a", "b", "c"))


def test_classes_and_pixels_are_counted() -> None:
    found = explore(_dataset([0, 255, 255, 51], [0, 0, 1, 1]))
    assert [(row.name, row.count, row.share) for row in found.classes] == [("a", 2, 0.5), ("b", 2, 0.5), ("c", 0, 0.0)]
    assert [row.ink for row in found.classes] == pytest.approx([0.5, 0.6, 0.0])
    assert found.pixel_counts[[0, 51, 255]].tolist() == [784, 784, 2 * 784]
    assert found.blank == 1
    pixels = np.array([0, 255, 255, 51]) / 255
    assert (found.mean, found.deviation) == pytest.approx((pixels.mean(), pixels.std()))


def test_duplicates_are_found_within_a_split_and_between_splits() -> None:
    train, test = _dataset([1, 2, 1, 3, 2, 1], [0, 1, 0, 2, 2, 0]), _dataset([3, 9, 1], [2, 2, 0], "test")
    found = find_duplicates(train, test)
    assert found.groups == ((0, 2, 5), (1, 4))
    assert found.surplus == 3
    assert found.conflicts == 1  # the image 2 is labelled b and c
    assert found.compared_with == "test"
    assert found.shared == ((0, 2), (2, 2), (3, 0), (5, 2))


def test_images_that_differ_in_one_pixel_are_no_duplicates() -> None:
    images = _images(7, 7)
    images[1, 27, 27] = 8
    assert find_duplicates(Dataset("few", "train", images, np.zeros(2, np.int64))).groups == ()


def test_the_other_split_of_a_path_is_compared(tmp_path: Path) -> None:
    images = _images(*range(10))
    np.savez(
        tmp_path / "few.npz",
        x_train=images,
        y_train=np.arange(10),
        x_test=images[[4, 4]],
        y_test=np.array([4, 4]),
    )
    found = explore(tmp_path / "few.npz")
    assert found.duplicates.compared_with == "test"
    assert found.duplicates.shared == ((4, 0), (4, 1))


@pytest.fixture
def kmnist_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with nothing but the test split of one dataset; whatever asks for a download fails the test."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(inventory, "download", lambda *_: pytest.fail("a download was tried"))
    (tmp_path / "kmnist").mkdir()
    np.savez(tmp_path / "kmnist" / "kmnist_test.npz", images=_images(*range(10)), labels=np.arange(10))
    return tmp_path


def test_the_other_split_is_never_downloaded(kmnist_test: Path) -> None:
    assert explore("kmnist", split="test", data_dir=kmnist_test).duplicates.compared_with is None


def test_where_only_the_test_split_can_be_had_its_option_is_named(
    kmnist_test: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UsageError, match=r"test split only.*; to look at the test split: --split test$"):
        explore("optdigits")

    def offline(*_: object) -> None:
        raise TenfoldError("no mirror answers")

    monkeypatch.setattr(inventory, "download", offline)
    with pytest.raises(TenfoldError, match=r"kmnist is incomplete.*no mirror answers; to look at .*: --split test$"):
        explore("kmnist", data_dir=kmnist_test)
    with pytest.raises(TenfoldError, match=r"no mirror answers$"):
        explore("qmnist", data_dir=kmnist_test)


@pytest.mark.parametrize(
    ("dataset", "split", "folder"),
    [
        ("mnist", "train", "mnist"),
        ("mnist", "test", "mnist-test"),
        ("some/where/bars.npz", "train", "bars"),
        ("scans.2024", "test", "scans.2024-test"),
        (".", "train", "here"),
    ],
)
def test_every_dataset_and_split_has_a_page_of_its_own(
    dataset: str, split: str, folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here" / "scans.2024").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "here")
    assert exploration_folder(dataset, split) == Path("explore") / folder


def test_the_page_is_whole_and_always_the_same(tmp_path: Path) -> None:
    data = make_dataset(300)
    doubled = data.take(np.array([*range(300), 0, 1]))
    for folder in ("one", "two"):
        found = explore(doubled, out=tmp_path / folder)
        assert found.page == tmp_path / folder / "index.html"
    names = {path.name for path in (tmp_path / "one").iterdir()}
    assert names == {"index.html"} | {f"{name}.png" for name in FIGURES}
    for name in names:
        first = (tmp_path / "one" / name).read_bytes()
        assert first == (tmp_path / "two" / name).read_bytes()
    page = (tmp_path / "one" / "index.html").read_text(encoding="utf-8")
    assert len(page.encode()) < 1_000_000
    assert "2 images are there more than once" in page
    assert found.label_errors is not None
    assert page.count("<img") == 10 * 20 + 10 * 2 + 1 + 2 + min(60, len(found.label_errors.rows))
    assert not re.search(r'(src|href)="(?!data:|#)', page)


def test_a_class_without_images_is_shown_as_such(tmp_path: Path) -> None:
    explore(_dataset([0, 9], [0, 1]), out=tmp_path)
    assert "none" in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_json_is_plain() -> None:
    shown = explore(make_dataset(50)).to_json()
    assert json.loads(json.dumps(shown)) == shown
    assert shown["page"] is None


def test_a_dataset_without_images_is_refused() -> None:
    with pytest.raises(TenfoldError, match="holds no images"):
        explore(make_dataset(0))


def test_a_folder_that_cannot_be_made_is_one_clear_line_before_any_work(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(exploration, "_look", lambda *_: pytest.fail("looked for nothing"))
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(TenfoldError, match="the page cannot be written there"):
        explore(make_dataset(20), out=tmp_path / "file" / "page")


@pytest.mark.long
@pytest.mark.mnist
def test_mnist_is_what_it_is_known_to_be(mnist_train: Dataset, tmp_path: Path) -> None:
    found = explore("mnist", out=tmp_path)
    assert found.dataset.sha256 == mnist_train.sha256
    assert found.mean == pytest.approx(0.1307, abs=1e-4)
    assert found.deviation == pytest.approx(0.3081, abs=1e-4)
    assert (found.duplicates.surplus, found.duplicates.compared_with, found.duplicates.shared) == (0, "test", ())
