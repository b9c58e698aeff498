"""A foreign graph between the inputs and the outputs of tenfold's own models."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from google.protobuf.message import DecodeError
from onnx import TensorProto, helper

from tenfold.errors import TenfoldError, first_line
from tenfold.inference.model_import.ports import FLOOR, Output
from tenfold.inference.model_import.trial import Fed

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
        raise TenfoldError(f"{path}: not an ONNX model that can be loaded ({first_line(error)})") from None


def wrap(
    proto: onnx.ModelProto, port: Any, output: Output, fed: Fed, temperature: float, batch: int | None
) -> onnx.ModelProto:
    """images [n, 1, 28, 28] float32 in [0, 1] → logits and probabilities [n, classes], with the model in between.

    port: the model's input, as ONNX Runtime describes it. batch: of a model that takes so many images at a time, and
    no other number: it is called once for so many, the last of them filled up with empty ones; None where it is free.
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
        nodes += _batch_by_batch(_opset(proto), graph, inner_input, inner_output, (batch, *fed.shape))
        del graph.initializer[:], graph.sparse_initializer[:]
        answers = "answers"
    nodes += _answering(answers, output, cut=batch is not None)
    del graph.node[:], graph.input[:], graph.output[:], graph.value_info[:]
    graph.node.extend(nodes)
    constants = {
        "fed/scale": np.float32(fed.convention.scale),
        "fed/shift": np.float32(fed.convention.shift),
        "fed/shape": np.array([0, *fed.shape], np.int64),
        "answers/shape": np.array([0 if batch is None else -1, output.classes], np.int64),
        "batch/size": np.array([batch or 0], np.int64),
        "batch/last": np.array([(batch or 0) - 1], np.int64),
        "batch/image": np.array(fed.shape, np.int64),
        "batches/shape": np.array([-1, batch or 0, *fed.shape], np.int64),
        "rows/list": np.array([-1], np.int64),
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


def _batch_by_batch(
    opset: int, graph: onnx.GraphProto, inner_input: str, inner_output: str, shape: tuple[int, ...]
) -> list[onnx.NodeProto]:
    """The nodes that call a model of shape[0] images for all that there are, filled up to whole batches."""
    if opset < _SCAN_SINCE:
        at_a_time = "one image" if shape[0] == 1 else f"{shape[0]:,} images"
        raise TenfoldError(
            f"the model takes {at_a_time} at a time and was made for ONNX's opset {opset}: export it anew"
        )
    element = next(port for port in graph.input if port.name == inner_input).type.tensor_type.elem_type
    body = onnx.GraphProto(name="batch")
    body.node.extend(graph.node)
    body.initializer.extend(graph.initializer)
    body.sparse_initializer.extend(graph.sparse_initializer)
    body.output.extend(port for port in graph.output if port.name == inner_output)
    body.input.append(helper.make_tensor_value_info(inner_input, element, shape))
    make = helper.make_node
    nothing = helper.make_tensor("nothing", element, [1], [0])
    return [
        make("Shape", ["fed"], ["fed/sizes"]),
        make("Constant", [], ["batch/first"], value=helper.make_tensor("first", TensorProto.INT64, [1], [0])),
        make("Gather", ["fed/sizes", "batch/first"], ["images/count"]),
        # Whole batches for n images: (n + size - 1) / size, cut off.
        make("Add", ["images/count", "batch/last"], ["batches/reach"]),
        make("Div", ["batches/reach", "batch/size"], ["batches/count"]),
        make("Mul", ["batches/count", "batch/size"], ["batches/images"]),
        make("Sub", ["batches/images", "images/count"], ["batches/missing"]),
        make("Concat", ["batches/missing", "batch/image"], ["filling/shape"], axis=0),
        make("ConstantOfShape", ["filling/shape"], ["filling"], value=nothing),
        make("Concat", ["fed", "filling"], ["fed/filled"], axis=0),
        make("Reshape", ["fed/filled", "batches/shape"], ["batches"]),
        make("Scan", ["batches"], ["answers"], body=body, num_scan_inputs=1),
    ]


def _answering(name: str, output: Output, cut: bool) -> list[onnx.NodeProto]:
    """The nodes from what the model gives to logits and probabilities. cut: to the rows of the images, not of what they
    were filled up with."""
    make = helper.make_node
    rows = "answers/rows" if output.probabilities else "logits"
    nodes = [
        make("Cast", [name], ["answers/float"], to=TensorProto.FLOAT),
        make("Reshape", ["answers/float", "answers/shape"], ["answers/filled" if cut else rows]),
    ]
    if cut:
        one = helper.make_tensor("one", TensorProto.INT64, [1], [1])
        nodes += [  # Slice and Range that are told their ends as tensors are younger than Scan
            make("ConstantOfShape", ["images/count"], ["rows/ones"], value=one),
            make("NonZero", ["rows/ones"], ["rows/places"]),
            make("Reshape", ["rows/places", "rows/list"], ["rows"]),
            make("Gather", ["answers/filled", "rows"], [rows]),
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
