"""How many floating-point operations a model takes for one image, counted in its ONNX graph."""

import math
from pathlib import Path
from typing import Any

Shapes = dict[str, tuple[int, ...]]


def operations(model: Path | bytes) -> int | None:
    """Multiplications and additions of the convolutions and matrix products in answering one view.

    A multiplication with its addition counts as two, as everywhere in the field; biases, activations, pooling and the
    softmax are left out: they are a few hundredths of it, and no two libraries count them alike. model: a model.onnx,
    or what is in one. None where ONNX's own library (extra 'train') is not installed, or a shape in the graph cannot be
    known.
    """
    try:
        import onnx
    except ModuleNotFoundError:
        return None
    proto = onnx.load_from_string(model) if isinstance(model, bytes) else onnx.load(model)
    for port in proto.graph.input:
        port.type.tensor_type.shape.dim[0].dim_value = 1
    try:
        inferred = onnx.shape_inference.infer_shapes(proto, data_prop=True)
    except onnx.shape_inference.InferenceError:
        return None
    shapes = _shapes(inferred.graph)
    counts = [_COUNTS[node.op_type](node, shapes) for node in inferred.graph.node if node.op_type in _COUNTS]
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None


def _shapes(graph: Any) -> Shapes:
    """Every tensor whose shape is known, by name."""
    shapes: Shapes = {tensor.name: tuple(tensor.dims) for tensor in graph.initializer}
    for value in (*graph.input, *graph.value_info, *graph.output):
        sizes = value.type.tensor_type.shape.dim
        if value.type.tensor_type.HasField("shape") and all(size.HasField("dim_value") for size in sizes):
            shapes[value.name] = tuple(size.dim_value for size in sizes)
    return shapes


def _convolution(node: Any, shapes: Shapes) -> int | None:
    """Each output number is a sum over its group's channels and the kernel: weights [out, in / groups, h, w]."""
    weights, out = shapes.get(node.input[1]), shapes.get(node.output[0])
    return 2 * math.prod(out) * math.prod(weights[1:]) if weights and out else None


def _product(node: Any, shapes: Shapes) -> int | None:
    """Each output number is a sum over the dimension that both factors share."""
    first, out = shapes.get(node.input[0]), shapes.get(node.output[0])
    transposed = any(attribute.name == "transA" and attribute.i for attribute in node.attribute)
    return 2 * math.prod(out) * first[0 if transposed else -1] if first and out else None


_COUNTS = {"Conv": _convolution, "Gemm": _product, "MatMul": _product}
