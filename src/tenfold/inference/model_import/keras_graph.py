"""Keras's layers as an ONNX graph: those that the tutorials use, each by the operator that is its definition."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper

from tenfold.errors import TenfoldError, first_line
from tenfold.inference.model_import.keras_file import KerasLayer, KerasModel

OPSET, IR_VERSION = 18, 10

_ACTIVATIONS = {
    "linear": "Identity",
    "relu": "Relu",
    "sigmoid": "Sigmoid",
    "tanh": "Tanh",
    "elu": "Elu",
    "softplus": "Softplus",
    "softmax": "Softmax",
}

_ONLY_WHILE_TRAINING = {"Dropout", "SpatialDropout2D", "GaussianNoise", "GaussianDropout", "RandomRotation",
                        "RandomTranslation", "RandomZoom", "RandomFlip", "RandomContrast", "RandomShear"}  # fmt: skip
"""Layers that pass on what they are given once a model is trained."""


class _Graph:
    """A graph in the making: its last tensor, and the shape of one image's share of it as Keras sees it.

    What Keras holds as [h, w, c] lies in the graph as [n, c, h, w], which is how ONNX convolves.
    """

    def __init__(self, path: object, shape: tuple[int, ...]) -> None:
        self.path, self.shape = path, shape
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []
        self.last, self._names = "x", 0
        if len(shape) == 3:
            self.add("Transpose", perm=[0, 3, 1, 2])

    def add(self, operator: str, *inputs: NDArray[Any], **attributes: Any) -> None:
        """One more node on the last tensor; inputs are its weights."""
        names = []
        for value in inputs:
            names.append(f"w{len(self.weights)}")
            self.weights.append(onnx.numpy_helper.from_array(value, names[-1]))
        self._names += 1
        name = f"t{self._names}"
        self.nodes.append(helper.make_node(operator, [self.last, *names], [name], **attributes))
        self.last = name

    def reshape(self, shape: tuple[int, ...]) -> None:
        """As Keras reshapes: in the order of [h, w, c]."""
        if len(self.shape) == 3:
            self.add("Transpose", perm=[0, 2, 3, 1])
        self.add("Reshape", np.array([0, *shape], np.int64))
        self.shape = shape
        if len(shape) == 3:
            self.add("Transpose", perm=[0, 3, 1, 2])


def keras_to_onnx(model: KerasModel) -> tuple[onnx.ModelProto, float]:
    """The model as x [n, *input_shape] → logits [n, classes], and the temperature that the file divides them by.

    A softmax at the end is left out, for what goes into it is more exact; so is a Rescaling right before it, which is
    the temperature. Raises TenfoldError for a layer that is not known, by its name.
    """
    steps = [step for layer in model.layers for step in _steps(model, layer)]
    temperature, ends_in_softmax = 1.0, bool(steps) and steps[-1][0] == "softmax"
    if ends_in_softmax:
        steps.pop()
        if steps and steps[-1][0] == "Rescaling" and _is_temperature(steps[-1][1].config):
            temperature = 1 / float(steps.pop()[1].config["scale"])
    graph = _Graph(model.path, model.input_shape)
    for what, layer in steps:
        if what in _ACTIVATIONS:
            graph.add(_ACTIVATIONS[what], **({"axis": 1} if what == "softmax" else {}))
            continue
        try:
            _BUILDERS[what](graph, layer)
        except (KeyError, ValueError, TypeError, IndexError) as error:
            raise TenfoldError(f"{model.path}: {layer} cannot be read ({first_line(error)})") from None
    graph.add("Identity")
    graph.nodes[-1].output[0] = "logits"
    whole = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "keras",
            [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", *model.input_shape])],
            [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["n", *graph.shape])],
            graph.weights,
        ),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
    )
    return whole, temperature


def _is_temperature(config: Mapping[str, Any]) -> bool:
    scale, offset = config["scale"], config.get("offset", 0)
    return isinstance(scale, int | float) and scale > 0 and offset == 0


def _steps(model: KerasModel, layer: KerasLayer) -> list[tuple[str, KerasLayer]]:
    """What a layer does, one thing after another: itself, then its activation."""
    if layer.kind in _ONLY_WHILE_TRAINING or layer.kind == "InputLayer":
        return []
    if layer.kind == "Softmax":
        return [("softmax", layer)]
    if layer.kind == "ReLU":
        if layer.config.get("max_value") is not None or layer.config.get("threshold"):
            raise TenfoldError(f"{model.path}: {layer} cannot be read: it has a highest value or a threshold")
        return [("LeakyReLU" if layer.config.get("negative_slope") else "relu", layer)]
    if layer.kind == "Activation":
        return [(_activation(model, layer), layer)]
    if layer.kind not in _BUILDERS:
        why = "it holds code, which is never run" if layer.kind == "Lambda" else f"known are {', '.join(_BUILDERS)}"
        raise TenfoldError(f"{model.path}: {layer} cannot be read: {why}")
    first = [(layer.kind, layer)]
    return first if "activation" not in layer.config else [*first, (_activation(model, layer), layer)]


def _activation(model: KerasModel, layer: KerasLayer) -> str:
    name = layer.config.get("activation") or "linear"
    if not isinstance(name, str) or name not in _ACTIVATIONS:
        spelled = name if isinstance(name, str) else name.get("class_name", name) if isinstance(name, dict) else name
        raise TenfoldError(f"{model.path}: {layer} has the activation '{spelled}'; known are {', '.join(_ACTIVATIONS)}")
    return name


def _conv(graph: _Graph, layer: KerasLayer) -> None:
    config, (height, width, channels) = layer.config, _of_image(graph)
    _channels_last(config)
    kernel = layer.weights[0]
    filters, size, groups = int(config["filters"]), _pair(config["kernel_size"]), int(config.get("groups", 1))
    _expect(kernel, (*size, channels // groups, filters))
    strides, dilations = _pair(config.get("strides", 1)), _pair(config.get("dilation_rate", 1))
    same = _same(config)
    bias = [layer.weights[1]] if config.get("use_bias", True) else []
    for value in bias:
        _expect(value, (filters,))
    graph.add(
        "Conv",
        np.ascontiguousarray(kernel.transpose(3, 2, 0, 1)),
        *bias,
        auto_pad="SAME_UPPER" if same else "VALID",
        kernel_shape=size,
        strides=strides,
        dilations=dilations,
        group=groups,
    )
    graph.shape = (*_sizes((height, width), size, strides, dilations, same=same), filters)


def _depthwise(graph: _Graph, layer: KerasLayer) -> None:
    (kernel, *rest), channels = layer.weights, _of_image(graph)[2]
    *size, inputs, multiplier = kernel.shape
    _expect(kernel, (*_pair(layer.config["kernel_size"]), channels, int(layer.config.get("depth_multiplier", 1))))
    filters = inputs * multiplier
    regrouped = kernel.reshape(*size, 1, filters)
    _conv(graph, replace(layer, config={**layer.config, "filters": filters, "groups": channels},
                         weights=(regrouped, *rest)))  # fmt: skip


def _zero_padding(graph: _Graph, layer: KerasLayer) -> None:
    height, width, channels = _of_image(graph)
    _channels_last(layer.config)
    (top, bottom), (left, right) = (_pair(side) for side in layer.config["padding"])
    graph.add("Pad", np.array([0, 0, top, left, 0, 0, bottom, right], np.int64))
    graph.shape = (height + top + bottom, width + left + right, channels)


def _pool(operator: str) -> Callable[[_Graph, KerasLayer], None]:
    def build(graph: _Graph, layer: KerasLayer) -> None:
        config, (height, width, channels) = layer.config, _of_image(graph)
        _channels_last(config)
        size = _pair(config.get("pool_size", 2))
        strides = _pair(config.get("strides") or size)
        same = _same(config)
        graph.add(operator, auto_pad="SAME_UPPER" if same else "VALID", kernel_shape=size, strides=strides)
        graph.shape = (*_sizes((height, width), size, strides, (1, 1), same=same), channels)

    return build


def _dense(graph: _Graph, layer: KerasLayer) -> None:
    if len(graph.shape) != 1:
        raise ValueError(f"it is given {list(graph.shape)}: a Flatten is missing before it")
    units = int(layer.config["units"])
    _expect(layer.weights[0], (graph.shape[0], units))
    bias = layer.weights[1] if layer.config.get("use_bias", True) else np.zeros(units, np.float32)
    _expect(bias, (units,))
    graph.add("Gemm", layer.weights[0], bias)
    graph.shape = (units,)


def _batch_normalization(graph: _Graph, layer: KerasLayer) -> None:
    config, channels = layer.config, graph.shape[-1]
    axis = config.get("axis", -1)
    axis = axis[0] if isinstance(axis, list) else axis
    if axis not in (-1, len(graph.shape)) or len(graph.shape) == 2:
        raise ValueError(f"axis {axis} of {list(graph.shape)}")
    rest = list(layer.weights)
    gamma = rest.pop(0) if config.get("scale", True) else np.ones(channels, np.float32)
    beta = rest.pop(0) if config.get("center", True) else np.zeros(channels, np.float32)
    mean, variance = rest
    for value in (gamma, beta, mean, variance):
        _expect(value, (channels,))
    graph.add("BatchNormalization", gamma, beta, mean, variance, epsilon=float(config.get("epsilon", 1e-3)))


def _rescaling(graph: _Graph, layer: KerasLayer) -> None:
    scale, offset = float(layer.config["scale"]), float(layer.config.get("offset", 0))
    graph.add("Mul", np.array(scale, np.float32))
    graph.add("Add", np.array(offset, np.float32))


def _global_average(graph: _Graph, layer: KerasLayer) -> None:
    *_, channels = _of_image(graph)
    _channels_last(layer.config)
    graph.add("GlobalAveragePool")
    kept = bool(layer.config.get("keepdims"))
    graph.shape = (1, 1, channels) if kept else (channels,)
    if not kept:
        graph.add("Reshape", np.array([0, channels], np.int64))


def _reshape(graph: _Graph, layer: KerasLayer) -> None:
    size = int(np.prod(graph.shape))
    wanted = [int(n) for n in layer.config["target_shape"]]
    known = -int(np.prod(wanted)) if -1 in wanted else 1
    shape = tuple(size // known if n == -1 else n for n in wanted)
    if int(np.prod(shape)) != size or min(shape) < 1:
        raise ValueError(f"{list(graph.shape)} cannot become {wanted}")
    graph.reshape(shape)


def _leaky_relu(graph: _Graph, layer: KerasLayer) -> None:
    slope = layer.config.get("negative_slope", layer.config.get("alpha", 0.3))
    graph.add("LeakyRelu", alpha=float(np.asarray(slope.get("config", slope) if isinstance(slope, dict) else slope)))


_BUILDERS: dict[str, Callable[[_Graph, KerasLayer], None]] = {
    "Dense": _dense,
    "Conv2D": _conv,
    "DepthwiseConv2D": _depthwise,
    "ZeroPadding2D": _zero_padding,
    "MaxPooling2D": _pool("MaxPool"),
    "AveragePooling2D": _pool("AveragePool"),
    "GlobalAveragePooling2D": _global_average,
    "Flatten": lambda graph, _layer: graph.reshape((int(np.prod(graph.shape)),)),
    "Reshape": _reshape,
    "BatchNormalization": _batch_normalization,
    "LeakyReLU": _leaky_relu,
    "Rescaling": _rescaling,
}


def _of_image(graph: _Graph) -> tuple[int, int, int]:
    if len(graph.shape) != 3:
        raise ValueError(f"it is given {list(graph.shape)}, where height, width and channels were expected")
    height, width, channels = graph.shape
    return height, width, channels


def _channels_last(config: Mapping[str, Any]) -> None:
    if config.get("data_format") == "channels_first":
        raise ValueError("its data format is channels_first: save the model as .onnx")


def _same(config: Mapping[str, Any]) -> bool:
    padding = config.get("padding", "valid")
    if padding not in ("valid", "same"):
        raise ValueError(f"padding '{padding}'")
    return bool(padding == "same")


def _pair(value: Any) -> tuple[int, int]:
    first, second = (value, value) if isinstance(value, int) else value
    return int(first), int(second)


def _sizes(
    sizes: tuple[int, int], kernel: tuple[int, int], strides: tuple[int, int], dilations: tuple[int, int], *, same: bool
) -> tuple[int, int]:
    """Height and width after a window has gone over them."""
    height, width = (
        -(-n // stride) if same else (n - dilation * (k - 1) - 1) // stride + 1
        for n, k, stride, dilation in zip(sizes, kernel, strides, dilations, strict=True)
    )
    return height, width


def _expect(value: NDArray[np.float32], shape: tuple[int, ...]) -> None:
    if value.shape != shape:
        raise ValueError(f"weights of {list(value.shape)} where {list(shape)} were expected")
