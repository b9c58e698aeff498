import ast
import json

import numpy as np
import pytest
from benchmarks.serve.section import section as serve_section

from benchmarks import __main__ as command
from benchmarks import (
    committee,
    committee_page,
    epoch,
    first_hour,
    first_hour_page,
    graph,
    machine,
    plots,
    render,
    robustness,
    robustness_page,
    seeds,
    serve,
    speed_page,
    time_to_accuracy,
)
from tenfold.data import Dataset


@pytest.fixture(autouse=True)
def bars_for_mnist(bars, tmp_path, monkeypatch):
    """No benchmark needs MNIST to show that it runs, and none may touch the kept results."""
    from tenfold.data import load_dataset

    def load(name, split, **_) -> Dataset:
        return load_dataset(bars, split)

    monkeypatch.setattr(epoch, "load_dataset", load)
    monkeypatch.setattr(time_to_accuracy, "load_dataset", load)
    monkeypatch.setattr(seeds, "RUNS", tmp_path / "runs")
    monkeypatch.setattr(machine, "RESULTS", tmp_path / "results")


@pytest.mark.long
def test_epoch_measures_each_run_and_leaves_the_first_epoch_out():
    found = epoch.measure({"mlp-sgd": 400}, epochs=3, repeats=2, peers=("tenfold",))
    assert len(found["rows"][0]["seconds"]["tenfold"]) == 2 * 2
    assert found["rows"][0]["images_per_second"]["tenfold"] > 0


@pytest.mark.long
def test_time_to_accuracy_counts_from_the_model_to_the_first_epoch_that_is_good_enough(capsys):
    quick = time_to_accuracy.Contender("quick", "tenfold_epochs", "mlp-sgd", repeats=2, epochs=8)
    plain = time_to_accuracy.Contender("plain", "torch_epochs", "cnn-dropout", repeats=1, epochs=2)
    quick_row, plain_row = time_to_accuracy.measure((quick, plain), images=400)["rows"]
    assert plain_row["seconds_to"]["0.995"] is None or plain_row["reached"]["0.995"] == 1
    for curve in quick_row["curves"]:
        assert curve["seconds"] == sorted(curve["seconds"])
        assert len(curve["test_accuracy"]) == len(curve["seconds"])
        # Nobody goes on after the last target.
        assert all(accuracy < 0.995 for accuracy in curve["test_accuracy"][:-1])
    assert quick_row["seconds_to"]["0.98"] in [second for curve in quick_row["curves"] for second in curve["seconds"]]


def test_a_target_that_half_of_the_repeats_miss_is_not_reached():
    curves = [{"seconds": [1.0, 2.0], "test_accuracy": [0.97, last]} for last in (0.981, 0.979, 0.979)]
    row = time_to_accuracy._row(time_to_accuracy.Contender("x", "y", "z"), curves)
    assert row["reached"]["0.98"] == 1
    assert row["seconds_to"]["0.98"] is None


@pytest.mark.long
def test_a_server_is_asked_and_every_bad_input_refused(capsys):
    serve.main(tiny=True)
    found = dict(line.split(" ", 1) for line in capsys.readouterr().out.splitlines())
    answered = {name: ast.literal_eval(figures) for name, figures in found.items()}
    assert answered["read"]["as_fast_as_answered"]["statuses"].keys() == {"200"}
    assert answered["rubbish"]["not_4xx"] == 0
    assert answered["crowd"]["drawing"]["statuses"].keys() <= {"200", "503"}
    assert answered["end"]["lost"] == 0


def test_the_first_hour_follows_each_persons_path_as_it_stands(capsys):
    first_hour.main(tiny=True)
    told = capsys.readouterr().out
    assert told.startswith("python3 -m venv .venv\n")
    for person in first_hour.PEOPLE:
        path = first_hour._path_of(person, first_hour.ROOT)
        assert len(path) > 2
        assert all(line.startswith("tenfold ") and line in told for line in path)


def test_the_first_hour_ends_where_a_command_fails(tmp_path, capsys):
    newcomer = first_hour.Newcomer(tmp_path, tmp_path)
    assert newcomer.run('test -z "$TENFOLD_FIELD$PYTHONPATH" && test ~ = $PWD') > 0
    with pytest.raises(SystemExit):
        newcomer.run("echo why; exit 3")
    assert capsys.readouterr().err == "why\nexit code 3: echo why; exit 3\n"


def test_the_core_is_told_by_package():
    sizes = {"cv2": 70e6, "opencv_python_headless.libs": 80e6, "PIL": 8e6, "pillow.libs": 15e6, "numpy": 45e6, "a": 1e6}
    assert first_hour_page._packages(sizes) == "cv2 150, numpy 45, pillow 23, a 1, all others 0"
    found = {"wheel_bytes": 9e5, "core_bytes": sizes, "seconds_to_model": 100, "seconds_to_reading": 121}
    goals = first_hour_page.goal_size, first_hour_page.goal_model, first_hour_page.goal_reading
    assert [goal(found)[1] for goal in goals] == [False, True, False]


def test_a_seed_is_trained_once_and_then_reused(bars, capsys):
    options = {"epochs": 1, "data.name": str(bars)}
    first = seeds.over_seeds("mlp-sgd", (0, 1), **options)
    assert first["test_accuracy"]["min"] <= first["test_accuracy"]["mean"]
    assert seeds.over_seeds("mlp-sgd", (0, 1), **options) == first
    assert len(list(seeds.RUNS.iterdir())) == 2


@pytest.mark.long
def test_a_committee_is_all_of_its_seeds_and_says_what_it_came_to(bars, capsys):
    wanted = committee.Committee("mlp-sgd", (3, 1), goal=0.5)
    row = committee.measure(wanted, **{"epochs": 1, "data.name": str(bars)})
    assert (row["seeds"], row["goal"]) == ([3, 1], 0.5)
    assert len(row["members"]) == 2
    assert row["parameters"] == 2 * 79_510
    assert row["against_best"]["sentence"] in capsys.readouterr().out


def test_an_unknown_question_is_one_line(capsys):
    assert command.main(["speed"]) == 2
    assert "there are time-to-accuracy, epoch" in capsys.readouterr().err


def test_results_name_the_machine(tmp_path):
    path = machine.write_result("nothing", {"rows": []})
    assert {"processor", "cores", "threads", "commit", "date"} <= set(json.loads(path.read_text())["machine"])


def test_a_row_kept_alone_leaves_the_others_with_the_commit_they_were_measured_at(monkeypatch):
    commits = iter("aabb")
    machine_now = machine.describe_machine()
    monkeypatch.setattr(machine, "describe_machine", lambda: machine_now | {"commit": next(commits)})
    for part, found in (("one", 1), ("two", 2)):
        path = machine.keep_row("parts", {"part": part, "found": found}, key=("part",), most=3)
    commits = iter("cc")
    machine.keep_row("parts", {"part": "one", "found": 5}, key=("part",), most=4)
    kept = json.loads(path.read_text())
    assert kept["rows"] == [
        {"part": "one", "found": 5, "commit": "c"},
        {"part": "two", "found": 2, "commit": "b"},
    ]
    assert (kept["most"], kept["machine"]["commit"]) == (4, "c")


def test_the_pages_are_what_the_results_say():
    results = render.results()
    assert (render.DOCS / "classics.md").read_text(encoding="utf-8") == render.page(results["classics"])
    assert (render.DOCS / "benchmarks.md").read_text(encoding="utf-8") == speed_page.page(results)
    serve_page = (render.DOCS / "serve.md").read_text(encoding="utf-8")
    assert serve_page.endswith("\n" + serve_section(results["serve"]))
    export = (render.DOCS / "export.md").read_text(encoding="utf-8")
    assert export == graph.renewed(export, results["reader-graph"])
    assert (render.DOCS / "ensembles.md").read_text(encoding="utf-8") == committee_page.page(results["committee"])
    assert (render.DOCS / "robustness.md").read_text(encoding="utf-8") == robustness_page.page(results["robustness"])


@pytest.mark.long
def test_robustness_measures_the_peer_the_shipped_model_and_the_reader(bars, tmp_path, capsys):
    from tenfold.data import load_dataset

    data = load_dataset(bars, "test").take(np.arange(4))
    found = robustness.measure(data, pictures=2, **{"epochs": 1, "data.name": str(bars)})
    assert [row["name"] for row in found["rows"]] == ["cnn-dropout", "shipped"]
    assert found["reader"]["pictures"] == 2
    found["machine"] = machine.describe_machine()
    text = robustness_page.page(found)
    assert text.count("impulse noise") == 1
    assert "whole reader" in text
    plots.robustness(found, tmp_path / "robustness.png")
    assert (tmp_path / "robustness.png").stat().st_size > 10_000


@pytest.mark.parametrize(
    ("alone", "whole", "verdict"), [(4, 9, "reached."), (9, 4, "by the whole reader"), (9, 9, "not")]
)
def test_the_goal_is_said_to_be_reached_only_where_it_is(alone, whole, verdict):
    peer, shipped, reader = ({"mean_error": error / 100} for error in (10, alone, whole))
    assert verdict in robustness_page._goal(peer, shipped, reader)


def test_help_lists_every_question_with_what_it_asks(capsys):
    assert command.main(["--help"]) == 0
    listed = capsys.readouterr().out
    for name in command.QUESTIONS | command.ACCURACY:
        assert f"\n  {name} " in listed
    assert "How well does tenfold read real pictures" in listed
