"""What the shipped model answered to a few pictures when it was shipped: in Python, in the graph, in onnxruntime-web.

A new model's file is made by `python -m benchmarks.golden`.
"""

import base64
import json
import zlib
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from tests.onnx_web import run_in_node

from tenfold.inference.classifier import SHIPPED
from tenfold.inference.frame import frame
from tenfold.reading import Classifier
from tenfold.reading.plain import plain_strength

CASES = json.loads(Path(__file__).with_name("golden.json").read_text())

AGAIN = "python -m benchmarks.golden makes the file again, once the shipped model is another"


def _pixels(text, shape):
    return np.frombuffer(zlib.decompress(base64.b64decode(text)), np.uint8).reshape(shape)


PICTURES = [_pixels(case["pixels"], case["shape"]) for case in CASES]
VIEWS = np.stack([_pixels(case["view"], (28, 28)) for case in CASES])
PROBABILITIES = np.array([case["probabilities"] for case in CASES])


@pytest.fixture(scope="module")
def graph(tmp_path_factory):
    exporting = pytest.importorskip("tenfold.exporting")
    path = tmp_path_factory.mktemp("golden") / "reader.onnx"
    exporting.add_framing(SHIPPED, path)
    return path


def test_the_pictures_are_of_every_kind():
    assert {picture.shape[2] for picture in PICTURES} == {1, 3}
    assert {bool(picture[0, 0, 0] > 128) for picture in PICTURES} == {True, False}
    assert min(picture.shape[0] for picture in PICTURES) == 28
    assert max(picture.shape[0] for picture in PICTURES) == 140


def test_most_of_them_are_read_right():
    labels = np.array([case["label"] for case in CASES])
    assert (PROBABILITIES.argmax(axis=1) == labels).mean() >= 0.7


def test_python_frames_grey_pictures_to_the_stored_views():
    grey = [(picture[..., 0], view) for picture, view in zip(PICTURES, VIEWS, strict=True) if picture.shape[2] == 1]
    assert len(grey) >= 4
    for picture, view in grey:
        np.testing.assert_array_equal(frame(plain_strength(picture)), view)


def test_python_gives_the_stored_probabilities():
    np.testing.assert_allclose(Classifier().probabilities(VIEWS), PROBABILITIES, atol=1e-4, err_msg=AGAIN)


def _check(outputs, place):
    assert np.abs(np.reshape(outputs["view"], (28, 28)).astype(int) - VIEWS[place]).max() <= 1
    np.testing.assert_allclose(np.ravel(outputs["probabilities"]), PROBABILITIES[place], atol=1e-3, err_msg=AGAIN)
    assert np.ravel(outputs["digit"])[0] == PROBABILITIES[place][:10].argmax()
    none = 1 - PROBABILITIES[place][:10].sum()
    np.testing.assert_allclose(np.ravel(outputs["reject_score"]), [none], atol=1e-3)


def test_the_graph_gives_the_stored_views_and_probabilities(graph):
    session = onnxruntime.InferenceSession(str(graph), providers=["CPUExecutionProvider"])
    names = [port.name for port in session.get_outputs()]
    for place, picture in enumerate(PICTURES):
        _check(dict(zip(names, session.run(names, {"pixels": picture}), strict=True)), place)


@pytest.mark.long
def test_the_graph_gives_them_in_onnxruntime_web_too(graph, tmp_path):
    for place, outputs in enumerate(run_in_node(graph, "pixels", PICTURES, tmp_path)):
        _check(outputs, place)


@pytest.mark.long
def test_the_shipped_model_answers_alike_in_onnxruntime_web(tmp_path):
    images = VIEWS[:, None].astype(np.float32) / 255
    (outputs,) = run_in_node(SHIPPED, "images", [images], tmp_path)
    np.testing.assert_allclose(np.reshape(outputs["probabilities"], PROBABILITIES.shape), PROBABILITIES, atol=1e-4)
