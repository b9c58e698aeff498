"""The inside of a model.onnx, by ONNX Runtime alone: its nodes, and what it computes between two layers.

An ONNX file is a protobuf message (onnx.proto3), of which a dozen lines read what is needed here. Two such messages
written one after the other are read as one, their lists joined: that is how an output is added to a model.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenfold.errors import TenfoldError, first_line
from tenfold.inference.classifier import Classifier

Floats = NDArray[np.float32]

_BATCH = 256

_MODEL_GRAPH, _GRAPH_NODE, _GRAPH_OUTPUT, _OUTPUT_NAME = 7, 1, 12, 1
_NODE_INPUT, _NODE_OUTPUT, _NODE_OP = 1, 2, 4
"""Field numbers of onnx.proto3."""

_WEIGHTED = frozenset({"Conv", "Gemm", "MatMul"})
_PASSING = frozenset({"Add", "Identity", "Cast", "Reshape"})
"""Nodes that may stand between the last matrix product and the logits."""

_RESHAPING = frozenset({"Transpose", "Reshape", "Flatten", "Identity"})


@dataclass(frozen=True)
class Node:
    """One operation of a graph: its type, and the names of the tensors that it takes and gives."""

    op: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


@dataclass(frozen=True)
class Layer:
    """A layer with weights: its operation, and the tensors that it takes, is weighted by, and gives.

    maps: the tensor that it takes as [n, channels, height, width] or, where there is no such thing, as it takes it.
    """

    op: str
    takes: str
    maps: str
    weights: str
    gives: str


class OnnxGraph:
    """The nodes of a model: of a model.onnx that tenfold made, or of whatever a Classifier runs."""

    def __init__(self, model: str | Path | Classifier) -> None:
        if isinstance(model, Classifier):
            self.path, self.content = model.path, model.content
        else:
            self.path, self.content = Path(model), Path(model).read_bytes()

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """In the order in which they are computed. Raises TenfoldError where the file is no ONNX model."""
        try:
            graphs = [value for number, value in _fields(self.content) if number == _MODEL_GRAPH]
            found = [_node(value) for graph in graphs for number, value in _fields(graph) if number == _GRAPH_NODE]
        except (IndexError, ValueError) as error:
            raise TenfoldError(f"{self.path}: not an ONNX model ({error})") from None
        return tuple(found)

    @cached_property
    def layers(self) -> tuple[Layer, ...]:
        """The layers with weights, those left out that take what an earlier one takes, such as a shortcut's."""
        found: dict[str, Layer] = {}
        fixed = self._fixed
        for node in self.nodes:
            if node.op in _WEIGHTED and node.inputs[0] not in fixed and node.inputs[0] not in found:
                takes = node.inputs[0]
                found[takes] = Layer(node.op, takes, self._before_reshaping(takes), node.inputs[1], node.outputs[0])
        return tuple(found.values())

    @cached_property
    def features(self) -> str | None:
        """What the last matrix product before the logits takes; None where the logits come about otherwise."""
        name = "logits"
        while (node := self._making.get(name)) is not None:
            if node.op in ("Gemm", "MatMul"):
                return node.inputs[0]
            if node.op not in _PASSING:
                return None
            name = next((one for one in node.inputs if one in self._making and one not in self._fixed), "")
        return None

    @cached_property
    def unit_features(self) -> Callable[[NDArray[np.uint8]], Floats]:
        """Of views [n, 28, 28] the features, or the pixels of a model that has none, as vectors [n, size] of length 1;
        zeros stay. So a product of two is a cosine."""
        name = self.features or "images"
        probe = self.probe(name)

        def directions(views: NDArray[np.uint8]) -> Floats:
            found = probe(views)[name].reshape(len(views), -1)
            return np.asarray(found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-12), np.float32)

        return directions

    def probe(self, *names: str, threads: int = 0) -> "Probe":
        """The model, giving these tensors. Raises TenfoldError where it has none of that name."""
        added = b"".join(
            _field(_MODEL_GRAPH, _field(_GRAPH_OUTPUT, _field(_OUTPUT_NAME, name.encode())))
            for name in dict.fromkeys(names)
            if name not in ("images", "logits", "probabilities")
        )
        return Probe(self.content + added, names, threads, self.path)

    @cached_property
    def entrances(self) -> int:
        """How many layers with weights take the images themselves, in whatever shape: 1, but for an ensemble."""
        weighted = (node for node in self.nodes if node.op in _WEIGHTED)
        return sum(self._before_reshaping(node.inputs[0]) == "images" for node in weighted)

    @cached_property
    def _making(self) -> dict[str, Node]:
        return {name: node for node in self.nodes for name in node.outputs}

    @cached_property
    def _fixed(self) -> frozenset[str]:
        """Tensors that do not depend on the images: weights, and what is made of weights alone."""
        moving = {"images"}
        for node in self.nodes:
            if any(name in moving for name in node.inputs):
                moving.update(node.outputs)
        every = {name for node in self.nodes for name in (*node.inputs, *node.outputs)}
        return frozenset(every - moving)

    def _before_reshaping(self, name: str) -> str:
        while (node := self._making.get(name)) is not None and node.op in _RESHAPING:
            name = node.inputs[0]
        return name


class Probe:
    """A model that gives tensors from between its layers. Made by `OnnxGraph.probe`."""

    def __init__(self, content: bytes, names: Sequence[str], threads: int, path: Path) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 4
        self._names = [name for name in names if name != "images"]
        try:
            self._session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        except Exception as error:
            raise TenfoldError(f"{path}: cannot be looked into ({first_line(error)})") from None

    def __call__(self, views: NDArray[np.uint8]) -> dict[str, Floats]:
        """Each tensor for views uint8 [n, 28, 28], n at least 1; what does not depend on them comes once."""
        parts = [self._run(views[start : start + _BATCH]) for start in range(0, len(views), _BATCH)]
        return {
            name: np.concatenate([part[name] for part in parts])
            if len(parts[0][name]) == len(views[:_BATCH]) and len(parts) > 1
            else parts[0][name]
            for name in parts[0]
        }

    def _run(self, views: NDArray[np.uint8]) -> dict[str, Floats]:
        images = (views * np.float32(1 / 255))[:, None]
        found: list[Any] = self._session.run(self._names, {"images": images}) if self._names else []
        return {"images": images, **dict(zip(self._names, found, strict=True))}


def _node(content: bytes) -> Node:
    inputs, outputs, op = [], [], ""
    for number, value in _fields(content):
        if number == _NODE_INPUT:
            inputs.append(value.decode())
        elif number == _NODE_OUTPUT:
            outputs.append(value.decode())
        elif number == _NODE_OP:
            op = value.decode()
    return Node(op, tuple(inputs), tuple(outputs))


def _fields(content: bytes) -> Iterator[tuple[int, bytes]]:
    """The fields of a protobuf message that hold bytes, by number; numbers are passed over."""
    place = 0
    while place < len(content):
        key, place = _varint(content, place)
        kind = key & 7
        if kind == 2:
            size, place = _varint(content, place)
            if place + size > len(content):
                raise ValueError("cut off")
            yield key >> 3, content[place : place + size]
            place += size
        elif kind == 0:
            _, place = _varint(content, place)
        elif kind in (1, 5):
            place += 8 if kind == 1 else 4
        else:
            raise ValueError(f"a field of the unknown kind {kind}")


def _varint(content: bytes, place: int) -> tuple[int, int]:
    """A number in protobuf's base-128 notation, and the place behind it."""
    number = shift = 0
    while True:
        byte = content[place]
        number |= (byte & 127) << shift
        place, shift = place + 1, shift + 7
        if byte < 128:
            return number, place
        if shift > 63:
            raise ValueError("a number without an end")


def _field(number: int, content: bytes) -> bytes:
    """A protobuf field that holds bytes."""
    size, length = len(content), b""
    while size > 127:
        length, size = length + bytes([size & 127 | 128]), size >> 7
    return bytes([number << 3 | 2]) + length + bytes([size]) + content
