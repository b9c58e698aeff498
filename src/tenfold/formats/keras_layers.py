"""Keras's layers for an ONNX graph: one for each operation, with its weights, in Keras's own order of dimensions."""

import os
from collections.abc import Callable
from typing import Any

import numpy as np

from tenfold.errors import TenfoldError
from tenfold.formats.graph import Operation, OperationList, axes_of, cannot_hold, pads
from tenfold.inference.model_import import CONVENTIONS
from tenfold.quiet import quiet

__all__ = ["Builder", "keras"]

# Whoever has chosen a backend, or has Keras loaded, keeps it; else it is the one that comes with training.
os.environ.setdefault("KERAS_BACKEND", "torch")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
with quiet():
    import keras


class Builder:
    """Keras tensors for a graph's: what ONNX has as [n, c, h, w], Keras has as [n, h, w, c]."""

    def __init__(self, graph: OperationList) -> None:
        self.graph = graph
        # Its name says how it is fed: reading the file, tenfold believes it, and whoever uses it in Keras sees it.
        self.images = keras.Input((28, 28, 1), name=CONVENTIONS[0].key)
        self.tensors: dict[str, Any] = {"images": self.images}
        self.upright: set[str] = set()
        """Tensors that ONNX, too, has as [n, h, w, c] by now."""
        self.chain: list[Any] | None = []
        """The layers so far, while each goes on from the one before."""
        self.last = self.images

    def model(self) -> Any:
        """The model up to its probabilities."""
        for operation in self.graph.operations:
            if operation.kind not in _LAYERS:
                raise cannot_hold("keras", operation)
            if not all(name in self.tensors for name in operation.outputs):
                _LAYERS[operation.kind](self, operation)
        with quiet():
            if self.chain is not None and self.last is self.tensors["probabilities"]:
                return keras.Sequential([self.images, *self.chain])
            return keras.Model(self.images, self.tensors["probabilities"])

    def put(self, operation: Operation, layer: Any, *weights: Any, of: Any = None, to: str | None = None) -> Any:
        """A layer with its weights, on the operation's first input, or on of."""
        value = self.tensors[operation.inputs[0]] if of is None else of
        with quiet():
            result = layer(value)
            if weights:
                layer.set_weights([np.asarray(weight, np.float32) for weight in weights])
        if self.chain is not None:
            self.chain = [*self.chain, layer] if value is self.last else None
        self.last = result
        self.tensors[to or operation.outputs[0]] = result
        return result

    def constant(self, operation: Operation, place: int) -> Any:
        """A weight. Raises TenfoldError where it is no constant."""
        name = operation.inputs[place]
        if name not in self.graph.constants:
            raise TenfoldError(f"keras: cannot hold the model's operation {operation.kind} on two tensors")
        return self.graph.constants[name]


def _conv(builder: Builder, operation: Operation) -> None:
    weight = builder.constant(operation, 1)
    bias = builder.constant(operation, 2) if len(operation.inputs) > 2 else None
    users = builder.graph.users(operation.outputs[0])
    value = _padded(builder, operation)
    if len(users) == 1 and users[0].kind == "Split" and users[0].attributes.get("axis") == 1:
        # Keras cuts no tensor into parts without code of its own, but filters can be parted as well.
        sizes = [len(weight) // len(users[0].outputs)] * len(users[0].outputs)
        if len(users[0].inputs) > 1:
            sizes = [int(size) for size in builder.graph.constants[users[0].inputs[1]]]
        start = 0
        for name, size in zip(users[0].outputs, sizes, strict=True):
            part = slice(start, start + size)
            _convolved(builder, operation, value, weight[part], None if bias is None else bias[part], name)
            start += size
        return
    _convolved(builder, operation, value, weight, bias, operation.outputs[0])


def _convolved(builder: Builder, operation: Operation, value: Any, weight: Any, bias: Any, to: str) -> None:
    read, channels = operation.attributes.get, value.shape[-1]
    groups = read("group", 1)
    options = {
        "kernel_size": tuple(weight.shape[2:]),
        "strides": tuple(read("strides", [1, 1])),
        "dilation_rate": tuple(read("dilations", [1, 1])),
        "padding": "same" if _keeps_size(operation) else "valid",
        "use_bias": bias is not None,
    }
    if groups == 1:
        layer, kernel = keras.layers.Conv2D(len(weight), **options), weight.transpose(2, 3, 1, 0)
    elif groups == channels and len(weight) == channels:
        layer, kernel = keras.layers.DepthwiseConv2D(**options), weight.transpose(2, 3, 0, 1)
    else:
        raise TenfoldError(f"keras: cannot hold a convolution in {groups} groups of {channels} channels")
    builder.put(operation, layer, *([kernel] if bias is None else [kernel, bias]), of=value, to=to)


def _keeps_size(operation: Operation) -> bool:
    """Whether a window is padded as Keras's padding='same' pads one, on every image."""
    read = operation.attributes.get
    if any(stride != 1 for stride in read("strides", [1, 1])):
        return False
    around = [d * (k - 1) for k, d in zip(operation.attributes["kernel_shape"], read("dilations", [1, 1]), strict=True)]
    return list(pads(operation.attributes, (28, 28))) == [n // 2 for n in around] + [n - n // 2 for n in around]


def _padded(builder: Builder, operation: Operation) -> Any:
    """The input of a window with its margin of zeros, where Keras's own padding would lie otherwise."""
    value = builder.tensors[operation.inputs[0]]
    top, left, bottom, right = pads(operation.attributes, tuple(value.shape[1:3]))
    if _keeps_size(operation) or not any((top, left, bottom, right)):
        return value
    layer = keras.layers.ZeroPadding2D(((top, bottom), (left, right)))
    return builder.put(operation, layer, to=f"{operation.outputs[0]}/padded")


def _margin(builder: Builder, operation: Operation) -> None:
    """Zeros around images; another margin, or one beside channels, is refused."""
    around = [int(n) for n in builder.constant(operation, 1)]
    filled = len(operation.inputs) > 2 and builder.constant(operation, 2) != 0
    other = operation.attributes.get("mode", b"constant") != b"constant"
    if filled or other or any(around[place] for place in (0, 1, 4, 5)) or min(around) < 0:
        raise cannot_hold("keras", operation)
    _, _, top, left, _, _, bottom, right = around
    builder.put(operation, keras.layers.ZeroPadding2D(((top, bottom), (left, right))))


def _pool(kind: Callable[..., Any]) -> Callable[[Builder, Operation], None]:
    def build(builder: Builder, operation: Operation) -> None:
        value = builder.tensors[operation.inputs[0]]
        read = operation.attributes.get
        same = text_of(read("auto_pad")) == "SAME_UPPER"
        if (any(pads(operation.attributes, tuple(value.shape[1:3]))) and not same) or read("ceil_mode"):
            raise TenfoldError("keras: cannot hold pooling with a margin")
        padding = "same" if same else "valid"
        builder.put(
            operation, kind(tuple(operation.attributes["kernel_shape"]), tuple(read("strides", [1, 1])), padding)
        )

    return build


def text_of(value: Any) -> str:
    """An attribute that is text, '' without it."""
    return value.decode() if isinstance(value, bytes) else ""


def _flatten(builder: Builder, operation: Operation) -> None:
    """To rows, in the order that ONNX has them in."""
    name = operation.inputs[0]
    value = builder.tensors[name]
    shape = tuple(value.shape[1:])
    wanted = [int(n) for n in builder.constant(operation, 1)[1:]] if operation.kind == "Reshape" else [-1]
    if len(wanted) == 1 and len(shape) == 1:
        builder.tensors[operation.outputs[0]] = value
    elif len(wanted) == 1:
        if name not in builder.upright and shape[-1] > 1 and shape[0] * shape[1] > 1:
            value = builder.put(operation, keras.layers.Permute((3, 1, 2)), to=f"{operation.outputs[0]}/turned")
        builder.put(operation, keras.layers.Flatten(), of=value)
    elif shape == (28, 28, 1) and sorted(wanted) in ([1, 28, 28], [28, 28]):
        # How a foreign model takes its image: Keras has it as [28, 28, 1] all along.
        builder.tensors[operation.outputs[0]] = value
        if wanted != [1, 28, 28]:
            builder.upright.add(operation.outputs[0])
    else:
        raise TenfoldError(f"keras: cannot hold the model's operation {operation.kind} to {wanted}")


def _transpose(builder: Builder, operation: Operation) -> None:
    name, order = operation.inputs[0], list(operation.attributes["perm"])
    to_upright = order == [0, 2, 3, 1] and name not in builder.upright
    if not to_upright and not (order == [0, 3, 1, 2] and name in builder.upright):
        raise cannot_hold("keras", operation)
    builder.tensors[operation.outputs[0]] = builder.tensors[name]
    if to_upright:
        builder.upright.add(operation.outputs[0])


def _dense(builder: Builder, operation: Operation) -> None:
    weight, read = builder.constant(operation, 1), operation.attributes.get
    kernel = (weight.T if read("transB", 0) else weight) * read("alpha", 1.0)
    bias = [builder.constant(operation, 2) * read("beta", 1.0)] if len(operation.inputs) > 2 else []
    layer = keras.layers.Dense(kernel.shape[1], use_bias=bool(bias))
    builder.put(operation, layer, kernel, *[np.broadcast_to(value, kernel.shape[1:]) for value in bias])


def _mean(builder: Builder, operation: Operation) -> None:
    if operation.kind == "ReduceMean" and sorted(axes_of(operation, builder.graph.constants)) not in ([2, 3], [-2, -1]):
        raise cannot_hold("keras", operation)
    kept = bool(operation.attributes.get("keepdims", 1))
    builder.put(operation, keras.layers.GlobalAveragePooling2D(keepdims=kept))


def _normalized(builder: Builder, operation: Operation) -> None:
    layer = keras.layers.BatchNormalization(epsilon=operation.attributes.get("epsilon", 1e-5))
    builder.put(operation, layer, *(builder.constant(operation, place) for place in (1, 2, 3, 4)))


def _scaled(builder: Builder, operation: Operation) -> None:
    """Times, by, plus or less one number; or a sum of tensors."""
    names = [name for name in operation.inputs if name not in builder.graph.constants]
    if len(names) > 1 and operation.kind == "Add":
        _together(keras.layers.Add)(builder, operation)
        return
    if len(names) != 1 or (operation.inputs[0] != names[0] and operation.kind in ("Div", "Sub")):
        raise cannot_hold("keras", operation)
    number = builder.graph.constants[next(name for name in operation.inputs if name != names[0])]
    if number.size != 1:
        raise TenfoldError(f"keras: cannot hold the model's operation {operation.kind} by {number.size} numbers")
    one = float(number.reshape(()))
    by = 1 / one if operation.kind == "Div" else one
    scale, offset = (by, 0.0) if operation.kind in ("Mul", "Div") else (1.0, -one if operation.kind == "Sub" else one)
    value = builder.tensors[names[0]]
    if (scale, offset) == (1.0, 0.0):
        builder.tensors[operation.outputs[0]] = value
    else:
        builder.put(operation, keras.layers.Rescaling(scale, offset), of=value)
    if names[0] in builder.upright:
        builder.upright.add(operation.outputs[0])


def _together(kind: Callable[..., Any]) -> Callable[[Builder, Operation], None]:
    def build(builder: Builder, operation: Operation) -> None:
        if any(name in builder.graph.constants for name in operation.inputs):
            raise TenfoldError(f"keras: cannot hold the model's operation {operation.kind} by numbers")
        builder.put(operation, kind(), of=[builder.tensors[name] for name in operation.inputs])

    return build


def _same(builder: Builder, operation: Operation) -> None:
    builder.tensors[operation.outputs[0]] = builder.tensors[operation.inputs[0]]
    if operation.inputs[0] in builder.upright:
        builder.upright.add(operation.outputs[0])


def _by(kind: Callable[..., Any]) -> Callable[[Builder, Operation], None]:
    def build(builder: Builder, operation: Operation) -> None:
        builder.put(operation, kind(operation))

    return build


def _activation(name: str) -> Callable[[Builder, Operation], None]:
    return _by(lambda _operation: keras.layers.Activation(name))


_LAYERS: dict[str, Callable[[Builder, Operation], None]] = {
    "Conv": _conv,
    "Pad": _margin,
    "MaxPool": _pool(keras.layers.MaxPooling2D),
    "AveragePool": _pool(keras.layers.AveragePooling2D),
    "GlobalAveragePool": _mean,
    "ReduceMean": _mean,
    "Reshape": _flatten,
    "Flatten": _flatten,
    "Transpose": _transpose,
    "Gemm": _dense,
    "MatMul": _dense,
    "BatchNormalization": _normalized,
    "Split": lambda _builder, operation: (_ for _ in ()).throw(cannot_hold("keras", operation)),
    "Concat": _together(lambda: keras.layers.Concatenate(axis=-1)),
    "Add": _scaled,
    "Sub": _scaled,
    "Mul": _scaled,
    "Div": _scaled,
    "Max": _together(keras.layers.Maximum),
    "Min": _together(keras.layers.Minimum),
    "Neg": _by(lambda _operation: keras.layers.Rescaling(-1.0)),
    "Identity": _same,
    "Cast": _same,
    "Relu": _by(lambda _operation: keras.layers.ReLU()),
    "LeakyRelu": _by(lambda operation: keras.layers.LeakyReLU(operation.attributes.get("alpha", 0.01))),
    "Sigmoid": _activation("sigmoid"),
    "Tanh": _activation("tanh"),
    "Elu": _activation("elu"),
    "Softplus": _activation("softplus"),
    "Softmax": _by(lambda _operation: keras.layers.Softmax()),
}
"""The layer for each operation."""
