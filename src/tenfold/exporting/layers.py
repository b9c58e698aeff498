"""The layers of tenfold's models as ONNX nodes, written one by one: no tracing, no exporter.

A layer is known by its exact type: a subclass may compute something else.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval, fuse_linear_bn_eval

from tenfold.models.layers import Flatten
from tenfold.models.residual import ResidualBlock
from tenfold.models.whitened import BORDER, PLACES, FrozenStem

_Norm = (nn.BatchNorm1d, nn.BatchNorm2d)

_FLATTENING = ("Flatten", "Gemm")


class UnknownLayerError(Exception):
    """A layer, or a way to use one, that has no writer here."""


class GraphBuilder:
    """The nodes and weights of a graph in the making. Weights have the names that they have in the model.

    Raises UnknownLayerError for a model with hooks, which may do anything.
    """

    def __init__(self, model: nn.Module) -> None:
        if any(module._forward_hooks or module._forward_pre_hooks for module in model.modules()):
            raise UnknownLayerError("a hook")
        self.nodes: list[onnx.NodeProto] = []
        self.weights: dict[str, onnx.TensorProto] = {}
        self._names = {module: name for name, module in model.named_modules()}
        self._flat: set[str] = set()

    def node(self, operation: str, *inputs: str, outputs: Sequence[str] | None = None, **attributes: Any) -> str:
        """Add a node. Returns the name of the tensor that it gives, the first of several."""
        given = list(outputs or [f"{operation.lower()}_{len(self.nodes)}"])
        self.nodes.append(helper.make_node(operation, inputs, given, **attributes))
        if operation in _FLATTENING or self.is_flat(inputs[0]):
            self._flat.update(given)
        return given[0]

    def is_flat(self, tensor: str) -> bool:
        """True for a tensor [n, size], False for one [n, channels, h, w], which a Gemm does not take."""
        return tensor in self._flat

    def name(self, tensor: str, name: str) -> None:
        """Give a tensor, of the last node or an earlier one, a name of its own."""
        if self.nodes and self.nodes[-1].output[0] == tensor:
            self.nodes[-1].output[0] = name
        else:
            self.node("Identity", tensor, outputs=[name])

    def weight(self, layer: nn.Module, key: str, values: Tensor) -> str:
        """Add a weight of a layer: values as float32. Returns its name."""
        return self.constant(f"{self._names[layer]}.{key}".lstrip("."), values.detach().float().cpu().numpy())

    def constant(self, name: str, values: np.ndarray[Any, Any]) -> str:
        """Add an array. Returns its name: a new one where the name holds another array.

        A layer that is used twice is stored once, unless two normalisations made two of it.
        """
        tensor = numpy_helper.from_array(values, name)
        if self.weights.setdefault(name, tensor).raw_data != tensor.raw_data:
            return self.constant(f"{name}_{len(self.weights)}", values)
        return name

    def write(self, layer: nn.Module, x: str) -> str:
        """Add a layer that takes the tensor x. Returns the tensor that it gives; raises UnknownLayerError."""
        if type(layer) not in _WRITERS:
            raise UnknownLayerError(type(layer).__name__)
        return _WRITERS[type(layer)](self, layer, x)


_Writer = Callable[[GraphBuilder, Any, str], str]
_WRITERS: dict[type[nn.Module], _Writer] = {}


def _writes(*kinds: type[nn.Module]) -> Callable[[_Writer], _Writer]:
    def register(writer: _Writer) -> _Writer:
        _WRITERS.update(dict.fromkeys(kinds, writer))
        return writer

    return register


@_writes(nn.Sequential)
def _sequential(graph: GraphBuilder, layer: nn.Sequential, x: str) -> str:
    """A batch normalisation right behind a convolution or a dense layer is folded into it."""
    layers = list(layer)
    for place, inner in enumerate(layers):
        before = layers[place - 1] if place else None
        after = layers[place + 1] if place + 1 < len(layers) else None
        if _folds(before, inner):
            continue
        x = _weighted(graph, inner, after, x) if after is not None and _folds(inner, after) else graph.write(inner, x)
    return x


def _folds(layer: nn.Module | None, norm: Any) -> bool:
    """True where a normalisation right behind a layer can be folded into it."""
    kinds = (type(layer), type(norm))
    return kinds in ((nn.Conv2d, nn.BatchNorm2d), (nn.Linear, nn.BatchNorm1d)) and norm.running_mean is not None


@_writes(nn.Conv2d, nn.Linear)
def _plain(graph: GraphBuilder, layer: Any, x: str) -> str:
    return _weighted(graph, layer, None, x)


def _weighted(graph: GraphBuilder, layer: Any, norm: Any, x: str) -> str:
    """A convolution or dense layer, the batch normalisation behind it folded in where there is one."""
    conv = isinstance(layer, nn.Conv2d)
    if conv and (isinstance(layer.padding, str) or layer.padding_mode != "zeros"):
        raise UnknownLayerError(f"Conv2d with padding {layer.padding!r}, {layer.padding_mode}")
    if not conv and not graph.is_flat(x):
        raise UnknownLayerError("Linear over the last of several dimensions")
    fused = layer
    if norm is not None:
        fused = fuse_conv_bn_eval(layer, norm) if conv else fuse_linear_bn_eval(layer, norm)
    inputs = [x, graph.weight(layer, "weight", fused.weight)]
    if fused.bias is not None:
        inputs.append(graph.weight(layer, "bias", fused.bias))
    if not conv:
        return graph.node("Gemm", *inputs, transB=1)
    return graph.node(
        "Conv",
        *inputs,
        kernel_shape=layer.kernel_size,
        strides=layer.stride,
        pads=layer.padding * 2,
        dilations=layer.dilation,
        group=layer.groups,
    )


@_writes(*_Norm)
def _batch_norm(graph: GraphBuilder, layer: Any, x: str) -> str:
    if layer.running_mean is None:
        raise UnknownLayerError("batch normalisation without running statistics")
    mean, variance = layer.running_mean, layer.running_var
    scale = torch.ones_like(mean) if layer.weight is None else layer.weight
    shift = torch.zeros_like(mean) if layer.bias is None else layer.bias
    values = {"weight": scale, "bias": shift, "running_mean": mean, "running_var": variance}
    inputs = [graph.weight(layer, key, tensor) for key, tensor in values.items()]
    return graph.node("BatchNormalization", x, *inputs, epsilon=layer.eps)


@_writes(nn.ReLU)
def _relu(graph: GraphBuilder, _layer: nn.ReLU, x: str) -> str:
    return graph.node("Relu", x)


@_writes(nn.Dropout, nn.Identity)
def _nothing(_graph: GraphBuilder, _layer: nn.Module, x: str) -> str:
    return x


@_writes(nn.MaxPool2d)
def _max_pool(graph: GraphBuilder, layer: nn.MaxPool2d, x: str) -> str:
    return graph.node(
        "MaxPool",
        x,
        kernel_shape=_pair(layer.kernel_size),
        strides=_pair(layer.stride),
        pads=_pair(layer.padding) * 2,
        dilations=_pair(layer.dilation),
        ceil_mode=int(layer.ceil_mode),
    )


def _pair(size: Any) -> tuple[int, ...]:
    return (size, size) if isinstance(size, int) else tuple(size)


@_writes(nn.AdaptiveAvgPool2d)
def _global_average(graph: GraphBuilder, layer: nn.AdaptiveAvgPool2d, x: str) -> str:
    if layer.output_size not in (1, (1, 1)):
        raise UnknownLayerError(f"AdaptiveAvgPool2d to {layer.output_size}")
    return graph.node("GlobalAveragePool", x)


@_writes(nn.Flatten)
def _flatten(graph: GraphBuilder, layer: nn.Flatten, x: str) -> str:
    if (layer.start_dim, layer.end_dim) != (1, -1):
        raise UnknownLayerError(f"Flatten from {layer.start_dim} to {layer.end_dim}")
    return graph.node("Flatten", x)


@_writes(Flatten)
def _flatten_channels_last(graph: GraphBuilder, _layer: Flatten, x: str) -> str:
    return graph.node("Flatten", graph.node("Transpose", x, perm=[0, 2, 3, 1]))


@_writes(ResidualBlock)
def _residual(graph: GraphBuilder, layer: ResidualBlock, x: str) -> str:
    inner = graph.node("Relu", _weighted(graph, layer.conv1, layer.norm1, x))
    inner = _weighted(graph, layer.conv2, layer.norm2, inner)
    return graph.node("Relu", graph.node("Add", inner, graph.write(layer.shortcut, x)))


@_writes(FrozenStem)
def _frozen_stem(graph: GraphBuilder, layer: FrozenStem, x: str) -> str:
    """As `FrozenStem.features`, then the head."""
    answers = [f"place_{place}" for place in range(len(PLACES))]
    graph.node("Split", graph.write(layer.stem, x), outputs=answers, axis=1, num_outputs=len(answers))
    highest = lowest = answers[0]
    for answer in answers[1:]:  # pair by pair: ONNX Runtime takes longer over all at once
        highest = graph.node("Max", highest, answer)
        lowest = graph.node("Min", lowest, answer)
    both = graph.node("Relu", graph.node("Concat", highest, graph.node("Neg", lowest), axis=1))
    left, right, top, bottom = BORDER
    border = graph.constant("border", np.array([0, 0, top, left, 0, 0, bottom, right], np.int64))
    return graph.write(layer.head, graph.node("Pad", both, border))
