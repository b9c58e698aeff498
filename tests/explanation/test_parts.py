"""An explanation says and draws what there is, and says so where a part of it cannot be had."""

import io
import json
import os
import sys
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from tests.explanation.corner import inked_corner, write_corner_model

from tenfold import models
from tenfold.cli import main
from tenfold.errors import UsageError
from tenfold.explanation import assembly, explain, neighbours, page
from tenfold.explanation.contrast import contrast
from tenfold.explanation.drawing import gradient_tiles, main_tiles, neighbour_tiles
from tenfold.explanation.gradients import Gradients
from tenfold.explanation.layers_drawing import draw_layers, layer_title, probes_line
from tenfold.explanation.wording import change_line, neighbours_line
from tenfold.exporting import export_onnx
from tenfold.inference.classifier import Classifier, ModelCard
from tenfold.inference.graph import OnnxGraph

CARD = ModelCard(tuple("0123456789"), "mnist-1", 1.0, 0.5, "dense", "00", "0.1.0")


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setattr(neighbours, "cache_folder", lambda: tmp_path / "cache")
    return tmp_path / "cache" / "neighbours"


@pytest.fixture
def without_data(tmp_path, monkeypatch):
    monkeypatch.setenv("TENFOLD_DATA", str(tmp_path))
    monkeypatch.setattr("tenfold.data.inventory.cache_folder", lambda: tmp_path / "none")


@pytest.fixture
def picture(tmp_path):
    """A one, as a file."""
    pixels = np.full((80, 60), 255, np.uint8)
    pixels[20:60, 26:34] = 0
    Image.fromarray(pixels).save(tmp_path / "one.png")
    return tmp_path / "one.png"


@pytest.fixture
def blind(tmp_path):
    """A model.onnx that answers 0 whatever it sees."""
    return write_corner_model(tmp_path / "blind.onnx", np.zeros((784, 10), np.float32))


def test_a_model_that_nothing_moves_is_explained_without_a_change_or_neighbours(blind, picture, without_data, tmp_path):
    found = explain(picture, model=blind, out=tmp_path / "out")
    assert change_line(found) == "no change of up to three strokes that was tried changes the answer"
    assert neighbours_line(found) == ""
    told = json.loads(json.dumps(found.to_json()))
    assert (told["answer"], told["change"], told["neighbours"]) == ("0", None, None)
    assert told["notes"] == ["no neighbours: mnist is not here: tenfold data fetch mnist"]
    assert [tile.title for tile in main_tiles(found)] == ["what the model saw", "its ink", "paper without ink"]
    assert neighbour_tiles(found) == []
    assert (tmp_path / "out" / "index.html").is_file()


def test_the_command_says_what_is_missing(blind, picture, without_data, monkeypatch, capsys):
    monkeypatch.chdir(picture.parent)
    monkeypatch.setattr(page, "find_spec", lambda _name: None)  # without the 'report' extra
    assert main(["explain", str(blind), "one.png", "--layers"]) == 0
    assert capsys.readouterr().out.splitlines()[-3:] == [
        "  no change of up to three strokes that was tried changes the answer",
        "  no neighbours: mnist is not here: tenfold data fetch mnist",
        "drawing: explain/one/explanation.png (pip install 'tenfold[report]' adds a page)",
    ]
    assert {path.name for path in (picture.parent / "explain" / "one").iterdir()} == {"explanation.png", "layers.png"}


def test_the_command_says_what_a_probe_reads_off_each_layer(corner, archive, picture, monkeypatch, capsys):
    monkeypatch.chdir(picture.parent)
    monkeypatch.setattr(assembly, "training_data", lambda *_: str(archive))
    assert main(["explain", str(corner.path), "one.png", "--layers"]) == 0
    captured = capsys.readouterr()
    assert "fitting a probe on each layer, on training images of " in captured.err
    probes = [line for line in captured.out.splitlines() if line.startswith("  after ")]
    assert len(probes) == len(explain(picture, model=corner.path, layers=True).layers.layers)
    assert all(line.endswith(" % right)") for line in probes)


def test_layers_without_training_images_are_drawn_without_probes(picture, without_data, tmp_path):
    export_onnx(models.build("mlp_sgd"), CARD, tmp_path / "dense.onnx")
    found = explain(picture, model=tmp_path / "dense.onnx", layers=True)
    assert probes_line(found.layers).endswith("(no training images are here, so there are no probes)")
    pixels, hidden = found.layers.layers
    assert (layer_title(pixels), layer_title(hidden)) == ("pixels: 1×28×28 values", "dense 1: 100 values")
    assert pixels.maps is not None
    assert hidden.maps is pixels.probabilities is hidden.probabilities is None
    only_pixels = replace(found.layers, layers=(pixels,))
    taller = draw_layers(found, found.layers).height - draw_layers(found, only_pixels).height
    assert 52 <= taller < 52 + 28  # a title, and neither maps nor bars below it


def test_a_model_without_a_convolution_has_one_map_by_gradients(blind, picture, without_data):
    found = explain(picture, model=blind)
    assert gradient_tiles(found) == []
    integrated = np.zeros((28, 28), np.float32)
    dense, convolutional = (
        gradient_tiles(replace(found, gradients=Gradients(integrated, grad_cam))) for grad_cam in (None, integrated)
    )
    assert [tile.title for tile in dense] == ["integrated gradients"]
    assert [tile.title for tile in convolutional] == ["integrated gradients", "Grad-CAM"]


def test_an_answer_is_held_against_another_class_that_the_model_knows(corner, tmp_path):
    with pytest.raises(
        UsageError, match="--against 1: that is the answer; leave it out to hold it against the runner-up"
    ):
        contrast(corner, inked_corner(), "1")
    one = Classifier(corner.path)
    one.__dict__["card"] = ModelCard(("1",), corner.card.framing, 1.0, 0.5, "one", "00", "1")
    one.logits = one.probabilities = lambda views: np.ones((len(views), 1), np.float32)
    with pytest.raises(UsageError, match="the model knows one class only"):
        contrast(one, inked_corner())


def test_of_many_models_the_indexes_used_last_are_kept(corner, cache, monkeypatch):
    monkeypatch.setattr(neighbours, "_KEPT", 2)
    index = neighbours._Index(*(np.zeros(1) for _ in range(4)))
    for age, name in enumerate(("newest", "middle", "oldest")):
        cache.mkdir(parents=True, exist_ok=True)
        (cache / f"{name}.npz").write_bytes(b"")
        os.utime(cache / f"{name}.npz", (10**9 - age, 10**9 - age))
    path = neighbours._path(OnnxGraph(corner), "mnist")
    neighbours._write(path, index)
    assert {one.name for one in cache.iterdir()} == {path.name, "newest.npz"}


def test_an_index_that_cannot_be_kept_costs_no_answer(corner, cache):
    cache.parent.mkdir()
    cache.write_text("in the way")
    neighbours._write(neighbours._path(OnnxGraph(corner), "mnist"), neighbours._Index(*(np.zeros(1) for _ in range(4))))
    assert cache.read_text() == "in the way"


def test_an_empty_standard_input_is_one_line(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    assert main(["explain", "-"]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
