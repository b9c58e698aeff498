"""A foreign graph between the inputs and the outputs of tenfold's own models."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from google.protobuf.message import DecodeError
from onnx import TensorProto, helper

from tenfold.errors import TenfoldError
from tenfold.foreign.ports import FLOOR, Output
from tenfold.foreign.trial import Fed

_PREFIX = "model/"

_TYPES = {
    "tensor(float)": TensorProto.FLOAT,
    "tensor(double)": TensorProto.DOUBLE,
    "tensor(float16)": TensorProto.FLOAT16,
    "tensor(uint8)": TensorProto.UINT8,
    "tensor(int32)": TensorProto.INT32,
    "tensor(int64)": TensorProto.INT64,
}
_WHOLE = (TensorProto.UINT8, TensorProto.INT32, TensorProto.INT64)

_SCAN_SINCE = 9
"""The opset from which on Scan is as it is used here."""


def load(path: Path) -> onnx.ModelProto:
    """A .onnx with weights that lie beside it: never from a file outside its folder. Else TenfoldError."""
    try:
        return onnx.load(path)
    except (OSError, DecodeError, ValueError, onnx.checker.ValidationError) as error:
        raise TenfoldError(f"{path}: not an ONNX model that can be loaded ({str(error).splitlines()[0]})") from None


def wrap(
    proto: onnx.ModelProto, port: Any, output: Output, fed: Fed, temperature: float, batch: int | None
) -> onnx.ModelProto:
    """images [n, 1, 28, 28] float32 in [0, 1] → logits and probabilities [n, classes], with the model in between.

    port: the model's input, as ONNX Runtime describes it. batch: 1 for a model that takes one image at a time: it is
    then called for each image.
    """
    whole = onnx.ModelProto()
    whole.CopyFrom(proto)
    graph = whole.graph
    onnx.compose.add_prefix_graph(graph, _PREFIX, inplace=True)
    inner_input, inner_output = f"{_PREFIX}{port.name}", f"{_PREFIX}{output.name}"
    nodes = _feeding(fed, _TYPES[port.type], inner_input if batch is None else "fed")
    if batch is None:
        nodes += list(graph.node)
        answers = inner_output
    else:
        nodes.append(_one_by_one(_opset(proto), graph, inner_input, inner_output, fed.shape))
        del graph.initializer[:], graph.sparse_initializer[:]
        answers = "answers"
    nodes += _answering(answers, output)
    del graph.node[:], graph.input[:], graph.output[:], graph.value_info[:]
    graph.node.extend(nodes)
    constants = {
        "fed/scale": np.float32(fed.convention.scale),
        "fed/shift": np.float32(fed.convention.shift),
        "fed/shape": np.array([0, *fed.shape], np.int64),
        "answers/shape": np.array([0, output.classes], np.int64),
        "answers/floor": np.float32(FLOOR),
        "temperature": np.float32(temperature),
    }
    taken = {name for node in nodes for name in node.input}  # ONNX Runtime complains of what nobody takes
    graph.initializer.extend(
        onnx.numpy_helper.from_array(np.array(value), name) for name, value in constants.items() if name in taken
    )
    graph.input.append(_port("images", 1, 28, 28))
    graph.output.extend(_port(name, output.classes) for name in ("logits", "probabilities"))
    del whole.metadata_props[:]
    return whole


def _opset(proto: onnx.ModelProto) -> int:
    """The version of ONNX's own operators that a model was made for."""
    return max((entry.version for entry in proto.opset_import if entry.domain in ("", "ai.onnx")), default=1)


def _feeding(fed: Fed, kind: int, name: str) -> list[onnx.NodeProto]:
    """The nodes from images to what the model takes."""
    make = helper.make_node
    nodes = [
        make("Mul", ["images", "fed/scale"], ["fed/scaled"]),
        make("Add", ["fed/scaled", "fed/shift"], ["fed/pixels"]),
    ]
    last = "fed/pixels"
    if kind in _WHOLE:
        # Not Round, which older opsets lack: pixels are never negative here, so a half more and cut off is the same.
        nodes.append(make("Add", [last, "fed/half"], ["fed/rounded"]))
        nodes.insert(
            0, make("Constant", [], ["fed/half"], value=onnx.numpy_helper.from_array(np.array(0.5, np.float32)))
        )
        last = "fed/rounded"
    if kind != TensorProto.FLOAT:
        nodes.append(make("Cast", [last], ["fed/cast"], to=kind))
        last = "fed/cast"
    return [*nodes, make("Reshape", [last, "fed/shape"], [name])]


def _one_by_one(
    opset: int, graph: onnx.GraphProto, inner_input: str, inner_output: str, shape: tuple[int, ...]
) -> onnx.NodeProto:
    """The node that calls a model of one image for each of many."""
    if opset < _SCAN_SINCE:
        raise TenfoldError(f"the model takes one image at a time and was made for ONNX's opset {opset}: export it anew")
    body = onnx.GraphProto(name="one_image")
    body.node.extend(graph.node)
    body.initializer.extend(graph.initializer)
    body.sparse_initializer.extend(graph.sparse_initializer)
    body.output.extend(port for port in graph.output if port.name == inner_output)
    # A slice along the first axis is one image without that axis, which the model wants back.
    element = next(port for port in graph.input if port.name == inner_input).type.tensor_type.elem_type
    body.input.append(helper.make_tensor_value_info("one", element, shape))
    body.initializer.append(onnx.numpy_helper.from_array(np.array([1, *shape], np.int64), "one/shape"))
    body.node.insert(0, helper.make_node("Reshape", ["one", "one/shape"], [inner_input]))
    return helper.make_node("Scan", ["fed"], ["answers"], body=body, num_scan_inputs=1)


def _answering(name: str, output: Output) -> list[onnx.NodeProto]:
    """The nodes from what the model gives to logits and probabilities."""
    make = helper.make_node
    nodes = [
        make("Cast", [name], ["answers/float"], to=TensorProto.FLOAT),
        make("Reshape", ["answers/float", "answers/shape"], ["answers/rows" if output.probabilities else "logits"]),
    ]
    if output.probabilities:
        nodes += [
            make("Max", ["answers/rows", "answers/floor"], ["answers/above_0"]),
            make("Log", ["answers/above_0"], ["logits"]),
        ]
    return [
        *nodes,
        make("Div", ["logits", "temperature"], ["calibrated"]),
        make("Softmax", ["calibrated"], ["probabilities"], axis=1),
    ]


def _port(name: str, *shape: int) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", *shape])
