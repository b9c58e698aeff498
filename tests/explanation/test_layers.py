import numpy as np
import onnx
import pytest
from sklearn.linear_model import Ridge

from tenfold.errors import TenfoldError
from tenfold.explanation.layers import _RIDGES, look_inside, ridge
from tenfold.exporting.ensemble import merge_onnx
from tenfold.inference.classifier import Classifier
from tenfold.inference.graph import OnnxGraph


def test_a_probe_is_ridge_regression():
    random = np.random.default_rng(0)
    values, asked = (random.normal(size=(n, 30)).astype(np.float32) for n in (100, 5))
    labels = random.integers(0, 3, 100)
    known = values - values.mean(axis=0)
    for share, found in zip(_RIDGES, ridge(values, labels, asked, 3), strict=True):
        expected = Ridge(alpha=share * (known**2).sum() / 100).fit(values, np.eye(3)[labels]).predict(asked)
        np.testing.assert_allclose(found, expected, atol=1e-4)


def test_layers_are_named_shaped_and_probed(run, digits):
    found = look_inside(OnnxGraph(run.onnx), digits.images[0], digits)
    assert [(layer.name, layer.values) for layer in found.layers] == [
        ("pixels", "1×28×28"),
        ("convolution 1", "16×14×14"),
        ("convolution 2", "32×7×7"),
        ("convolution 3", "64×5×5"),
    ]
    for layer in found.layers:
        assert layer.probabilities.sum() == pytest.approx(1)
        assert layer.accuracy > 0.5
    assert found.layers[-1].probabilities.argmax() == digits.labels[0]
    assert found.layers[-1].accuracy > found.layers[0].accuracy


def test_filters_are_the_first_layers_weights(run, digits):
    weights = {one.name: onnx.numpy_helper.to_array(one) for one in onnx.load(run.onnx).graph.initializer}
    found = look_inside(OnnxGraph(run.onnx), digits.images[0], None)
    np.testing.assert_array_equal(found.filters, weights["0.weight"][:, 0])
    assert [layer.probabilities for layer in found.layers] == [None] * 4


def test_a_dense_models_filters_are_pictures(corner):
    found = look_inside(OnnxGraph(corner.path), np.zeros((28, 28), np.uint8), None)
    assert found.filters.shape == (10, 28, 28)
    assert found.filters[1, 4:10, 4:10].min() == found.filters[1].max() == 0.5


def test_an_ensemble_is_no_chain_of_layers(run, digits, tmp_path):
    merge_onnx([run.onnx, run.onnx], Classifier(run.onnx).card, tmp_path / "both.onnx")
    with pytest.raises(TenfoldError, match="no single chain"):
        look_inside(OnnxGraph(tmp_path / "both.onnx"), digits.images[0], None)
