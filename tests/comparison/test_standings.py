"""`compare`: what is there is not trained again, what is not the same is, and page, CSV and JSON say the same."""

import csv
import json
import re
import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import onnx
import pytest

import tenfold
from tenfold.cli import main
from tenfold.comparison import CLASSICS, comparison_folder, gather, write_comparison
from tenfold.comparison.contenders import open_name
from tenfold.errors import TenfoldError, UsageError
from tenfold.run import Run


@pytest.fixture(scope="module")
def recipes(bars, tmp_path_factory):
    """Two recipe files that train in a moment, the second too briefly to learn much."""
    folder = tmp_path_factory.mktemp("recipes")
    for name, epochs, limit in (("long", 4, 0), ("short", 1, 100)):
        text = f"model = 'mlp_sgd'\nreport = false\nepochs = {epochs}\nbatch_size = 20\n"
        text += f"[data]\nname = '{bars}'\nlimit = {limit}\n"
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return str(folder / "long.toml"), str(folder / "short.toml")


@pytest.fixture(scope="module")
def compared(recipes, tmp_path_factory):
    """Both over two seeds, and the folder of their runs."""
    out = tmp_path_factory.mktemp("runs")
    return tenfold.compare(recipes, seeds=2, out=out), out


@pytest.fixture(scope="module")
def written(compared, tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    write_comparison(compared[0], folder)
    return folder


def test_every_recipe_is_trained_with_every_seed_and_never_twice(compared, recipes):
    standings, out = compared
    assert [row.contender.trained for row in standings.rows] == [2, 2]
    assert {path.name for path in out.iterdir()} == {"long-1", "long-2", "short-1", "short-2"}
    again = tenfold.compare(recipes, seeds=2, out=out)
    assert [row.contender.trained for row in again.rows] == [0, 0]
    assert [row.accuracy for row in again.rows] == [row.accuracy for row in standings.rows]
    more = gather(recipes, seeds=3, out=out)
    assert [(contender.seeds, contender.trained) for contender in more] == [((0, 1, 2), 1)] * 2


def test_a_changed_recipe_and_changed_data_are_trained_anew(recipes, bars, tmp_path):
    mine = tmp_path / "mine.npz"
    mine.write_bytes(bars.read_bytes())
    little = {"epochs": 1, "data.limit": 100}

    def trained(**overrides):
        return [
            one.trained
            for one in gather(recipes, seeds=1, data=str(mine), overrides=little | overrides, out=tmp_path / "runs")
        ]

    assert trained() == [1, 0]  # with these overrides the two are the same recipe but for the name: see below
    assert trained(batch_size=50) == [1, 0]
    with np.load(mine) as arrays:
        changed = dict(arrays)
    changed["x_train"] = changed["x_train"][::-1]
    np.savez(mine, **changed)
    assert trained() == [1, 0]


def _stopped_after_an_epoch(recipe, out, **overrides):
    """The folder of a run of the recipe that was stopped from outside, and can be gone on with."""

    def stop(_row):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tenfold.train(recipe, overrides=overrides, out=out, on_epoch=stop)
    [left] = out.glob("*.unfinished")
    return left


def test_a_training_that_was_stopped_is_gone_on_with_to_the_unbroken_weights(compared, recipes, tmp_path):
    out, lines, epochs = tmp_path / "runs", [], []
    left = _stopped_after_an_epoch(recipes[0], out, seed=0)
    [long] = gather(recipes[:1], seeds=1, out=out, announce=lines.append, on_epoch=lambda row: epochs.append(row.epoch))
    assert epochs == [2, 3, 4]
    assert lines == [f"long, seed 0 (1 of 1): goes on with {left}"]
    assert [path.name for path in out.iterdir()] == ["long-1"]
    assert long.runs[0].onnx.read_bytes() == (compared[1] / "long-1" / "model.onnx").read_bytes()


def test_a_checkpoint_that_cannot_be_gone_on_with_holds_nobody_up(recipes, tmp_path):
    left = _stopped_after_an_epoch(recipes[0], tmp_path / "runs", seed=0)
    (left / "checkpoint" / "last.safetensors").write_bytes(b"half a file")
    [long] = gather(recipes[:1], seeds=1, out=tmp_path / "runs")
    assert [run.name for run in long.runs] == ["long-2"]
    assert left.is_dir()


def test_a_models_file_stands_beside_runs(compared, bars, tmp_path):
    run = compared[0].rows[0].contender.runs[0]
    proto = onnx.load(run.onnx)
    del proto.metadata_props[:]  # as another tool would have made it
    onnx.save(proto, tmp_path / "theirs.onnx")
    standings = tenfold.compare([tmp_path / "theirs.onnx", run.path], out=tmp_path)
    theirs, ours = standings.rows
    assert (theirs.accuracy, theirs.recall, theirs.operations) == (ours.accuracy, ours.recall, ours.operations)
    assert (theirs.parameters, theirs.train_seconds, theirs.to_json()["runs"][0]["recipe_sha256"]) == (None, None, None)
    assert standings.tests[0].noise
    write_comparison(standings, tmp_path / "page")
    assert "theirs.onnx" in (tmp_path / "page" / "comparison.csv").read_text()


def test_files_alone_do_not_say_what_to_score_them_on(compared, tmp_path):
    copies = [
        shutil.copyfile(compared[0].rows[0].contender.runs[0].onnx, tmp_path / name) for name in ("a.onnx", "b.onnx")
    ]
    with pytest.raises(UsageError, match="no file says what it was trained on: name .*, as --data mnist"):
        tenfold.compare(copies, out=tmp_path)
    with pytest.raises(TenfoldError, match="gone.h5: no such model"):
        tenfold.compare([copies[0], tmp_path / "gone.h5"], out=tmp_path)


def test_a_row_is_the_mean_of_its_runs(compared):
    row = compared[0].rows[0]
    accuracies = [run.scores["accuracy"] for run in row.contender.runs]
    assert row.accuracy["mean"] == pytest.approx(np.mean(accuracies))
    assert row.accuracy["spread"] == pytest.approx(np.std(accuracies, ddof=1))
    assert row.accuracy_ci95[0] < row.accuracy["mean"] < row.accuracy_ci95[1] or row.accuracy["mean"] == 1
    assert row.operations == 2 * (784 * 100 + 100 * 10)
    assert row.parameters == 79_510
    assert row.latency_ms["mean"] > 0


def test_what_differs_and_what_is_noise_is_said(compared):
    [test] = compared[0].tests
    assert (test.a, test.b, test.pairs) == ("short", "long", 2)
    assert test.difference < 0
    text = " ".join(compared[0].conclusions)
    assert text.startswith("No more than chance" if test.noise else "Worse than long: short (-")


def test_finished_runs_stand_beside_recipes(compared, recipes):
    _, out = compared
    standings = tenfold.compare([recipes[0], out / "short-1"], seeds=1, out=out)
    assert [(row.name, row.contender.trained) for row in standings.rows] == [("long", 0), ("short-1", 0)]


def test_the_files_say_what_python_says(compared, written):
    found = compared[0].to_json()
    assert json.loads((written / "comparison.json").read_text()) == found
    rows = list(csv.DictReader((written / "comparison.csv").read_text().splitlines()))
    assert [row["name"] for row in rows] == ["long", "short"]
    assert [float(row["accuracy_mean"]) for row in rows] == [row["accuracy"]["mean"] for row in found["rows"]]
    assert (rows[0]["p"], float(rows[1]["p"])) == ("", found["tests"][0]["p"])


def test_the_page_needs_nothing_else_and_shows_what_they_disagree_on(compared, written):
    page = (written / "index.html").read_text(encoding="utf-8")
    assert len(page.encode()) < 3_000_000
    assert not re.search(r'(src|href)="(?!data:|#)', page)
    used, defined = set(re.findall(r"var\(--([\w-]+)\)", page)), set(re.findall(r"--([\w-]+):", page))
    assert used <= defined
    long, short = compared[0].rows
    right = [np.mean([p.right for p in row.predictions], axis=0) > 0.5 for row in (long, short)]
    assert f"<b>{(right[0] & ~right[1]).sum()} image" in page
    for sentence in compared[0].conclusions:
        assert sentence.split(":")[0] in page
    assert {path.name for path in written.iterdir()} == {
        "index.html", "comparison.json", "comparison.csv", "curves.png", "trade-offs.png",
    }  # fmt: skip


def test_classics_are_the_seven(monkeypatch):
    from tenfold.comparison import contenders

    opened = []
    monkeypatch.setattr(contenders, "open_name", lambda name, _: opened.append(name))
    monkeypatch.setattr(contenders, "trained_run", lambda *_, **__: (None, False))
    assert [one.name for one in gather(["classics"], seeds=1)] == opened == list(CLASSICS)
    assert open_name(CLASSICS[0], {}) is None  # each is a recipe


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["LONG"], "two sides or more"),
        (["LONG", "nope"], "unknown recipe 'nope'"),
        (["LONG", "LONG"], "is named twice"),
        (["LONG", "SHORT", "--seeds", "0"], "--seeds 0: give a number from 1 to 1,000"),
        (["LONG", "SHORT", "--seeds", "999999999"], "--seeds 999999999: give a number from 1 to 1,000"),
        (["RUN", "LONGS", "--set", "epochs=2"], "--set changes recipes, and only trained models are named"),
        (["LONG", "SHORT", "--set", "nope=1"], "unknown key 'nope'"),
    ],
)
def test_wrong_usage_is_one_line_and_trains_nothing(arguments, message, recipes, compared, tmp_path, capsys):
    trained = sorted(str(path) for path in compared[1].iterdir())
    names = {"LONG": recipes[0], "SHORT": recipes[1], "RUN": trained[0], "LONGS": trained[1]}
    given = [names.get(argument, argument) for argument in arguments]
    assert main(["compare", *given, "--out", str(tmp_path / "out")]) == 2
    captured = capsys.readouterr()
    assert message in captured.err
    assert len(captured.err.splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_runs_of_other_test_images_are_refused_unless_the_data_are_named(compared, bars, tmp_path):
    _, out = compared
    with np.load(bars) as arrays:
        other = dict(arrays)
    other["x_test"] = other["x_test"][:50]
    other["y_test"] = other["y_test"][:50]
    np.savez(tmp_path / "other.npz", **other)
    run = tenfold.train(
        out / "long-1" / "recipe.toml", overrides={"data.name": str(tmp_path / "other.npz")}, out=tmp_path
    )
    with pytest.raises(UsageError, match="was scored on other images"):
        tenfold.compare([out / "short-1", run.path])
    assert len(tenfold.compare([out / "short-1", run.path], data=bars).dataset) == 100


def test_data_that_are_named_take_the_place_of_all_that_a_recipe_trains_on(bars, tmp_path):
    with np.load(bars) as arrays:
        np.savez(tmp_path / "more.npz", x_train=arrays["x_train"][::2] // 2, y_train=arrays["y_train"][::2])
    recipe = tmp_path / "both.toml"
    text = f"model = 'mlp_sgd'\nepochs = 1\n[data]\nname = '{bars}'\nalso = {{ '{tmp_path}/more.npz' = 2 }}\n"
    recipe.write_text(text, encoding="utf-8")
    out = tmp_path / "runs"
    for expected, data in ((2, None), (1, str(bars))):
        for trained in (1, 0):
            [found] = gather([recipe], seeds=1, out=out, data=data)
            assert found.trained == trained
            assert len(found.runs[0].trained_on) == expected
    with np.load(bars) as arrays:
        np.savez(tmp_path / "more.npz", x_train=arrays["x_train"][::2] // 3, y_train=arrays["y_train"][::2])
    assert gather([recipe], seeds=1, out=out)[0].trained == 1  # other data by the same name


def test_the_command_prints_the_table_and_what_is_noise(compared, recipes, tmp_path, capsys):
    standings, out = compared
    assert main(["compare", *recipes, "--seeds", "2", "--out", str(out), "--page", str(tmp_path / "page")]) == 0
    text = capsys.readouterr().out
    lines = [line.split() for line in text.splitlines()]
    assert [line[0] for line in lines if line and line[0] in ("long", "short")] == ["long", "short"]
    assert f"{100 * standings.rows[1].accuracy['mean']:.2f} ±" in text
    assert standings.conclusions[0] in text
    assert f"page: {tmp_path}/page/index.html" in text


def test_json_is_what_the_file_holds_and_where_it_is(compared, recipes, tmp_path, capsys):
    _, out = compared
    folder = tmp_path / "page"
    assert main(["compare", *recipes, "--seeds", "1", "--out", str(out), "--page", str(folder), "--json"]) == 0
    [found] = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert found.pop("page") == str(folder / "index.html")
    assert found.pop("csv") == str(folder / "comparison.csv")
    assert found == json.loads((folder / "comparison.json").read_text())
    assert "One run each" in found["conclusions"][-1]


def test_a_folder_is_named_after_what_is_compared(compared):
    assert comparison_folder(compared[0]) == Path("compare/long-short")
    seven = SimpleNamespace(rows=[SimpleNamespace(name=name) for name in CLASSICS])
    assert comparison_folder(seven) == Path("compare/classics")
    assert len(comparison_folder(SimpleNamespace(rows=seven.rows[:6])).name) <= 60
    assert all(isinstance(run, Run) for row in compared[0].rows for run in row.contender.runs)
