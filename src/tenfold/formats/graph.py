"""A model.onnx as a list of operations on named tensors, for those who build the same model elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray

from tenfold.errors import TenfoldError


@dataclass(frozen=True)
class Operation:
    """One node: ONNX's name for what it does, the tensors that go in ('' where one is left out) and come out."""

    kind: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Any]


@dataclass(frozen=True)
class OperationList:
    """The operations from images to logits and probabilities, in order; constants: every tensor that is known."""

    operations: tuple[Operation, ...]
    constants: Mapping[str, NDArray[Any]]

    def users(self, name: str) -> list[Operation]:
        """The operations that a tensor goes into."""
        return [operation for operation in self.operations if name in operation.inputs]


def read_graph(path: Path) -> OperationList:
    """The graph of a model that tenfold made. Weights that are stored in 16 bits come out in 32."""
    graph = onnx.load(path).graph
    constants = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in graph.initializer}
    operations = []
    for node in graph.node:
        attributes = {entry.name: onnx.helper.get_attribute_value(entry) for entry in node.attribute}
        if node.op_type == "Constant" and "value" in attributes:
            constants[node.output[0]] = onnx.numpy_helper.to_array(attributes["value"])
        elif node.op_type == "Cast" and node.input[0] in constants:
            kind = onnx.helper.tensor_dtype_to_np_dtype(attributes["to"])
            constants[node.output[0]] = constants[node.input[0]].astype(kind)
        else:
            if node.op_type == "Conv" and node.input[1] in constants:  # its size is the window's, given or not
                attributes.setdefault("kernel_shape", list(constants[node.input[1]].shape[2:]))
            operations.append(Operation(node.op_type, tuple(node.input), tuple(node.output), attributes))
    return OperationList(tuple(operations), constants)


def cannot_hold(format_: str, operation: Operation) -> TenfoldError:
    """The error for what a format has no means for."""
    return TenfoldError(f"{format_}: cannot hold the model's operation {operation.kind}")


def text(value: Any) -> str:
    """An attribute that is text, which ONNX keeps as bytes."""
    return value.decode() if isinstance(value, bytes) else str(value)


def pads(attributes: Mapping[str, Any], sizes: tuple[int, int]) -> tuple[int, int, int, int]:
    """What a window over an image of such a height and width is padded by: top, left, bottom, right."""
    automatic = text(attributes.get("auto_pad", "NOTSET"))
    if automatic in ("NOTSET", "VALID"):
        top, left, bottom, right = attributes.get("pads", [0, 0, 0, 0]) if automatic == "NOTSET" else (0, 0, 0, 0)
        return top, left, bottom, right
    total = []
    strides, dilations = attributes.get("strides", [1, 1]), attributes.get("dilations", [1, 1])
    for n, k, stride, dilation in zip(sizes, attributes["kernel_shape"], strides, dilations, strict=True):
        total.append(max((-(-n // stride) - 1) * stride + dilation * (k - 1) + 1 - n, 0))
    more = [n // 2 for n in total] if automatic == "SAME_UPPER" else [n - n // 2 for n in total]
    return more[0], more[1], total[0] - more[0], total[1] - more[1]


def axes_of(operation: Operation, constants: Mapping[str, NDArray[Any]]) -> list[int]:
    """The axes that a reduction goes over, which older opsets keep as an attribute."""
    if "axes" in operation.attributes:
        return list(operation.attributes["axes"])
    return [int(axis) for axis in np.atleast_1d(constants[operation.inputs[1]])]
