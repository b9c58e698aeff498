"""A model's nodes and layers, read from its bytes: of graphs written by hand, and of bytes that are none."""

from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from tenfold.errors import TenfoldError
from tenfold.inference.graph import OnnxGraph, _field, _fields


@pytest.mark.parametrize("size", [0, 1, 127, 128, 300, 16_383, 16_384, 40_000])
@pytest.mark.parametrize("number", [1, 7, 12, 15])
def test_a_field_is_read_as_it_was_written(number, size):
    content = bytes(range(256)) * 200
    one, other = content[:size], content[1 : size + 1]
    assert list(_fields(_field(number, one) + _field(3, other))) == [(number, one), (3, other)]


def test_fields_are_written_as_protobuf_writes_them():
    assert _field(12, b"ab") == b"\x62\x02ab"
    assert _field(1, b"x" * 300) == b"\x0a\xac\x02" + b"x" * 300


def test_numbers_are_passed_over():
    short, long = b"\x08\x05", b"\x10" + b"\xff" * 9 + b"\x01"
    eight, four = b"\x19" + b"8" * 8, b"\x25" + b"4" * 4
    assert list(_fields(short + long + eight + four + _field(2, b"text"))) == [(2, b"text")]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\x0a\x05four", "cut off"),
        (b"\x0b", "a field of the unknown kind 3"),
        (b"\x0c", "a field of the unknown kind 4"),
        (b"\x0e", "a field of the unknown kind 6"),
        (b"\x08" + b"\xff" * 11, "a number without an end"),
    ],
)
def test_bytes_that_are_no_message_are_refused(content, said):
    with pytest.raises(ValueError, match=said):
        list(_fields(content))


@pytest.mark.parametrize("content", [b"\x08", b"\x0a\xff", b"\x3a\x05four", b"\x3a\x02\x0a\x09"])
def test_a_file_that_is_no_model_is_one_line(content, tmp_path):
    (tmp_path / "model.onnx").write_bytes(content)
    with pytest.raises(TenfoldError, match=r"model\.onnx: not an ONNX model \(") as error:
        _ = OnnxGraph(tmp_path / "model.onnx").nodes
    assert "\n" not in str(error.value)


def _graph(tmp_path, nodes, **weights):
    """A model.onnx of nodes: type, what it takes, what it gives."""
    onnx = pytest.importorskip("onnx")
    make, kind = onnx.helper, onnx.TensorProto.FLOAT
    graph = make.make_graph(
        [make.make_node(op, takes.split(), gives.split()) for op, takes, gives in nodes],
        "by hand",
        [make.make_tensor_value_info("images", kind, ["n", 1, 28, 28])],
        [make.make_tensor_value_info("logits", kind, ["n", 3])],
        [onnx.numpy_helper.from_array(value, name) for name, value in weights.items()],
    )
    model = make.make_model(graph, opset_imports=[make.make_opsetid("", 17)], ir_version=8)
    (tmp_path / "model.onnx").write_bytes(model.SerializeToString())
    return OnnxGraph(tmp_path / "model.onnx")


RANDOM = np.random.default_rng(0)
KERNEL, WEIGHT, BIAS = (RANDOM.normal(size=size).astype(np.float32) for size in ((2, 1, 28, 28), (2, 3), (3,)))
NODES = [
    ("Conv", "images kernel", "maps"),
    ("Relu", "maps", "active"),
    ("Flatten", "active", "row"),
    ("Identity", "weight", "same"),
    ("MatMul", "row same", "product"),
    ("Add", "product bias", "logits"),
]


@pytest.fixture
def graph(tmp_path):
    return _graph(tmp_path, NODES, kernel=KERNEL, weight=WEIGHT, bias=BIAS)


def test_layers_know_what_they_take_and_give(graph):
    assert [(one.op, one.takes, one.maps, one.weights, one.gives) for one in graph.layers] == [
        ("Conv", "images", "images", "kernel", "maps"),
        ("MatMul", "row", "active", "same", "product"),
    ]
    assert (graph.features, graph.entrances) == ("row", 1)
    assert [(node.op, node.inputs, node.outputs) for node in graph.nodes] == [
        (op, tuple(takes.split()), tuple(gives.split())) for op, takes, gives in NODES
    ]
    for one in (graph.nodes[0], graph.layers[0]):
        with pytest.raises(FrozenInstanceError):
            one.op = "Gemm"


def test_a_shortcuts_layer_is_left_out_and_both_entrances_count(tmp_path):
    nodes = [
        ("Conv", "images kernel", "one"),
        ("Conv", "images kernel", "other"),
        ("Sub", "one other", "both"),
        ("Flatten", "both", "row"),
        ("MatMul", "row weight", "product"),
        ("Mul", "product product", "logits"),
    ]
    graph = _graph(tmp_path, nodes, kernel=KERNEL, weight=WEIGHT)
    assert [one.gives for one in graph.layers] == ["one", "product"]
    assert graph.entrances == 2
    assert graph.features is None, "the square of a matrix product is none"


@pytest.mark.parametrize("count", [1, 2, 255, 256, 257, 513])
def test_a_probe_gives_tensors_from_within_whatever_the_number_of_views(graph, count):
    views = RANDOM.integers(0, 256, (count, 28, 28), dtype=np.uint8)
    found = graph.probe("images", "row", "same", "logits")(views)
    shares = views.astype(np.float32) / 255
    row = np.maximum(np.einsum("nhw,khw->nk", shares, KERNEL[:, 0]), 0)
    np.testing.assert_allclose(found["images"], shares[:, None], atol=1e-6)
    np.testing.assert_allclose(found["row"], row, atol=1e-3)
    np.testing.assert_allclose(found["logits"], row @ WEIGHT + BIAS, atol=1e-2)
    np.testing.assert_array_equal(found["same"], WEIGHT)  # what depends on no view comes once
    length = np.linalg.norm(row, axis=1, keepdims=True)
    np.testing.assert_allclose(graph.unit_features(views), row / np.where(length, length, 1), atol=1e-3)


def test_a_tensor_that_there_is_not_is_one_line(graph):
    with pytest.raises(TenfoldError, match=r"cannot be looked into \(") as error:
        graph.probe("nothing")
    assert "\n" not in str(error.value)
