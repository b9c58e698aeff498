import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper

from tenfold import models
from tenfold.errors import TenfoldError
from tenfold.exporting import export_onnx
from tenfold.inference.classifier import SHIPPED, Classifier
from tenfold.inference.graph import OnnxGraph


def test_nodes_are_those_that_the_onnx_package_reads():
    expected = [(node.op_type, tuple(node.input), tuple(node.output)) for node in onnx.load(SHIPPED).graph.node]
    assert [(node.op, node.inputs, node.outputs) for node in OnnxGraph(SHIPPED).nodes] == expected


def test_a_file_that_is_no_model_is_an_error_in_one_line(tmp_path):
    path = tmp_path / "broken.onnx"
    path.write_bytes(SHIPPED.read_bytes()[:1000])
    with pytest.raises(TenfoldError, match="not an ONNX model"):
        _ = OnnxGraph(path).nodes


def test_features_times_the_last_weights_are_the_logits(run, digits):
    graph = OnnxGraph(run.onnx)
    last = graph.layers[-1]
    found = graph.probe(graph.features, last.weights, "logits")(digits.images[:300])
    bias = {one.name: onnx.numpy_helper.to_array(one) for one in onnx.load(run.onnx).graph.initializer}["11.bias"]
    np.testing.assert_allclose(found[graph.features] @ found[last.weights].T + bias, found["logits"], atol=1e-3)


def test_a_probe_leaves_the_model_as_it_is(run, digits):
    graph = OnnxGraph(run.onnx)
    found = graph.probe(*(layer.maps for layer in graph.layers), "logits")(digits.images[:300])
    np.testing.assert_allclose(found["logits"], Classifier(run.onnx).logits(digits.images[:300]), atol=1e-4)
    assert [found[layer.maps].shape[1:] for layer in graph.layers] == [
        (1, 28, 28), (16, 14, 14), (32, 7, 7), (64, 5, 5),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "features"), [("mlp_sgd", 100), ("resnet_mini", 64), ("pocket", 40), ("whitened", 576)]
)
def test_every_family_has_features_before_its_last_matrix_product(name, features, run, tmp_path):
    torch.manual_seed(0)
    export_onnx(models.build(name).eval(), Classifier(run.onnx).card, tmp_path / "model.onnx")
    graph = OnnxGraph(tmp_path / "model.onnx")
    assert graph.probe(graph.features)(np.zeros((3, 28, 28), np.uint8))[graph.features].shape == (3, features)


def test_a_model_that_ends_otherwise_has_no_features(run, tmp_path):
    from tenfold.exporting.ensemble import merge_onnx

    merge_onnx([run.onnx, run.onnx], Classifier(run.onnx).card, tmp_path / "both.onnx")
    assert OnnxGraph(tmp_path / "both.onnx").features is None


def _model(path, nodes, **constants):
    """A model from images [n, 1, 28, 28] to logits [n, 10]."""
    graph = helper.make_graph(
        nodes,
        "graph",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["n", 1, 28, 28])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["n", 10])],
        [onnx.numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10), path)
    return OnnxGraph(path)


def test_a_tensor_may_have_a_long_name_and_weights_may_be_made_of_others(tmp_path):
    long = "flattened " * 20
    make, halves = helper.make_node, np.full((784, 10), 0.5, np.float16)
    nodes = [
        make("Flatten", ["images"], [long]),
        make("Cast", ["halves"], ["weights"], to=TensorProto.FLOAT),
        make("MatMul", [long, "weights"], ["logits"]),
    ]
    graph = _model(tmp_path / "model.onnx", nodes, halves=halves)
    assert graph.features == long
    assert [layer.weights for layer in graph.layers] == ["weights"]
    views = np.arange(2 * 784).reshape(2, 28, 28).astype(np.uint8)
    np.testing.assert_allclose(graph.probe(long)(views)[long], views.reshape(2, 784) / 255, atol=1e-6)


def test_a_model_that_multiplies_nothing_has_no_features(tmp_path):
    make = helper.make_node
    nodes = [make("Flatten", ["images"], ["flat"]), make("Slice", ["flat", "from", "to", "axis"], ["ten"])]
    nodes.append(make("Identity", ["ten"], ["logits"]))
    numbers = {"from": np.array([0]), "to": np.array([10]), "axis": np.array([1])}
    assert _model(tmp_path / "sliced.onnx", nodes, **numbers).features is None
    straight = [make("Reshape", ["images", "shape"], ["logits"])]
    assert _model(tmp_path / "straight.onnx", straight, shape=np.array([-1, 10])).features is None


def test_a_number_without_an_end_is_no_model(tmp_path):
    (tmp_path / "endless.onnx").write_bytes(b"\x08" + b"\xff" * 100)
    with pytest.raises(TenfoldError, match=r"not an ONNX model \(a number without an end\)"):
        _ = OnnxGraph(tmp_path / "endless.onnx").nodes
