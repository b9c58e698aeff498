"""The questions of speed and memory run; what they measure is the benchmarks' business."""

import subprocess
import sys

import numpy as np
import pytest

from benchmarks import cold_start, inference, machine, roofline, scaling, speed_page, wall_clock
from tenfold.data import load_dataset

MACHINE = {"processor": "EPYC", "threads": 2, "commit": "0123456789ab", "date": "2026-11-30"}


@pytest.fixture(autouse=True)
def bars_for_mnist(bars, tmp_path, monkeypatch):
    """No benchmark needs MNIST to show that it runs, and none may touch the kept results."""
    for module in (roofline, scaling):
        monkeypatch.setattr(module, "load_dataset", lambda name, split: load_dataset(bars, split))
    monkeypatch.setattr(machine, "RESULTS", tmp_path / "results")


@pytest.mark.long
@pytest.mark.parametrize("question", [cold_start, inference, roofline, scaling], ids=lambda module: module.__name__)
def test_the_tiny_form_runs_and_keeps_nothing(question, capsys):
    question.main(tiny=True)
    assert capsys.readouterr().out
    assert not machine.RESULTS.exists()


def test_what_is_not_available_is_null_in_its_row():
    row = inference._row("torch-compiled", "fast", [{"unavailable": "no compiler"}, {"unavailable": "no compiler"}])
    assert row["p50_us"] is row["images_per_second_per_core"] is None
    assert "not available: no compiler" in inference._line(row | {"times_keras_predict": None})


def test_the_work_counted_is_that_of_forward_and_backward():
    found = roofline.measure(("mlp-sgd",), images=128, side=64, repeats=1)
    layers = np.array([784 * 100, 100 * 10])
    # Forward, the weights' gradient, and the second layer's gradient of its input; a product and its sum are two.
    expected = 2 * (2 * layers.sum() + layers[1]) / 1e6
    assert found["rows"][0]["mflops_per_image"] == pytest.approx(expected)


def test_a_line_is_fitted_exactly():
    line = scaling._line([(1, 12), (2, 14), (4, 18)])
    assert (line["slope"], line["intercept"], line["r2"]) == pytest.approx((2, 10, 1))


@pytest.mark.long
def test_wall_clock_measures_whole_processes_and_what_is_neither_torch_nor_training(bars):
    options = ("--data", str(bars), "--epochs", "1")
    torch, ours = wall_clock.measure(1, ("mlp-sgd",), options, keras=False)["rows"]
    assert (torch["name"], ours["name"]) == ("import torch", "tenfold mlp-sgd")
    assert 0 < ours["train_seconds"] < ours["seconds"]
    assert ours["besides_seconds"] == pytest.approx(ours["seconds"] - torch["seconds"] - ours["train_seconds"])
    assert 0 <= ours["test_accuracy"] <= 1
    assert ours["times_keras"] is None


def test_the_page_says_how_far_wall_clock_is_from_its_goals():
    def row(name, seconds, **more):
        return {"name": name, "seconds": seconds, "train_seconds": None, "test_accuracy": None} | more

    fast = row("tenfold fast", 9.0, train_seconds=2.0, test_accuracy=0.991, besides_seconds=3.5, times_keras=8.4)
    result = {"repeats": 5, "machine": MACHINE, "rows": [row("import torch", 3.5), fast]}
    text = speed_page.page({"wall-clock": result})
    assert "**not reached**: from the command to the scored run with its report" in text
    assert "- reached: `tenfold train fast` ends, report and all, 8.4 times as soon" in text
    assert "| tenfold fast | 9.0 s | 2.0 s | 3.5 s | 99.10 % | 8.4× |" in text


def test_a_cold_start_is_held_against_a_bare_script_which_older_results_lack():
    rows = [{"contender": name, "seconds": seconds} for name, seconds in (("tenfold", 0.3), ("bare", 0.25))]
    result = {"repeats": 9, "rows": rows, "times_keras": 9.0, "times_bare": 1.2}
    assert "`bare` imports" in speed_page._cold_start(result)
    assert speed_page._goal_cold_start(result) == (
        "a fresh process reads a picture in 0.30 s, 1.20 times a bare script's (goal 1.25), 9.0 times as soon as Keras "
        "(goal 8)",
        True,
    )
    assert not speed_page._goal_cold_start(result | {"times_bare": 1.3})[1]
    assert not speed_page._goal_cold_start(result | {"times_keras": 7.9})[1]
    older = {"repeats": 9, "rows": rows[:1], "times_keras": 9.0}
    assert "bare" not in speed_page._cold_start(older)
    assert not speed_page._goal_cold_start(older)[1]


def test_a_bare_script_that_was_not_measured_has_no_ratio():
    assert cold_start._times_bare({"tenfold": [1.0, 3.0, 2.0], "bare": [1.0]}) == {
        "times_bare": 2.0,
        "times_bare_opencv": None,
    }


def test_a_peer_starts_where_neither_torch_nor_tenfold_is():
    script = "import sys; sys.modules['torch'] = sys.modules['tenfold'] = None; import benchmarks.peers"
    subprocess.run([sys.executable, "-c", script], cwd=machine.ROOT, check=True)
