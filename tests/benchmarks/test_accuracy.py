"""The questions of accuracy beside MNIST's: they measure what they say, on small data."""

import pytest

from benchmarks import accuracy_page, cross, datasets, machine, plots, render, seeds, transfer
from tenfold.data import load_dataset
from tenfold.errors import TenfoldError
from tenfold.run import find


@pytest.fixture(autouse=True)
def kept_apart(tmp_path, monkeypatch):
    monkeypatch.setattr(seeds, "RUNS", tmp_path / "runs")
    monkeypatch.setattr(machine, "RESULTS", tmp_path / "results")


@pytest.mark.long
def test_transfer_measures_every_start_on_every_number_of_labels(bars, tmp_path, monkeypatch, capsys):
    for name, value in {"RECIPE": "mlp-sgd", "STEPS": 1, "EPOCHS": 1}.items():
        monkeypatch.setattr(transfer, name, value)
    there = len(load_dataset(bars, "train"))
    found = transfer.measure(str(bars), (str(bars),), (20, there, 10 * there), (0, 1), {"epochs": 1})
    starts = [(None, 20), (str(bars), 20), (None, there), (str(bars), there)]
    assert [(row["from"], row["labelled"]) for row in found["rows"]] == starts
    assert len({run.recipe.get("init", {}).get("run") for run in find.runs(seeds.RUNS)}) == 2  # none and one source
    plots.transfer({"tasks": [found]}, tmp_path / "transfer.png")
    assert (tmp_path / "transfer.png").stat().st_size > 10_000


def test_a_task_whose_training_images_are_not_to_be_had_is_made_of_its_test_images(bars, monkeypatch):
    test = load_dataset(bars, "test")

    def load(name, split):
        if (name, split) == ("far", "train"):
            raise TenfoldError("not here")
        return test if name == "far" else load_dataset(name, split)

    monkeypatch.setattr(transfer, "load_dataset", load)
    path, note = transfer._images_of("far")
    parts = [load_dataset(path, split) for split in ("train", "test")]
    assert note.startswith(f"the {len(test)} published test images")
    assert len(parts[0]) + len(parts[1]) == len(test)
    whole = {image.tobytes() for image in test.images}
    assert {image.tobytes() for part in parts for image in part.images} == whole
    assert not {image.tobytes() for image in parts[0].images} & {image.tobytes() for image in parts[1].images}


def test_each_number_of_labels_gets_as_many_steps():
    assert [transfer.epochs(n) for n in (10, 1_000, 10_000)] == [300, 38, 10]


@pytest.mark.long
def test_cross_scores_each_model_on_each_dataset_and_the_shipped_one_too(bars, capsys):
    found = cross.measure((str(bars),), (str(bars), "optdigits"), (0, 1), epochs=1)
    own, shipped = found["rows"]
    assert own["epochs"] == 8 * 60_000 // len(load_dataset(bars, "train"))
    assert set(own["scores"]) == set(shipped["scores"]) == {str(bars), "optdigits"}
    assert own["scores"]["optdigits"]["n"] == 1_797
    assert shipped["scores"]["optdigits"]["accuracy"]["mean"] > own["scores"]["optdigits"]["accuracy"]["mean"]


def test_a_dataset_that_cannot_be_had_is_named_as_missing(bars, monkeypatch, capsys):
    def load(name, split):
        if name == "kmnist":
            raise TenfoldError("kmnist: not here")
        return load_dataset(bars, split)

    asked = (("mlp-sgd", str(bars), 2, {"epochs": 1}), ("mlp-sgd", "kmnist", 2, {}))
    monkeypatch.setattr(datasets, "load_dataset", load)
    monkeypatch.setattr(datasets, "QUESTIONS", asked)
    datasets.main()
    kept = machine.RESULTS.joinpath("datasets.json").read_text()
    assert '"missing": [\n    "kmnist"\n  ]' in kept
    assert kept.count('"recipe": "mlp-sgd"') == 1


def test_the_page_is_what_the_results_say():
    written = (render.DOCS / "accuracy.md").read_text(encoding="utf-8")
    assert written == accuracy_page.page(render.results())


def test_a_goal_is_reached_by_the_mean_over_seeds_or_said_not_to_be():
    def efforts(mean):
        return {"efforts": {"rows": [{"recipe": "best", "test_accuracy": {"mean": mean, "max": 0.999}}]}}

    lines = list(accuracy_page._goals(efforts(0.99701)))
    assert lines[0] == "reached: `best` on MNIST 99.701 % (goal 99.7 %)"
    assert all(line.startswith("**not measured**: ") for line in lines[1:])
    assert (
        next(iter(accuracy_page._goals(efforts(0.99699)))) == "**not reached**: `best` on MNIST 99.699 % (goal 99.7 %)"
    )
