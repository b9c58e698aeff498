import json

import pytest

from tenfold import pipeline
from tenfold.cli import main
from tenfold.data import load
from tenfold.errors import TenfoldError
from tenfold.run import Run


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

    def refuse(*_, **__):
        raise AssertionError("a second demo must not train again")

    monkeypatch.setattr(pipeline, "train", refuse)
    assert main(["demo", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["run"] == "runs/fast-1"


def test_without_mnist_the_demo_says_so_once_and_does_the_same_on_other_data(tmp_path, monkeypatch, capsys):
    def unreachable(*_):
        raise TenfoldError("mnist cannot be downloaded (no network)")

    monkeypatch.setattr(load, "obtain", unreachable)
    monkeypatch.chdir(tmp_path)
    assert main(["demo"]) == 0
    captured = capsys.readouterr()
    assert " ".join(captured.err.split()).count("mnist cannot be downloaded") == 1
    run = Run.open(tmp_path / "runs" / "fast-1")
    assert run.environment["data"]["name"] == "strokes"
    assert run.scores["dataset"]["name"] == "optdigits"
    assert run.scores["n"] == 1797
    assert run.scores["accuracy"] >= 0.93
