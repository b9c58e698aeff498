import io
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.reading.drawings import on_paper, written

from tenfold import __version__
from tenfold.cli import main
from tenfold.cli.actions.read import in_words
from tenfold.cli.commands import app
from tenfold.inference import classifier
from tenfold.pipeline import train_record
from tenfold.reading import Reading
from tenfold.reading.outcome import Digit, Rejected
from tenfold.reading.sources import Failure
from tenfold.run import Run

COMMANDS = [
    "read", "train", "evaluate", "ensemble", "compare", "tune", "runs", "export", "explore", "mistakes", "explain",
    "data", "recipes", "demo", "doctor", "serve",
]  # fmt: skip


@pytest.fixture(scope="module")
def recipe(bars, tmp_path_factory):
    """A recipe file that trains in a moment."""
    path = tmp_path_factory.mktemp("recipes") / "quick.toml"
    path.write_text(f"model = 'mlp_sgd'\nepochs = 4\nbatch_size = 20\n[data]\nname = '{bars}'\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def run(recipe, tmp_path_factory):
    """The folder of a finished run of that recipe."""
    out = tmp_path_factory.mktemp("runs")
    assert main(["train", str(recipe), "--out", str(out)]) == 0
    return out / "quick-1"


def _json(capsys):
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_help_fits_a_screen_and_names_every_command(capsys):
    assert main(["--help"]) == 0
    text = capsys.readouterr().out
    assert len(text.splitlines()) <= 40
    assert all(f"│ {command} " in text for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example_and_json(command, capsys):
    assert main([command, "--help"]) == 0
    text = capsys.readouterr().out
    assert f"Example: tenfold {command}" in text
    assert "--json" in text


def test_every_registered_command_is_tested_here():
    assert {name for name in app if not name.startswith("-")} == set(COMMANDS)


def test_tab_completes_commands_options_and_choices(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))  # whose .bashrc gets the line that loads it
    assert main(["--install-completion", "--shell", "bash", "--output", str(tmp_path / "completion")]) == 0
    for words, completed in [
        ("tenfold expl", {"explain", "explore"}),
        ("tenfold train --eff", {"--effort"}),
        ("tenfold train --effort ''", {"fast", "good", "best"}),
    ]:
        asked = f"COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); _tenfold; echo ${{COMPREPLY[@]}}"
        shell = ["bash", "-c", f"source {tmp_path}/completion; {asked}"]
        assert set(subprocess.run(shell, capture_output=True, text=True, check=True).stdout.split()) == completed


def test_reading_on_ray_asks_for_a_folder_before_it_starts_anything(capsys):
    assert main(["read", "a.png", "--ray", "local"]) == 2
    assert "into the folder --out" in capsys.readouterr().err


def test_effort_is_a_recipe_by_another_name(capsys):
    assert main(["train", "compact", "--effort", "fast"]) == 2
    assert "give a recipe or --effort, not both" in capsys.readouterr().err
    assert main(["train", "--effort", "good", "--set", "lr=1"]) == 2
    assert "--set lr" in capsys.readouterr().err
    assert main(["train", "--effort", "slow"]) == 2
    assert '"fast", "good", "best"' in capsys.readouterr().err


def test_train_prints_the_promised_object_and_leaves_the_promised_folder(recipe, tmp_path, capsys):
    assert main(["train", str(recipe), "--seed", "3", "--epochs", "2", "--out", str(tmp_path), "--json"]) == 0
    (record,) = _json(capsys)
    assert list(record) == [
        "run", "recipe", "seed", "train_seconds", "epochs", "parameters", "val_accuracy", "test_accuracy", "test_loss",
    ]  # fmt: skip
    assert record["run"] == str(tmp_path / "quick-1")
    assert (record["recipe"], record["seed"], record["epochs"], record["parameters"]) == ("quick", 3, 2, 79_510)
    files = {path.name for path in (tmp_path / "quick-1").iterdir()}
    assert files == {
        "recipe.toml", "environment.json", "history.csv", "steps.csv", "scores.json", "model.safetensors", "model.onnx",
        "figures", "report.html", "README.md",
    }  # fmt: skip


def test_a_run_says_what_it_costs_and_where_its_seconds_went(run):
    environment = Run.open(run).environment
    assert set(environment["seconds"]) == {
        "start", "data", "model", "steps", "validation", "checkpoints", "export", "scoring", "report",
    }  # fmt: skip
    assert environment["cost"]["operations"] == 2 * (784 * 100 + 100 * 10)
    assert environment["cost"]["size_bytes"] == (run / "model.onnx").stat().st_size
    assert 0 < environment["cost"]["latency_ms"] < 1000


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["train", "nope"], "unknown recipe 'nope'"),
        (["train", "RECIPE", "--set", "lr=abc"], "unknown key 'lr' (did you mean optimizer.lr?)"),
        (["train", "RECIPE", "--set", "optimizer.lr=abc"], "optimizer.lr = 'abc': input should be a valid number"),
        (["train", "RECIPE", "--set", "lr"], "give key=value"),
        (["train", "RECIPE", "--epochs", "3", "--set", "epochs=1"], "another option says epochs too"),
        (["train", "RECIPE", "--set", "model=nope"], "unknown model 'nope'"),
        (["train", "RECIPE", "--epochs", "0"], "epochs = 0"),
        (["train", "RECIPE", "--epochs", "x"], "epochs"),
        (["train", "RECIPE", "--data", "nope"], "no dataset 'nope'"),
        (["train", "RECIPE", "--device", "tpu"], "compute.device = 'tpu'"),
        (["evaluate"], "name a dataset"),
        (["evaluate", "--out", "page"], "--out is the folder of the robustness page"),
        (["evaluate", "--data", "nope", "--robustness"], "no dataset 'nope'"),
        (["trian", "fast"], 'Did you mean "train"'),
        (["evaluate", "--nope"], "nope"),
        (["data", "eat"], "list, fetch or verify"),
        (["data", "verify", "mnits"], "did you mean mnist"),
        (["data", "list", "mnits"], "did you mean mnist"),
        (["data", "lits"], "unknown action 'lits' (did you mean list?)"),
        (["--versoin"], "unknown option --versoin (did you mean --version?)"),
        (["read", "--sinlge", "a.png"], "unknown option --sinlge (did you mean --single?)"),
        (["doctor", "--modle=x"], "unknown option --modle (did you mean --model?)"),
        (["explore", "mnist", "--slpit", "test"], "Did you mean --split"),
        (["explore", "mnist", "--split", "tset"], "not 'tset' (did you mean test?)"),
        (["export", "--to", "onxx"], "unknown format 'onxx' (did you mean onnx?)"),
        (["train", "fats"], "unknown recipe 'fats' (did you mean fast?)"),
        (["train", "RECIPE", "--set", "optimiser.lr=1"], "unknown key 'optimiser' (did you mean optimizer?)"),
        (["train", "RECIPE", "--set", "optimizer.lrr=1"], "(did you mean optimizer.lr?)"),
        (["train", "RECIPE", "--set", "model_options.hiden=1"], "no option 'hiden' (did you mean hidden?)"),
    ],
)
def test_wrong_usage_is_one_line_exit_code_2_and_leaves_nothing(arguments, message, recipe, tmp_path, capsys):
    arguments = [str(recipe) if argument == "RECIPE" else argument for argument in arguments]
    out = ["--out", str(tmp_path / "out")] if arguments[0] == "train" and len(arguments) > 1 else []
    assert main(arguments + out) == 2
    captured = capsys.readouterr()
    assert message in captured.err
    assert len(captured.err.splitlines()) == 1
    assert captured.out == ""
    assert not list(tmp_path.rglob("*.*"))


def test_without_a_command_tenfold_greets_and_points(capsys):
    assert main([]) == 0
    greeting = capsys.readouterr().out
    assert greeting.startswith(f"tenfold {__version__} reads handwritten digits")
    commands = re.findall(r"^  tenfold (\w+)", greeting, re.MULTILINE)
    assert set(commands) <= set(COMMANDS)
    assert main(["help"]) == main(["--help"]) == 0
    assert main(["help", "read"]) == main(["read", "--help"]) == 0
    helped = capsys.readouterr().out
    assert all(helped.count(f"│ {command} ") == 2 for command in COMMANDS)
    assert helped.count("Usage: tenfold read") == 2


def test_a_run_that_is_not_there_is_looked_for_beside(run, capsys):
    assert main(["evaluate", str(run.with_name("qiuck-1"))]) == 1
    assert "no such model (did you mean quick-1?)" in capsys.readouterr().err


def test_a_corrupt_data_file_is_one_line_exit_code_1_and_leaves_nothing(recipe, tmp_path, capsys):
    broken = tmp_path / "broken.npz"
    broken.write_bytes(b"PK no archive")
    assert main(["train", str(recipe), "--data", str(broken), "--out", str(tmp_path / "out")]) == 1
    captured = capsys.readouterr()
    assert "broken.npz" in captured.err
    assert len(captured.err.splitlines()) == 1
    assert list((tmp_path / "out").iterdir()) == []


def test_a_folder_that_cannot_be_written_is_one_line_exit_code_1(recipe, tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert main(["train", str(recipe), "--out", str(tmp_path / "file" / "runs")]) == 1
    captured = capsys.readouterr()
    assert "cannot write runs there" in captured.err
    assert len(captured.err.splitlines()) == 1


def test_a_run_that_diverges_is_one_line_and_leaves_nothing(recipe, tmp_path, capsys):
    arguments = ["train", str(recipe), "--set", "optimizer.lr=1e20", "--out", str(tmp_path)]
    assert main([*arguments, "--set", "optimizer.name=sgd"]) == 1
    assert "lower optimizer.lr" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_run_keeps_its_recipes_name_in_a_folder_that_was_renamed(run, tmp_path):
    copy = Path(shutil.copytree(run, tmp_path / "best"))
    assert train_record(Run.open(copy))["recipe"] == "quick"


def test_an_interrupted_run_is_pointed_out_and_taken_up_when_asked(recipe, tmp_path, monkeypatch, capsys):
    def interrupt(*_):
        raise KeyboardInterrupt

    train = ["train", str(recipe), "--out", str(tmp_path), "--no-report"]
    with monkeypatch.context() as patched:
        patched.setattr(import_module("tenfold.training.fit"), "_write_rows", interrupt)
        assert main(train) == 130
    assert "--resume goes on with it" in capsys.readouterr().err
    assert main([*train, "--json"]) == 0
    captured = capsys.readouterr()
    assert captured.err.splitlines()[0].startswith(f"{tmp_path}/quick-1.unfinished was left unfinished")
    assert json.loads(captured.out)["run"] == f"{tmp_path}/quick-2"
    assert main([*train, "--resume"]) == 0
    assert "unfinished" not in capsys.readouterr().err
    assert {path.name for path in tmp_path.iterdir()} == {"quick-1", "quick-2"}
    assert main([*train, "--resume"]) == 0
    assert "no unfinished run of this very recipe" in capsys.readouterr().err


def test_evaluate_prints_the_promised_object(run, capsys):
    assert main(["evaluate", str(run), "--json"]) == 0
    (scores,) = _json(capsys)
    assert list(scores)[:11] == [
        "accuracy", "accuracy_ci95", "loss", "recall", "precision", "f1", "ece", "per_class", "confusion",
        "errors", "n",
    ]  # fmt: skip
    assert scores["n"] == 100
    assert scores == json.loads((run / "scores.json").read_text(encoding="utf-8"))


def test_evaluate_takes_a_model_file_with_data(run, bars, capsys):
    assert main(["evaluate", str(run / "model.onnx"), "--data", str(bars)]) == 0
    assert "images are right" in capsys.readouterr().out
    assert main(["evaluate", str(run / "model.onnx")]) == 2
    assert "name a dataset" in capsys.readouterr().err


def test_evaluate_robustness_adds_to_the_scores_and_leaves_a_page(run, bars, tmp_path, capsys):
    assert main(["evaluate", str(run), "--robustness", "--json"]) == 0
    (scores,) = _json(capsys)
    robustness = scores.pop("robustness")
    assert scores == json.loads((run / "scores.json").read_text(encoding="utf-8"))
    assert robustness.pop("page") == str(run / "robustness" / "bars" / "index.html")
    assert robustness == json.loads((run / "robustness" / "bars" / "robustness.json").read_text(encoding="utf-8"))
    page = tmp_path / "page"
    model = str(run / "model.onnx")
    assert main(["evaluate", model, "--data", str(bars), "--robustness", "--out", str(page)]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "images are right" in text
    assert f"corrupted as MNIST-C is, {100 * robustness['mean_error']:.2f} % are wrong on average" in text
    assert "without a reader's cleaning" in text
    assert f"page: {page}/index.html" in text
    assert (page / "errors.png").is_file()


def test_robustness_without_the_report_extra_leaves_no_page_and_says_so(run, bars, monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(import_module("tenfold.errors"), "can_report", lambda: False)
    assert main(["evaluate", str(run / "model.onnx"), "--data", str(bars), "--robustness"]) == 0
    assert "page: none: pip install 'tenfold[report]'" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("model", ["nothing", "tests", "pyproject.toml"])
def test_what_is_no_model_is_one_line(model, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tests").mkdir()
    (tmp_path / "pyproject.toml").write_text("")
    assert main(["evaluate", model]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.fixture
def pictures(tmp_path):
    """A picture with ink, a blank one, and a broken one."""
    page = np.full((200, 160), 240, np.uint8)
    Image.fromarray(page).save(tmp_path / "blank.png")
    page[40:160, 70:90] = 20
    Image.fromarray(page).save(tmp_path / "bar.png")
    (tmp_path / "broken.png").write_bytes(b"\x89PNG no more")
    return [str(tmp_path / name) for name in ("bar.png", "blank.png", "broken.png")]


def test_read_prints_an_object_a_picture_and_goes_on_after_a_broken_one(run, pictures, capsys):
    bar, blank, broken = pictures
    assert main(["read", bar, broken, blank, "--model", str(run), "--single", "--json"]) == 1
    first, second, third = _json(capsys)
    assert list(first) == [
        "source", "page", "text", "lines", "confidence", "blank", "digits", "rejected", "polarity", "model",
    ]  # fmt: skip
    assert first["source"] == bar
    assert (first["polarity"], first["blank"]) == ("dark-on-light", False)
    assert [len(first["digits"]) + len(first["rejected"])] == [1]
    assert (first["digits"] or first["rejected"])[0]["box"] == [70, 40, 20, 120]
    assert second == {"source": broken, "error": second["error"]}
    assert third["blank"] is True
    assert third["digits"] == third["rejected"] == []


def test_read_single_prints_the_two_lines(run, pictures, capsys):
    assert main(["read", pictures[0], "--single", "--model", str(run)]) == 0
    digit, confidence = capsys.readouterr().out.splitlines()
    assert digit.startswith("Predicted digit : ")
    assert digit[-1].isdigit()
    assert confidence.startswith("Confidence      : 0.")
    assert len(confidence) == len("Confidence      : 0.9923")


@pytest.fixture
def scans(pictures, tmp_path):
    """The pictures in a folder of their own: bar.png, blank.png, broken.png."""
    (tmp_path / "scans").mkdir()
    for name in pictures:
        shutil.move(name, tmp_path / "scans")
    return tmp_path / "scans"


def test_read_opens_a_models_file_once(run, pictures, monkeypatch, capsys):
    opened = []
    session = classifier._session
    monkeypatch.setattr(classifier, "_session", lambda path, *more: (opened.append(path), session(path, *more))[1])
    assert main(["read", *pictures[:2], "--model", str(run / "model.onnx")]) == 0
    assert opened == [run / "model.onnx"]


def test_read_takes_folders_and_globs(run, scans, capsys):
    assert main(["read", str(scans), f"{scans}/b[al]*.png", f"{scans}/*.gif", "--model", str(run), "--json"]) == 1
    found = _json(capsys)
    assert [Path(one["source"]).name for one in found] == [
        "bar.png", "blank.png", "broken.png", "bar.png", "blank.png", "*.gif",
    ]  # fmt: skip
    assert [i for i, one in enumerate(found) if "error" in one] == [2, 5]


@pytest.mark.parametrize("name", ["out.jsonl", "out.csv"])
def test_read_writes_a_file_and_goes_on_with_it(name, run, scans, tmp_path, capsys):
    out = tmp_path / name
    read = ["read", str(scans), "--model", str(run), "--out", str(out)]
    assert main(read) == 1
    captured = capsys.readouterr()
    assert captured.out == f"3 pictures read into {out} (1 failed)\n"
    assert captured.err.startswith(f"tenfold: {scans}/broken.png: not a picture")
    whole = out.read_bytes()
    assert main(read) == 2
    assert "--resume goes on with it" in capsys.readouterr().err
    assert out.read_bytes() == whole
    out.write_bytes(whole[:-20])
    assert main([*read, "--resume", "--json"]) == 1
    assert _json(capsys) == [{"out": str(out), "pictures": 1, "failed": 1, "held": 2}]
    assert out.read_bytes() == whole


def test_a_stopped_reading_counts_what_the_file_holds_and_speaks_of_no_training(
    run, scans, tmp_path, monkeypatch, capsys
):
    def interrupted(sources, *_, **__):
        for number, source in enumerate(sources):
            if number == 1:
                raise KeyboardInterrupt
            yield (Failure(source, "broken"),)

    monkeypatch.setattr(import_module("tenfold.cli.actions.read"), "read_many", interrupted)
    read = ["read", str(scans), "--model", str(run), "--out", str(tmp_path / "out.csv"), "--resume"]
    for held in ("1 picture", "2 pictures"):
        assert main(read) == 130
        assert f"stopped: {tmp_path}/out.csv holds {held};" in capsys.readouterr().err
    monkeypatch.setattr(
        import_module("tenfold.cli.actions.doctor"), "find_pictures", lambda names: interrupted([*names, ""])
    )
    assert main(["doctor", str(scans), "--model", str(run)]) == 130
    assert capsys.readouterr().err.endswith("tenfold: stopped\n")


def test_single_names_the_pictures_where_they_are_several(run, pictures, capsys):
    bar = pictures[0]
    assert main(["read", "--single", bar, "--model", str(run)]) == 0
    assert capsys.readouterr().out.startswith("Predicted digit : ")
    assert main(["read", "--single", bar, bar, "--model", str(run)]) == 0
    assert all(line.startswith(f"{bar}: ") for line in capsys.readouterr().out.splitlines())


def test_single_says_that_more_than_one_digit_was_there(tmp_path, capsys):
    for text in ("90210", "7"):
        Image.fromarray(on_paper(written(text))).save(tmp_path / f"{text}.png")
    assert main(["read", "--single", str(tmp_path / "90210.png")]) == 0
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 2
    assert "90210.png: its ink is hardly one digit: were there more digits? Without --single all are read" in err
    assert main(["read", "--single", str(tmp_path / "7.png")]) == 0
    assert capsys.readouterr().err == ""
    assert main(["read", "--single", str(tmp_path)]) == 0
    number, digit = sorted(capsys.readouterr().out.splitlines(), key=len, reverse=True)
    assert number.endswith("; its ink is hardly one digit)")
    assert "ink" not in digit


def test_a_line_says_what_was_left_out_and_the_sets_that_were_asked_for():
    digit = Digit(7, "7", 0.5, (0, 0, 9, 9), prediction_set=("7", "1"))
    left = Rejected((20, 0, 9, 9), "unsure", 0.15, 0.2)
    reading = Reading(
        "a", 0, ("7",), (digit,), (left,), False, "dark-on-light", "stub", np.zeros((2, 28, 28), np.uint8)
    )
    assert in_words(reading) == "7  (confidence 0.4000; sets 7|1; 1 piece of ink left out)"
    assert in_words(replace(reading, rejected=(left, left))).endswith("; 2 pieces of ink left out)")
    plain = replace(reading, rejected=(), digits=(replace(digit, prediction_set=None),))
    assert in_words(plain) == "7  (confidence 0.5000)"


def test_read_refuses_what_cannot_be_meant(run, pictures, tmp_path, capsys):
    for wrong, message in [
        (["--resume"], "name that, as --out"),
        (["--out", str(tmp_path / "out.txt")], "ends in .jsonl or .csv"),
        (["--workers", "0"], "give 1 to 1024 processes"),
        (["--workers", "99999999"], "give 1 to 1024 processes"),
        (["--prediction-sets", "7"], "not 7"),
        (["--show", str(tmp_path / "seen.png")], "name a folder"),
        (["--stages", str(tmp_path / "why.PNG")], "name a folder"),
    ]:
        assert main(["read", pictures[0], "--model", str(run), *wrong]) == 2
        assert message in capsys.readouterr().err


def _opened(path):
    with Image.open(path) as image:
        image.load()
    return image


def test_read_draws_what_was_seen_in_each_picture(run, scans, tmp_path, capsys):
    read = [
        "read",
        str(scans),
        "--model",
        str(run),
        "--show",
        str(tmp_path / "seen"),
        "--stages",
        str(tmp_path / "why"),
    ]
    assert main(read) == 1
    captured = capsys.readouterr()
    assert captured.out.endswith(
        f"what was seen is drawn in {tmp_path}/seen\nwhat was seen is drawn in {tmp_path}/why\n"
    )
    assert {path.name for path in (tmp_path / "seen").iterdir()} == {"bar.png", "blank.png"}
    assert all(min(_opened(path).size) > 400 for path in (tmp_path / "seen").iterdir())
    assert {path.name for path in (tmp_path / "why").iterdir()} == {"bar", "blank"}
    assert (tmp_path / "why" / "bar" / "stages.txt").is_file()
    assert main([*read, "--json"]) == 1
    assert len(_json(capsys)) == 3
    assert len(list((tmp_path / "seen").iterdir())) == 2


def test_many_pictures_are_drawn_by_many_processes(run, pictures, tmp_path, capsys):
    bar = _opened(pictures[0])
    for number in range(20):
        folder = tmp_path / "many" / f"{number}"
        folder.mkdir(parents=True)
        bar.save(folder / "bar.png")
    seen = tmp_path / "seen"
    assert main(["read", str(tmp_path / "many"), "--model", str(run), "--show", str(seen), "--workers", "2"]) == 0
    names = {"bar.png", "bar.png.png"} | {f"bar.png.{number}.png" for number in range(2, 20)}
    assert {path.name for path in seen.iterdir()} == names
    assert len({_opened(path).info["Source"] for path in seen.iterdir()}) == 20


def test_read_shows_nothing_where_a_folder_cannot_be(run, pictures, tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert main(["read", pictures[0], "--model", str(run), "--show", str(tmp_path / "file")]) == 1
    captured = capsys.readouterr()
    assert "cannot be made a folder" in captured.err
    assert captured.out == ""


def test_doctor_says_what_may_be_wrong(run, pictures, capsys):
    bar, blank, broken = pictures
    assert main(["doctor", bar, blank, broken, "--model", str(run)]) == 1
    captured = capsys.readouterr()
    assert f"{blank}: blank\n  no ink was found" in captured.out
    assert captured.err.startswith(f"tenfold: {broken}: not a picture")
    assert main(["doctor", blank, broken, "--model", str(run), "--json"]) == 1
    first, second = _json(capsys)
    assert list(first) == ["source", "page", "text", "confidence", "findings"]
    assert [finding["finding"] for finding in first["findings"]] == ["blank"]
    assert second == {"source": broken, "error": second["error"]}


def test_doctor_says_where_nothing_is_wrong(run, pictures, monkeypatch, capsys):
    monkeypatch.setattr(import_module("tenfold.cli.actions.doctor"), "diagnose_reading", lambda *_: ())
    assert main(["doctor", pictures[0], "--model", str(run)]) == 0
    assert capsys.readouterr().out.endswith("\n  nothing wrong was found\n")


def test_doctor_takes_standard_input_and_refuses_what_looks_like_an_option(run, pictures, monkeypatch, capsys):
    with Path(pictures[1]).open("rb") as file:
        monkeypatch.setattr("sys.stdin", type("Stdin", (), {"buffer": file}))
        assert main(["doctor", "-", "--model", str(run)]) == 0
    assert capsys.readouterr().out.startswith("-: blank\n")
    assert main(["doctor", "--nope", "--model", str(run)]) == 2
    assert "unknown option --nope: see tenfold doctor --help" in capsys.readouterr().err


def test_doctor_alone_looks_at_the_installation(capsys):
    assert main(["doctor", "--json"]) == 0
    (found,) = _json(capsys)
    assert list(found) == [
        "tenfold", "python", "platform", "packages", "extras", "device", "threads", "shipped_model", "datasets",
        "cache",
    ]  # fmt: skip
    assert found["packages"]["numpy"] == np.__version__
    assert found["extras"]["train"]["torch"]
    assert found["device"] in ("cpu", "cuda", "mps")
    assert main(["doctor"]) == 0
    assert capsys.readouterr().out.startswith("tenfold")


def test_doctor_says_how_to_get_an_extra_that_is_missing(monkeypatch, capsys):
    doctor = import_module("tenfold.cli.actions.doctor")
    monkeypatch.setattr(doctor, "_version", lambda package: None if package == "torch" else "1")
    assert main(["doctor"]) == 0
    out = capsys.readouterr().out
    assert "without torch: pip install 'tenfold[train]'" in out
    assert "device    cpu" in out


def test_read_names_the_page(run, tmp_path, capsys):
    page = Image.new("L", (50, 50), 250)
    page.save(tmp_path / "two.tiff", save_all=True, append_images=[page])
    assert main(["read", str(tmp_path / "two.tiff"), "--model", str(run)]) == 0
    assert capsys.readouterr().out == f"{tmp_path}/two.tiff: blank\n{tmp_path}/two.tiff (page 2): blank\n"


def test_read_without_any_model_is_one_line(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(import_module("tenfold.inference.classifier"), "SHIPPED", tmp_path / "none.onnx")
    assert main(["read", "x.png"]) == 1
    assert (
        capsys.readouterr().err
        == f"tenfold: {tmp_path}/none.onnx: no such model: give a run's folder, or a .onnx, .keras or .h5 file\n"
    )


def test_explore_writes_its_page(bars, tmp_path, capsys):
    assert main(["explore", str(bars), "--out", str(tmp_path), "--json"]) == 0
    (found,) = _json(capsys)
    assert found["dataset"]["n"] == 600
    assert (tmp_path / "index.html").is_file()
    assert main(["explore", str(bars), "--out", str(tmp_path)]) == 0
    assert "600 images of 10 classes" in capsys.readouterr().out


def test_explore_gives_each_split_of_each_dataset_a_page_of_its_own(bars, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    pages = []
    for split in ("train", "test"):
        assert main(["explore", str(bars), "--split", split, "--json"]) == 0
        pages.append(_json(capsys)[0]["page"])
    assert pages == ["explore/bars/index.html", "explore/bars-test/index.html"]
    assert all((tmp_path / page).is_file() for page in pages)


def test_mistakes_are_listed_and_leave_their_page_in_the_runs_folder(run, bars, tmp_path, capsys):
    shutil.copytree(run, tmp_path / "quick")
    assert main(["mistakes", str(tmp_path / "quick"), "--json"]) == 0
    [shown] = _json(capsys)
    assert shown["page"] == str(tmp_path / "quick" / "mistakes" / "index.html")
    assert Path(shown["page"]).is_file()
    assert main(["evaluate", str(run), "--json"]) == 0
    [scores] = _json(capsys)
    assert (shown["accuracy"], shown["errors"]) == (scores["accuracy"], scores["errors"])
    assert len(shown["mistakes"]) == shown["errors"]
    assert main(["mistakes", str(run / "model.onnx"), "--data", str(bars), "--out", str(tmp_path / "page")]) == 0
    text = capsys.readouterr().out
    assert f"{shown['errors']} of 100 bars test images are read wrong" in text
    assert f"page: {tmp_path / 'page' / 'index.html'}" in text


def test_data_lists_the_datasets_that_are_named(capsys):
    assert main(["data", "list", "usps", "--json"]) == 0
    assert [row["name"] for row in _json(capsys)[0]] == ["usps"]


def test_data_lists_the_catalogue(capsys):
    assert main(["data", "--json"]) == 0
    (rows,) = _json(capsys)
    assert {"mnist", "fashion-mnist", "kmnist", "emnist-digits", "qmnist", "usps", "optdigits", "strokes"} <= {
        row["name"] for row in rows
    }
    assert main(["data"]) == 0
    assert "fashion-mnist" in capsys.readouterr().out


def test_a_recipe_can_be_printed_saved_and_trained(tmp_path, capsys):
    assert main(["recipes", "mlp-sgd"]) == 0
    (tmp_path / "mine.toml").write_text(capsys.readouterr().out, encoding="utf-8")
    assert main(["recipes", str(tmp_path / "mine.toml"), "--json"]) == 0
    assert _json(capsys)[0]["optimizer"]["lr"] == 0.01
    assert main(["recipes"]) == 0
    assert "cnn-dropout" in capsys.readouterr().out
    assert main(["recipes", "mlp-sgd", "--set", "model_options.hidden=200", "--set", "lr=3"]) == 2
    assert "did you mean optimizer.lr?" in capsys.readouterr().err
    assert main(["recipes", "mlp-sgd", "--set", "model_options.hidden=200", "--json"]) == 0
    assert _json(capsys)[0]["model_options"] == {"hidden": 200}
    assert main(["recipes", "--set", "epochs=2"]) == 2
    assert "name one" in capsys.readouterr().err


def test_explaining_a_folder_asks_for_a_picture(run, capsys):
    assert main(["explain", str(run)]) == 2
    assert f"name a picture, behind the model if there is one: {run} photo.jpg" in capsys.readouterr().err


def test_read_takes_a_picture_from_standard_input(run, pictures, monkeypatch, capsys):
    with Path(pictures[0]).open("rb") as file:
        monkeypatch.setattr("sys.stdin", type("Stdin", (), {"buffer": file}))
        assert main(["read", "-", "--model", str(run), "--single", "--json"]) == 0
    (reading,) = _json(capsys)
    assert reading["source"] == "-"
    assert reading["digits"] or reading["rejected"]
    assert main(["read", "x.png", "--nope", "--model", str(run)]) == 2
    assert "unknown option --nope" in capsys.readouterr().err


@pytest.mark.parametrize("stdin", [None, io.TextIOWrapper(io.BytesIO())])
def test_a_closed_or_empty_standard_input_is_one_line(run, stdin, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", stdin)
    assert main(["read", "-", "--model", str(run)]) == 1
    captured = capsys.readouterr()
    assert captured.err.startswith("tenfold: -: ")
    assert len(captured.err.splitlines()) == 1


def test_a_class_that_is_no_digit_is_read_by_its_name(bars, pictures, tmp_path, capsys):
    with np.load(bars) as arrays:
        for label, image in zip(arrays["y_train"][:200], arrays["x_train"][:200], strict=True):
            folder = tmp_path / "shapes" / f"bar {'ABCDEFGHIJ'[label]}"
            folder.mkdir(parents=True, exist_ok=True)
            Image.fromarray(image).save(folder / f"{len(list(folder.iterdir()))}.png")
    arguments = ["--data", str(tmp_path / "shapes"), "--epochs", "1", "--out", str(tmp_path)]
    assert main(["train", "mlp-sgd", *arguments]) == 0
    capsys.readouterr()
    assert main(["read", pictures[0], "--single", "--model", str(tmp_path / "mlp-sgd-1")]) == 0
    assert capsys.readouterr().out.startswith("Predicted class : bar ")


def test_names_with_brackets_are_printed_as_they_are(recipe, tmp_path, capsys):
    out = tmp_path / "x[/red] [bold]y"
    assert main(["train", str(recipe), "--epochs", "1", "--out", str(out)]) == 0
    assert f"{out}/quick-1/report.html" in capsys.readouterr().out


def test_a_full_disk_is_one_line(recipe, tmp_path, monkeypatch, capsys):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(import_module("tenfold.training.fit"), "write_atomically", full)
    assert main(["train", str(recipe), "--out", str(tmp_path)]) == 1
    captured = capsys.readouterr()
    assert "No space left on device" in captured.err
    assert "make room" in captured.err.splitlines()[-1]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no such device")
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(
    "command",
    [["recipes"], *(pytest.param(one, marks=pytest.mark.long) for one in (["recipes", "--json"], ["recipes", "fast"]))],
    ids=" ".join,
)
def test_a_full_standard_output_is_one_line_that_names_it(command, unbuffered):
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "tenfold", *command], stdout=full, stderr=subprocess.PIPE, text=True, check=False,
            env=os.environ | {"PYTHONUNBUFFERED": unbuffered},
        )  # fmt: skip
    assert ended.stderr == "tenfold: standard output: No space left on device: make room\n"
    assert ended.returncode == 1


def test_an_answer_that_goes_nowhere_is_an_error(run, pictures):
    read = [sys.executable, "-m", "tenfold", "read", pictures[0], "--model", str(run)]
    ended = subprocess.run(["sh", "-c", '"$@" >&-', "sh", *read], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (
        1,
        "tenfold: standard output: is closed: send it somewhere, as > /dev/null\n",
    )


@pytest.mark.parametrize(
    "command", [["recipes"], pytest.param(["recipes", "fast"], marks=pytest.mark.long)], ids=" ".join
)
def test_who_has_read_enough_is_no_error(command):
    far, near = os.pipe()
    os.close(far)
    process = [sys.executable, "-m", "tenfold", *command]
    ended = subprocess.run(process, stdout=near, stderr=subprocess.PIPE, check=False)
    os.close(near)
    assert (ended.returncode, ended.stderr) == (0, b"")


@pytest.mark.parametrize(
    ("command", "where"),
    [
        (["read", ""], "read"),
        (["read", "7.png", "--out", ""], "--out"),
        (["read", "7.png", "--out="], "--out"),
        (["evaluate", "--data", "usps", "--robustness", "--out", ""], "--out"),
        ([""], "tenfold"),
    ],
)
def test_an_empty_name_is_wrong_usage(command, where, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(command) == 2
    assert capsys.readouterr().err.startswith(f"tenfold: {where}: an empty name or value")
    assert not list(tmp_path.iterdir())


def test_a_folder_too_small_to_split_is_one_line(tmp_path, capsys):
    for name in "01":
        (tmp_path / "digits" / name).mkdir(parents=True)
        Image.new("L", (28, 28), 255).save(tmp_path / "digits" / name / "one.png")
    assert main(["explore", str(tmp_path / "digits"), "--split", "test", "--out", str(tmp_path / "out")]) == 1
    assert "no pictures for the test split" in capsys.readouterr().err


@pytest.mark.parametrize(("module", "arguments"), [("cyclopts", ["--help"]), ("onnxruntime", ["read", "a.png"])])
@pytest.mark.parametrize(
    "command", [["-m", "tenfold"], ["-c", "import sys, tenfold.__main__ as m; sys.exit(m.main())"]]
)
def test_ctrl_c_while_modules_load_is_one_line(command, module, arguments, tmp_path):
    (tmp_path / f"{module}.py").write_text("import signal\nsignal.raise_signal(signal.SIGINT)\n", encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"}
    done = subprocess.run([sys.executable, *command, *arguments], env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "tenfold: stopped\n")


def test_data_verifies_what_is_named_and_fails_where_a_file_is_missing(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert main(["data", "verify", "strokes"]) == 0
    assert capsys.readouterr().out == "strokes: built in, nothing to verify\n"
    command = ["data", "verify", "strokes", "mnist", "--data-dir", str(tmp_path)]
    assert main(command) == 1
    assert "mnist: train-images-idx3-ubyte.gz: missing" in capsys.readouterr().out.splitlines()
    assert main([*command, "--json"]) == 1
    (found,) = _json(capsys)
    assert found["strokes"] == []
    assert [file["state"] for file in found["mnist"]] == ["missing"] * 4


def test_recipes_are_listed_as_json(capsys):
    assert main(["recipes", "--json"]) == 0
    (rows,) = _json(capsys)
    assert {"fast", "good", "best", "mlp-sgd"} <= {row["name"] for row in rows}
    assert all(row["model"] and row["summary"] for row in rows)
