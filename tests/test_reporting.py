import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tenfold import reporting
from tenfold.cli.terminal.scores import print_run
from tenfold.errors import TenfoldError
from tenfold.reading.workers import Worker
from tenfold.reporting import Reporter, ScoringTask
from tenfold.run import find
from tenfold.run.folder import RunFolder


@pytest.fixture
def task(bars_run, tmp_path):
    """The run, trained but not scored yet."""
    for name in ("recipe.toml", "environment.json", "history.csv", "model.onnx"):
        (tmp_path / name).write_bytes((bars_run.path / name).read_bytes())
    return ScoringTask(tmp_path, None, True, {"steps": 1.5})


@pytest.fixture
def beside():
    """A reporter whose other process is there, though torch is loaded here."""
    with Reporter() as reporter:
        reporter._worker = Worker(reporting._prepare)
        yield reporter


def _scores(task):
    return json.loads((task.folder / "scores.json").read_text(encoding="utf-8"))


def test_without_a_report_there_are_scores_and_no_figures(bars_run):
    assert bars_run.scores["n"] == 100
    assert not (bars_run.path / "report.html").exists()
    assert not (bars_run.path / "figures").exists()


def test_another_process_leaves_what_this_one_would(task, beside):
    seconds = beside.finish(task)
    assert seconds["steps"] == 1.5
    assert seconds["scoring"] > 0
    assert seconds["report"] > 0
    scores, names = _scores(task), {path.name for path in task.folder.rglob("*")}
    assert names >= {"report.html", "README.md", "confusion-counts.png"}
    beside._worker.end()
    pictures = {path.name: path.read_bytes() for path in task.folder.glob("figures/con*.png")}
    reporting.score_and_report(task)
    assert _scores(task) == scores
    assert {path.name: path.read_bytes() for path in task.folder.glob("figures/con*.png")} == pictures


def test_a_process_that_was_killed_costs_time_and_no_report(task, beside):
    beside._worker.answer()
    os.kill(beside._worker.process.pid, signal.SIGKILL)
    beside.finish(task)
    assert _scores(task)["n"] == 100
    assert (task.folder / "report.html").is_file()


def test_what_goes_wrong_in_the_other_process_is_raised_here(task, beside):
    with pytest.raises(TenfoldError, match="no such"):
        beside.finish(replace(task, folder=_elsewhere(task.folder)))


def _elsewhere(folder):
    """A copy whose recipe names data that are not there."""
    other = folder / "other"
    other.mkdir()
    for name in ("environment.json", "history.csv", "model.onnx"):
        (other / name).write_bytes((folder / name).read_bytes())
    text = (folder / "recipe.toml").read_text(encoding="utf-8")
    (other / "recipe.toml").write_text(text.replace("bars.npz", "gone.npz"), encoding="utf-8")
    return other


def test_no_process_is_started_where_torch_is_loaded():
    assert "torch" in sys.modules
    with Reporter() as reporter:
        assert reporter._worker is None


_WAITING = """
import os, time
from tenfold.reporting import Reporter

if __name__ == "__main__":
    with Reporter() as reporter:
        reporter._worker.answer()
        print(reporter._worker.process.pid, flush=True)
        time.sleep(60)
"""


def test_the_other_process_ends_with_a_program_that_is_killed(tmp_path):
    script = tmp_path / "waiting.py"
    script.write_text(_WAITING, encoding="utf-8")
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True) as process:
        other = int(process.stdout.readline())
        process.kill()
    deadline = time.monotonic() + 30
    while _alive(other) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _alive(other)


def _alive(pid):
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def test_whether_figures_are_drawn_makes_no_other_run(bars_run, bars):
    overrides = {"data.name": str(bars), "epochs": 1}
    assert find.finished_run("mlp-sgd", bars_run.path.parent, overrides) == bars_run
    assert find.finished_run("mlp-sgd", bars_run.path.parent, overrides | {"epochs": 2}) is None


def test_a_run_whose_figures_nobody_asked_for_says_so(bars_run, capsys):
    print_run(bars_run)
    assert "none, as asked" in capsys.readouterr().out


def test_an_unfinished_run_goes_on_whether_it_is_to_be_reported_or_not(tmp_path):
    folder = RunFolder.claim(tmp_path, "one", "epochs = 1\nreport = true\n", False)
    folder.checkpoint.parent.mkdir()
    folder.checkpoint.touch()
    folder.release()
    taken_up = RunFolder.claim(tmp_path, "one", "epochs = 1\nreport = false\n", True)
    assert taken_up.path == folder.path
    assert (folder.path / "recipe.toml").read_text(encoding="utf-8") == "epochs = 1\nreport = false\n"
    taken_up.release()
    assert RunFolder.claim(tmp_path, "one", "epochs = 2\nreport = false\n", True).path != folder.path
