import json

import pytest

from benchmarks import __main__ as command
from benchmarks import classics, epoch, machine, render
from tenfold.data import Dataset


@pytest.fixture(autouse=True)
def bars_for_mnist(bars, tmp_path, monkeypatch):
    """No benchmark needs MNIST to show that it runs, and none may touch the kept results."""
    from tenfold.data import load_dataset

    def load(name, split, **_) -> Dataset:
        return load_dataset(bars, split)

    monkeypatch.setattr(epoch, "load_dataset", load)
    monkeypatch.setattr(classics, "RUNS", tmp_path / "runs")
    monkeypatch.setattr(machine, "RESULTS", tmp_path / "results")


def test_epoch_measures_each_run_and_leaves_the_first_epoch_out():
    found = epoch.measure({"mlp-sgd": 400}, epochs=3, repeats=2, peers=("tenfold",))
    assert len(found["rows"][0]["seconds"]["tenfold"]) == 2 * 2
    assert found["rows"][0]["images_per_second"]["tenfold"] > 0


def test_classics_are_trained_once_and_then_reused(bars, capsys):
    options = {"epochs": 1, "data.name": str(bars)}
    first = classics.measure(("mlp-sgd",), (0, 1), **options)
    assert first["rows"][0]["test_accuracy"]["min"] <= first["rows"][0]["test_accuracy"]["mean"]
    assert classics.measure(("mlp-sgd",), (0, 1), **options) == first
    assert len(list(classics.RUNS.iterdir())) == 2


def test_an_unknown_question_is_one_line(capsys):
    assert command.main(["speed"]) == 2
    assert "there are classics, epoch" in capsys.readouterr().err


def test_results_name_the_machine(tmp_path):
    path = machine.write_result("nothing", {"rows": []})
    assert {"processor", "cores", "threads", "commit", "date"} <= set(json.loads(path.read_text())["machine"])


def test_the_page_of_the_classics_is_what_the_results_say():
    results = render.RESULTS
    if not (results / "classics.json").is_file():
        pytest.skip("no results yet")
    read = [json.loads((results / f"{name}.json").read_text(encoding="utf-8")) for name in ("classics", "epoch")]
    assert (render.DOCS / "classics.md").read_text(encoding="utf-8") == render.page(*read)
