"""`tenfold train page` from beginning to end: small networks, few updates, glyphs of a plotter."""

import json
from pathlib import Path

import numpy as np
import pytest
from tests.plotter import plotter_glyphs

from tenfold.cli import main
from tenfold.data.inventory import cache_folder
from tenfold.data.pages.glyphs import DRAWN
from tenfold.reading import Reader
from tenfold.training.page import fit

SMALL = {
    "pages": 12,
    "validation": 6,
    "steps": 4,
    "batch_size": 2,
    "model.channels": [4, 4, 4, 4, 4],
    "model.blocks": [0, 0, 1, 0],
    "model.neck": 4,
    "glyph.pages": 6,
    "glyph.steps": 4,
    "glyph.batch_size": 8,
    "glyph.channels": [4, 4, 4],
    "glyph.blocks": [0, 1],
    "line.pages": 8,
    "line.steps": 4,
    "line.batch_size": 4,
    "line.channels": [4, 4, 4, 4],
    "line.blocks": 0,
    "line.contexts": [1],
}


@pytest.mark.long
def test_a_training_that_was_killed_between_its_networks_goes_on_and_what_it_makes_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    pages = cache_folder().parent / "pages"
    pages.mkdir(parents=True)
    plotter_glyphs(20).save(pages / f"glyphs-{DRAWN}.npz")
    command = ["train", "page", "--out", str(tmp_path / "runs"), "--json"]
    for key, value in SMALL.items():
        command += ["--set", f"{key}={json.dumps(value)}"]
    with monkeypatch.context() as patched:
        patched.setattr(fit, "found_crops", _stop)
        assert main(command) == 130
    capsys.readouterr()
    assert main([*command, "--resume"]) == 0
    run = Path(json.loads(capsys.readouterr().out)["run"])
    networks = {"page", "glyph", "line"}
    made = {f"{name}{end}" for name in networks for end in (".onnx", ".safetensors", "-history.csv")}
    assert made | {"scores.json"} <= {path.name for path in run.iterdir()}
    assert json.loads((run / "environment.json").read_text())["training"].keys() == networks
    assert json.loads((run / "scores.json").read_text())["pages"] == SMALL["validation"]
    assert Reader(detector=run).read(np.full((90, 60), 230, np.uint8)).blank


def _stop(*_arguments: object) -> None:
    raise KeyboardInterrupt
