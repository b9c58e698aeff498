import gzip
from dataclasses import FrozenInstanceError
from pathlib import Path

import numpy as np
import pytest
from tests.data.loopback import Mirror
from tests.data.samples import digits, mnist_bytes, publish

from tenfold.data import CatalogEntry, fetch, inventory, list_datasets, verify
from tenfold.data.catalog import find_entry
from tenfold.errors import TenfoldError, UsageError

IMAGES = "train-images-idx3-ubyte.gz"
LABELS = "train-labels-idx1-ubyte.gz"


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, mirror: Mirror) -> CatalogEntry:
    """A dataset called mnist whose files are the loopback mirror's."""
    return publish(monkeypatch, "mnist", mirror.files, mirror.folder("good"))


def states(name: str = "mnist", data_dir: Path | None = None) -> list[str]:
    return [status.state for status in verify(name, data_dir)]


def presence(data_dir: Path | None = None) -> tuple[str, Path | None, tuple[str, ...]]:
    found = next(found for found in list_datasets(data_dir) if found.entry.name == "mnist")
    return found.state, found.folder, found.missing


def lay(folder: Path, files: dict[str, bytes]) -> Path:
    (folder / "mnist").mkdir(parents=True)
    for name, content in files.items():
        (folder / "mnist" / name).write_bytes(content)
    return folder


@pytest.mark.usefixtures("small", "cache")
def test_a_dataset_that_is_not_here_is_listed_as_such() -> None:
    assert presence() == ("not here", None, tuple(mnist_bytes()))
    assert states() == ["missing"] * 4


@pytest.mark.usefixtures("cache")
def test_datasets_can_be_listed_by_name() -> None:
    assert [found.entry.name for found in list_datasets(names=["usps", "mnist"])] == ["usps", "mnist"]
    with pytest.raises(UsageError, match="did you mean mnist"):
        list_datasets(names=["usps", "mnits"])


@pytest.mark.usefixtures("small")
def test_what_is_fetched_is_in_the_cache_sound_and_not_fetched_again(mirror: Mirror, cache: Path) -> None:
    assert fetch("mnist") == [cache / "mnist" / name for name in mirror.files]
    assert presence() == ("here", cache / "mnist", ())
    assert states() == ["ok"] * 4
    assert fetch("mnist") == []
    assert mirror.hits("good") == 4


@pytest.mark.usefixtures("small")
def test_a_corrupt_file_in_the_cache_is_found_and_fetched_again(mirror: Mirror, cache: Path) -> None:
    fetch("mnist")
    (cache / "mnist" / LABELS).write_bytes(b"rot")
    assert states() == ["ok", "corrupt", "ok", "ok"]
    assert fetch("mnist") == [cache / "mnist" / LABELS]
    assert states() == ["ok"] * 4


@pytest.mark.usefixtures("small", "cache")
def test_a_corrupt_file_of_the_users_own_is_left_alone_and_named(tmp_path: Path) -> None:
    own = lay(tmp_path / "own", mnist_bytes() | {LABELS: b"rot"})
    with pytest.raises(TenfoldError, match=f"{LABELS}: corrupt .*SHA-256") as error:
        fetch("mnist", own)
    assert "\n" not in str(error.value)
    assert (own / "mnist" / LABELS).read_bytes() == b"rot"


@pytest.mark.usefixtures("small")
def test_the_data_folder_comes_before_the_cache(tmp_path: Path, cache: Path) -> None:
    fetch("mnist")
    own = lay(tmp_path / "own", mnist_bytes())
    assert presence(own) == ("here", own / "mnist", ())
    assert presence() == ("here", cache / "mnist", ())


@pytest.mark.usefixtures("small", "cache")
def test_the_data_folder_is_data_dir_else_the_environments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = (lay(tmp_path / name, mnist_bytes()) for name in ("first", "second"))
    monkeypatch.setenv("TENFOLD_DATA", str(first))
    assert presence()[1] == first / "mnist"
    assert presence(second)[1] == second / "mnist"


@pytest.mark.usefixtures("cache")
def test_a_data_folder_that_does_not_exist_is_one_line_that_says_who_named_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UsageError, match=r"no such folder .--data-dir"):
        verify("mnist", tmp_path / "nowhere")
    monkeypatch.setenv("TENFOLD_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(UsageError, match=r"no such folder .TENFOLD_DATA"):
        list_datasets()


@pytest.mark.usefixtures("small", "cache")
def test_a_part_is_listed_as_incomplete_with_what_is_missing(tmp_path: Path) -> None:
    files = mnist_bytes()
    del files[IMAGES]
    own = lay(tmp_path / "own", files)
    assert presence(own) == ("incomplete", own / "mnist", (IMAGES,))
    assert sorted(states(data_dir=own)) == ["missing", "ok", "ok", "ok"]
    assert len(fetch("mnist", own)) == 1
    assert presence(own)[0] == "here"


@pytest.mark.usefixtures("small", "cache")
def test_unzipped_files_are_found_and_read_through(tmp_path: Path) -> None:
    plain = {name.removesuffix(".gz"): gzip.decompress(content) for name, content in mnist_bytes().items()}
    own = lay(tmp_path / "own", plain)
    assert states(data_dir=own) == ["ok"] * 4
    (own / "mnist" / LABELS.removesuffix(".gz")).write_bytes(b"rot")
    assert "corrupt" in states(data_dir=own)


@pytest.mark.usefixtures("small", "cache")
def test_an_npz_stands_for_the_files_of_its_split(tmp_path: Path) -> None:
    own = lay(tmp_path / "own", {})
    images, labels = digits()
    np.savez(own / "mnist" / "mnist_test.npz", images=images, labels=labels)
    assert presence(own) == ("incomplete", own / "mnist", (IMAGES, LABELS))
    assert {status.name: status.state for status in verify("mnist", own)} == {
        IMAGES: "missing",
        LABELS: "missing",
        "mnist_test.npz": "ok",
    }


@pytest.mark.usefixtures("cache")
def test_datasets_without_files_are_built_in_and_have_nothing_to_fetch() -> None:
    built_in = {found.entry.name for found in list_datasets() if found.state == "built in"}
    assert {"strokes", "pictures"} <= built_in <= {"strokes", "pictures", "optdigits"}
    for name in ("strokes", "pictures"):
        assert verify(name) == fetch(name) == []


@pytest.mark.usefixtures("cache")
def test_nothing_is_made_in_the_cache_by_looking(cache: Path) -> None:
    list_datasets()
    verify("mnist")
    assert not cache.exists()


def test_the_emnist_datasets_share_one_archive() -> None:
    digits_entry, letters = find_entry("emnist-digits"), find_entry("emnist-letters")
    assert digits_entry.files == letters.files
    assert digits_entry.folder == letters.folder


@pytest.mark.usefixtures("cache")
def test_an_archive_that_splits_share_is_verified_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(monkeypatch, "emnist-digits", {"gzip.zip": b"both"})
    (tmp_path / "emnist").mkdir()
    (tmp_path / "emnist" / "gzip.zip").write_bytes(b"both")
    assert states("emnist-digits", tmp_path) == ["ok"]


def test_digits_that_another_library_carries_are_not_here_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    (found,) = list_datasets(names=["optdigits"])
    assert (found.state, found.missing) == ("not here", ("scikit-learn",))


def test_of_large_files_the_size_alone_is_seen_at_every_load(small: CatalogEntry, tmp_path: Path) -> None:
    assert inventory.HASHED_AT_LOAD_BYTES == 64 * 2**20
    content = mnist_bytes()[LABELS]
    path = tmp_path / LABELS
    path.write_bytes(bytes(len(content)))  # of the right size
    inventory.check_hash(path, small, len(content) - 1)
    for largest in (len(content), None):
        with pytest.raises(TenfoldError, match="corrupt"):
            inventory.check_hash(path, small, largest)
    path.write_bytes(content)
    inventory.check_hash(path, small, len(content))
    path.write_bytes(content + b"x")
    with pytest.raises(TenfoldError, match=r"corrupt .*: replace it, or delete it"):
        inventory.check_hash(path, small, 0)


@pytest.mark.usefixtures("small", "cache")
def test_rows_say_where_a_dataset_is_in_plain_words(tmp_path: Path) -> None:
    own = lay(tmp_path / "own", {LABELS: mnist_bytes()[LABELS]})
    [row] = [found.to_json() for found in list_datasets(own, ["mnist"])]
    assert (row["name"], row["state"], row["folder"]) == ("mnist", "incomplete", str(own / "mnist"))
    assert len(row["missing"]) == 3
    assert list_datasets(names=["mnist"])[0].to_json()["folder"] is None
    statuses = {status.name: status.to_json() for status in verify("mnist", own)}
    assert statuses[LABELS] == {"name": LABELS, "state": "ok", "path": str(own / "mnist" / LABELS), "problem": ""}
    assert statuses[IMAGES] == {"name": IMAGES, "state": "missing", "path": None, "problem": ""}


@pytest.mark.usefixtures("small", "cache")
def test_what_was_found_cannot_be_changed(tmp_path: Path) -> None:
    own = lay(tmp_path / "own", mnist_bytes())
    entry = find_entry("mnist")
    for one in (list_datasets(own)[0], verify("mnist", own)[0], inventory.locate(entry, "train", own), entry.files[0]):
        with pytest.raises(FrozenInstanceError):
            one.paths = ()


@pytest.mark.usefixtures("cache")
def test_a_home_is_written_with_a_tilde(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "data").mkdir()
    assert inventory.data_folder("~/data") == tmp_path / "data"
    assert inventory.user_path("~nobody-of-that-name/data") == Path("~nobody-of-that-name/data")
