"""torch: the model as an ExportedProgram, a .pt2 that torch loads without tenfold."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from tenfold.formats.graph import Operation, OperationList, axes_of, cannot_hold, pads, read_graph
from tenfold.formats.source import Floats, Source, Views, Written


def write(source: Source, path: Path) -> Written:
    """images [n, 1, 28, 28] float32 in [0, 1] → logits and probabilities [n, classes]; n is free."""
    model = OnnxModule(read_graph(source.onnx)).eval()
    with warnings.catch_warnings(), torch.inference_mode(mode=False):
        warnings.simplefilter("ignore")
        program = torch.export.export(
            model, (torch.zeros(2, 1, 28, 28),), dynamic_shapes={"images": {0: torch.export.Dim("n")}}
        )
        for node in program.graph.nodes:
            node.meta.pop("stack_trace", None)  # it holds this machine's paths
        torch.export.save(program, path)
        loaded = torch.export.load(path).module()

    def answers(views: Views) -> Floats:
        with torch.inference_mode():
            images = torch.from_numpy(views[:, None].astype(np.float32) * np.float32(1 / 255))
            found: Floats = loaded(images)[1].numpy()
        return found

    return Written(answers)


class OnnxModule(nn.Module):
    """A graph as a torch module: each operation as torch has it. Raises TenfoldError for one that is not known."""

    def __init__(self, graph: OperationList) -> None:
        super().__init__()
        self.graph = graph
        self.places: dict[str, str] = {}
        for place, (name, value) in enumerate(graph.constants.items()):
            self.places[name] = f"constant{place}"
            self.register_buffer(self.places[name], torch.from_numpy(np.array(value)))
        for operation in graph.operations:
            if operation.kind not in _OPERATIONS:
                raise cannot_hold("torch", operation)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """images [n, 1, 28, 28] → logits and probabilities [n, classes]."""
        tensors = {"images": images}
        tensors |= {name: getattr(self, place) for name, place in self.places.items()}
        for operation in self.graph.operations:
            inputs = [tensors[name] if name else None for name in operation.inputs]
            result = _OPERATIONS[operation.kind](self.graph, operation, *inputs)
            outputs = result if isinstance(result, tuple | list) else (result,)
            tensors.update(zip(operation.outputs, outputs, strict=False))
        return tensors["logits"], tensors["probabilities"]


def _windowed(operation: Operation, x: Tensor, filled: float = 0.0) -> Tensor:
    top, left, bottom, right = pads(operation.attributes, (x.shape[2], x.shape[3]))
    return functional.pad(x, (left, right, top, bottom), value=filled) if any((top, left, bottom, right)) else x


def _conv(_graph: OperationList, operation: Operation, x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    read = operation.attributes.get
    strides, dilations, groups = read("strides", [1, 1]), read("dilations", [1, 1]), read("group", 1)
    return functional.conv2d(_windowed(operation, x), weight, bias, strides, 0, dilations, groups)


def _pad(graph: OperationList, operation: Operation, x: Tensor, _around: Tensor, *_value: Tensor) -> Tensor:
    if operation.attributes.get("mode", b"constant") != b"constant":
        raise cannot_hold("torch", operation)
    around = [int(n) for n in graph.constants[operation.inputs[1]]]
    ends = [*zip(around[: x.ndim], around[x.ndim :], strict=True)]
    value = float(graph.constants[operation.inputs[2]]) if len(operation.inputs) > 2 else 0.0
    return functional.pad(x, [n for pair in reversed(ends) for n in pair], value=value)


def _max_pool(_graph: OperationList, operation: Operation, x: Tensor) -> Tensor:
    read = operation.attributes.get
    padded = _windowed(operation, x, float("-inf"))
    return functional.max_pool2d(
        padded, operation.attributes["kernel_shape"], read("strides", [1, 1]), ceil_mode=bool(read("ceil_mode", 0))
    )


def _average_pool(_graph: OperationList, operation: Operation, x: Tensor) -> Tensor:
    size, strides = operation.attributes["kernel_shape"], operation.attributes.get("strides", [1, 1])
    total = functional.avg_pool2d(_windowed(operation, x), size, strides)
    if operation.attributes.get("count_include_pad", 0):
        return total
    return total / functional.avg_pool2d(_windowed(operation, torch.ones_like(x)), size, strides)


def _reshape(graph: OperationList, operation: Operation, x: Tensor, _shape: Tensor) -> Tensor:
    wanted = [int(size) for size in graph.constants[operation.inputs[1]]]
    return x.reshape([x.shape[place] if size == 0 else size for place, size in enumerate(wanted)])


def _gemm(_graph: OperationList, operation: Operation, x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    read = operation.attributes.get
    product: Tensor = x @ (weight.T if read("transB", 0) else weight) * read("alpha", 1.0)
    return product if bias is None else product + bias * read("beta", 1.0)


def _mean(graph: OperationList, operation: Operation, x: Tensor, *_axes: Tensor) -> Tensor:
    return x.mean(axes_of(operation, graph.constants), keepdim=bool(operation.attributes.get("keepdims", 1)))


def _split(graph: OperationList, operation: Operation, x: Tensor, *_sizes: Tensor) -> Any:
    axis = operation.attributes.get("axis", 0)
    if len(operation.inputs) > 1:
        return torch.split_with_sizes(x, [int(size) for size in graph.constants[operation.inputs[1]]], axis)
    return x.chunk(len(operation.outputs), axis)


def _normalized(
    _graph: OperationList, operation: Operation, x: Tensor, gamma: Tensor, beta: Tensor, mean: Tensor, variance: Tensor
) -> Tensor:
    return functional.batch_norm(x, mean, variance, gamma, beta, eps=operation.attributes.get("epsilon", 1e-5))


def _all(function: Any) -> Any:
    """An operation on any number of tensors, by the one on two."""

    def build(_graph: OperationList, _operation: Operation, x: Tensor, *others: Tensor) -> Tensor:
        for other in others:
            x = function(x, other)
        return x

    return build


_OPERATIONS: dict[str, Any] = {
    "Conv": _conv,
    "Pad": _pad,
    "MaxPool": _max_pool,
    "AveragePool": _average_pool,
    "GlobalAveragePool": lambda _g, _o, x: x.mean((2, 3), keepdim=True),
    "ReduceMean": _mean,
    "Reshape": _reshape,
    "Flatten": lambda _g, _o, x: x.flatten(1),
    "Transpose": lambda _g, o, x: x.permute(o.attributes["perm"]),
    "Gemm": _gemm,
    "MatMul": lambda _g, _o, x, y: x @ y,
    "BatchNormalization": _normalized,
    "Split": _split,
    "Concat": lambda _g, o, *xs: torch.cat(xs, o.attributes["axis"]),
    "Add": _all(torch.add),
    "Sub": _all(torch.sub),
    "Mul": _all(torch.mul),
    "Div": _all(torch.div),
    "Max": _all(torch.maximum),
    "Min": _all(torch.minimum),
    "Mean": lambda _g, _o, *xs: sum(xs) / len(xs),
    "Clip": lambda _g, _o, x, low=None, high=None: torch.clamp(x, low, high),
    "Neg": lambda _g, _o, x: -x,
    "Log": lambda _g, _o, x: x.log(),
    "Cast": lambda _g, _o, x: x.float(),
    "Identity": lambda _g, _o, x: x,
    "Relu": lambda _g, _o, x: x.relu(),
    "Sigmoid": lambda _g, _o, x: x.sigmoid(),
    "Tanh": lambda _g, _o, x: x.tanh(),
    "Elu": lambda _g, o, x: functional.elu(x, o.attributes.get("alpha", 1.0)),
    "LeakyRelu": lambda _g, o, x: functional.leaky_relu(x, o.attributes.get("alpha", 0.01)),
    "Softplus": lambda _g, _o, x: functional.softplus(x),
    "Softmax": lambda _g, o, x: x.softmax(o.attributes.get("axis", -1)),
}
"""What torch has for each operation: a function of graph, operation and its inputs."""
