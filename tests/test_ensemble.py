"""`tenfold ensemble`: what it prints, and that what it leaves is taken wherever a run or a .onnx is."""

import json
import shutil

import numpy as np
import pytest
from PIL import Image

import tenfold
from tenfold.cli import main
from tenfold.reading import Classifier
from tenfold.run import Run


@pytest.fixture(scope="module")
def recipe(bars, tmp_path_factory):
    path = tmp_path_factory.mktemp("recipe") / "quick.toml"
    path.write_text(
        f"model = 'mlp_sgd'\nreport = false\nepochs = 2\nbatch_size = 20\n[data]\nname = '{bars}'\n", encoding="utf-8"
    )
    return path


@pytest.fixture(scope="module")
def runs(recipe, tmp_path_factory):
    """The folders of three runs of a moment's training."""
    folder = tmp_path_factory.mktemp("runs")
    return [str(tenfold.train(recipe, overrides={"seed": seed}, out=folder).path) for seed in range(3)]


@pytest.fixture(scope="module")
def made(runs, tmp_path_factory):
    """The folder of their ensemble."""
    out = tmp_path_factory.mktemp("made")
    assert main(["ensemble", *runs, "--out", str(out)]) == 0
    return out / "ensemble-1"


def test_it_prints_a_row_a_member_and_what_is_to_be_known(runs, tmp_path, capsys):
    assert main(["ensemble", *runs, "--out", str(tmp_path)]) == 0
    lines = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert lines[0].startswith("ensemble-1, the mean of 3 models, on the 100 images of bars test:")
    assert lines[2].split() == ["model", "accuracy", "95", "%", "interval", "wrong", "size", "one", "image"]
    assert [line.split()[0] for line in lines[3:7]] == ["quick-1", "quick-2", "quick-3", "ensemble-1"]
    assert all(line.endswith(" ms") for line in lines[3:7])
    assert "members alone: " in lines[8]
    assert "on average, standard deviation" in lines[8]
    members = json.loads((tmp_path / "ensemble-1" / "members.json").read_text(encoding="utf-8"))
    assert lines[9:11] == [members["against_best"]["sentence"], members["calibration"]["sentence"]]
    assert lines[11] == f"report: {tmp_path}/ensemble-1/report.html"


def test_json_is_the_folder_and_what_members_json_holds(runs, tmp_path, capsys):
    assert main(["ensemble", *runs[:2], "--out", str(tmp_path), "--json"]) == 0
    (found,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert list(found) == [
        "run", "ensemble", "members", "members_accuracy", "against_best", "dataset", "calibration", "onnx_difference",
    ]  # fmt: skip
    assert list(found["ensemble"]) == [
        "name", "recipe", "accuracy", "accuracy_ci95", "errors", "size_bytes", "latency_ms",
    ]  # fmt: skip
    assert found.pop("run") == f"{tmp_path}/ensemble-1"
    assert found == json.loads((tmp_path / "ensemble-1" / "members.json").read_text(encoding="utf-8"))


def test_a_recipe_is_its_runs_over_seeds_found_or_trained(recipe, runs, tmp_path, capsys):
    out = tmp_path / "runs"
    shutil.copytree(runs[1], out / "found")  # seed 1
    command = ["ensemble", str(recipe), runs[0], "--seeds", "3", "--out", str(out), "--json"]
    assert main(command) == 2  # seed 0 of the recipe is that very run
    assert "is the same model as" in capsys.readouterr().err
    command.remove(runs[0])
    assert main(command) == 0
    names = [member["name"] for member in json.loads(capsys.readouterr().out)["members"]]
    assert names == ["quick-1", "found", "quick-2"]  # by seed
    assert {path.name for path in out.iterdir()} == {"found", "quick-1", "quick-2", "ensemble-1"}


def test_each_member_that_is_missing_is_a_task_of_the_map_that_is_given(recipe, runs, tmp_path):
    out, tasks = tmp_path / "runs", []
    shutil.copytree(runs[0], out / "found")

    def mapped(train, missing):
        tasks.extend(missing)
        return map(train, reversed(tasks))  # a cluster's results come in any order

    made = tenfold.ensemble([recipe], seeds=3, out=out, mapped=mapped)
    assert [task.seed for task in tasks] == [1, 2]
    assert [member["accuracy"] for member in made.members["members"]] == [
        Run.open(path).scores["accuracy"] for path in runs
    ]  # of the seeds from 0 on, in their order


def test_a_wrong_name_beside_a_recipe_is_said_before_any_training(recipe, tmp_path, capsys):
    assert main(["ensemble", str(recipe), str(tmp_path / "nowhere"), "--out", str(tmp_path / "out")]) == 1
    assert "no such model" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_evaluate_takes_it(made, bars, capsys):
    assert main(["evaluate", str(made), "--json"]) == 0
    scores = json.loads(capsys.readouterr().out)
    assert scores == json.loads((made / "scores.json").read_text(encoding="utf-8"))
    assert main(["evaluate", str(made / "model.onnx"), "--data", str(bars), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["accuracy"] == scores["accuracy"]


def test_read_takes_it(made, tmp_path, capsys):
    page = np.full((200, 160), 240, np.uint8)
    page[40:160, 70:90] = 20
    Image.fromarray(page).save(tmp_path / "bar.png")
    for model in (made, made / "model.onnx"):
        assert main(["read", str(tmp_path / "bar.png"), "--single", "--model", str(model), "--json"]) == 0
        reading = json.loads(capsys.readouterr().out)
        assert reading["model"].startswith("ensemble ")
        assert reading["digits"][0]["confidence"] > 0
    assert Classifier(made).card.recipe == "ensemble"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "requires an argument"),
        (["RUN"], "an ensemble has two members or more: name runs, .onnx files, or a recipe and --seeds"),
        (["RECIPE", "--seeds", "1"], "an ensemble has two members or more"),
        (["RECIPE", "nope"], "unknown recipe 'nope'"),
        (["RUN", "COPY"], "is the same model as"),
        (["RUN", "COPY", "--seeds", "-1"], "--seeds -1: give a number from 1 to 1,000"),
        (["RUN", "COPY", "--set", "epochs=2"], "--set changes recipes, and only trained models are named"),
    ],
)
def test_wrong_usage_is_one_line_exit_code_2_and_leaves_nothing(arguments, message, runs, tmp_path, capsys):
    shutil.copytree(runs[0], tmp_path / "copy")
    names = {"RUN": runs[0], "COPY": str(tmp_path / "copy"), "RECIPE": "mlp-sgd"}
    given = [names.get(argument, argument) for argument in arguments]
    assert main(["ensemble", *given, "--out", str(tmp_path / "out")]) == 2
    captured = capsys.readouterr()
    assert message in captured.err
    assert len(captured.err.splitlines()) == 1
    assert captured.out == ""
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_no_run_is_one_line_exit_code_1(runs, tmp_path, capsys):
    assert main(["ensemble", runs[0], str(tmp_path)]) == 1
    assert "not a run folder" in capsys.readouterr().err
