"""The same recipe and seed, on one machine: the same bytes of weights, model and scores, by whatever process.

That the same run's files give the same bytes of a report, tests/reports/test_report.py holds; here, that two runs'
files differ in measured seconds alone.
"""

import csv
import json
import os
import subprocess
import sys

import pytest
import torch

from tenfold import pipeline

_ELSEWHERE = """
import json, sys, torch
from tenfold import errors, pipeline
torch.set_num_threads(int(sys.argv[3]))
errors.can_report = lambda: False
pipeline.train(sys.argv[4], overrides=json.loads(sys.argv[1]), out=sys.argv[2])
"""

MEASURED = {"seconds", "cost", "train_seconds", "git_commit"}
"""What a clock told, and the checkout's commit: somebody may be working there."""


def _but_measured(value):
    """JSON without what was measured."""
    if isinstance(value, dict):
        return {key: _but_measured(one) for key, one in value.items() if key not in MEASURED}
    return value


@pytest.mark.parametrize("recipe", ["fast", pytest.param("cnn-dropout", marks=pytest.mark.long)])
def test_another_process_trains_the_same_run(recipe, bars, tmp_path, monkeypatch):
    monkeypatch.setattr("tenfold.errors.can_report", lambda: False)
    overrides = {"data.name": str(bars), "epochs": 2, "seed": 5}
    path = os.pathsep.join(path for path in sys.path if path)
    command = [sys.executable, "-c", _ELSEWHERE, json.dumps(overrides), str(tmp_path / "there")]
    subprocess.run(
        [*command, str(torch.get_num_threads()), recipe],
        env=os.environ | {"PYTHONPATH": path, "PYTHONHASHSEED": "12345"},
        check=True,
        cwd=tmp_path,
    )
    pipeline.train(recipe, overrides=overrides, out=tmp_path / "here")
    here, there = (tmp_path / side / f"{recipe}-1" for side in ("here", "there"))
    assert sorted(path.name for path in here.iterdir()) == sorted(path.name for path in there.iterdir())
    for name in ("recipe.toml", "model.safetensors", "model.onnx", "scores.json"):
        assert (here / name).read_bytes() == (there / name).read_bytes(), name
    rows = (
        [*map(_but_measured, csv.DictReader((run / "history.csv").read_text().splitlines()))] for run in (here, there)
    )
    assert next(rows) == next(rows)
    environments = [json.loads((run / "environment.json").read_text()) for run in (here, there)]
    assert _but_measured(environments[0]) == _but_measured(environments[1])
