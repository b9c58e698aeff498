"""`tenfold runs`: every run once, in the order asked for; only what is in the way is pruned, and only if told."""

import json
import os
import shutil

import pytest
from rich.console import Console

import tenfold
from tenfold.cli import main
from tenfold.cli.actions import runs as runs_action
from tenfold.cli.terminal import console
from tenfold.run.folder import RunFolder


@pytest.fixture(scope="module")
def trained(bars, tmp_path_factory):
    """Runs of one seed twice and of another once."""
    folder = tmp_path_factory.mktemp("runs")
    recipe = folder / "quick.toml"
    recipe.write_text(
        f"model = 'mlp_sgd'\nreport = false\nbatch_size = 20\n[data]\nname = '{bars}'\n", encoding="utf-8"
    )
    for number, (seed, epochs) in enumerate([(0, 1), (0, 1), (1, 5)]):
        run = tenfold.train(recipe, overrides={"seed": seed, "epochs": epochs}, out=folder)
        os.utime(run.path / "environment.json", (1000 + number, 1000 + number))
    return folder


@pytest.fixture
def runs(trained, tmp_path):
    """A copy of them that may be changed."""
    return shutil.copytree(trained, tmp_path / "runs")


def _rows(capsys):
    return json.loads(capsys.readouterr().out)


def test_a_row_a_run_in_the_order_asked_for(trained, capsys):
    def order(sort):
        assert main(["runs", str(trained), "--sort", sort, "--json"]) == 0
        return _rows(capsys)

    rows = {row["name"]: row for row in order("name")}
    assert list(rows) == ["quick-1", "quick-2", "quick-3"]
    assert [row["name"] for row in order("newest")] == ["quick-3", "quick-2", "quick-1"]
    assert [row["accuracy"] for row in order("accuracy")] == sorted(
        (r["accuracy"] for r in rows.values()), reverse=True
    )
    assert [row["loss"] for row in order("loss")] == sorted(row["loss"] for row in rows.values())
    assert [row["train_seconds"] for row in order("time")] == sorted(row["train_seconds"] for row in rows.values())
    assert (rows["quick-3"]["seed"], rows["quick-3"]["epochs"], rows["quick-3"]["recipe"]) == (1, 5, "quick")
    assert rows["quick-1"]["size_bytes"] == (trained / "quick-1" / "model.onnx").stat().st_size


def test_the_table_names_what_a_person_asks_for(trained, capsys):
    assert main(["runs", str(trained)]) == 0
    head, first, *_ = capsys.readouterr().out.splitlines()
    assert head.split()[:2] == ["run", "accuracy"]
    assert first.split()[0] == "quick-3"
    assert "bars.npz" in first


@pytest.mark.parametrize(
    ("data", "scored_on", "told"),
    [
        ("mnist", "mnist", "mnist"),
        ("/a/bars.npz", "bars", "bars.npz"),
        ("mnist", "usps", "mnist, scored on usps"),
        ("", "usps", "scored on usps"),  # an ensemble of members that were trained on different data
        ("mnist", None, "mnist"),
    ],
)
def test_what_a_run_was_trained_and_scored_on(data, scored_on, told):
    row = dict.fromkeys(("accuracy", "accuracy_ci95", "train_seconds", "seed"))
    row |= {"name": "a", "recipe": "a", "size_bytes": 1, "finished": 0, "path": "a", "data": data}
    assert told in runs_action._cells(row | {"scored_on": scored_on})


def test_a_narrow_terminal_goes_without_some_columns_and_says_which(runs, capsys, monkeypatch):
    def shown(width, terminal):
        monkeypatch.setattr(
            console, "out", Console(width=width, force_terminal=terminal, highlight=False, color_system=None)
        )
        assert main(["runs", str(runs), "--sort", "name"]) == 0
        captured = capsys.readouterr()
        return captured.out.splitlines(), captured.err

    (runs / "quick-9.unfinished").mkdir()
    whole, said = shown(200, True)
    assert "no room" not in said
    assert "1 unfinished run beside these" in said
    narrow, said = shown(40, True)
    assert len(narrow) == 4
    assert all(len(line) <= 40 for line in narrow)
    assert [line.split()[:2] for line in narrow[1:]] == [line.split()[:2] for line in whole[1:]]
    assert "no room for 95 % interval, seed" in said
    assert len(" ".join(shown(40, False)[0][0].split())) > 40  # a pipe gets everything


def test_prune_names_what_can_go_and_removes_it_only_with_yes(runs, capsys):
    (runs / "quick-9.unfinished").mkdir()
    held = RunFolder.claim(runs, "held", "", resume=False)
    expected = {
        str(runs / "quick-9.unfinished"): "unfinished, nobody is training it",
        str(runs / "quick-1"): "repeats quick-2",
    }
    assert main(["runs", str(runs), "--prune", "--json"]) == 0
    assert _rows(capsys) == {"prunable": expected}
    assert (runs / "quick-1").is_dir()
    assert main(["runs", str(runs), "--prune", "--yes"]) == 0
    assert not (runs / "quick-1").exists()
    assert not (runs / "quick-9.unfinished").exists()
    assert {path.name for path in runs.iterdir() if path.is_dir()} == {"quick-2", "quick-3", "held-1.unfinished"}
    held.release()


def test_a_run_that_another_builds_on_is_no_repeat_to_remove(runs, capsys):
    student = runs / "quick-3" / "recipe.toml"
    student.write_text(student.read_text() + f"\n[teacher]\nrun = '{runs / 'quick-1'}'\n")
    assert main(["runs", str(runs), "--prune", "--json"]) == 0
    assert _rows(capsys) == {"prunable": {}}


def test_wrong_usage_and_missing_folders_are_one_line(tmp_path, capsys):
    assert main(["runs", str(tmp_path), "--yes"]) == 2
    assert "--yes is for --prune" in capsys.readouterr().err
    assert main(["runs", str(tmp_path / "nowhere")]) == 1
    assert "no such folder" in capsys.readouterr().err
    assert main(["runs", str(tmp_path)]) == 0
    assert "holds no finished run" in capsys.readouterr().out
