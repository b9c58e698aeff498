"""A model.onnx of half the size: weights stored in 16 bits, calculated with in 32 as before."""

from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper

from tenfold.errors import TenfoldError
from tenfold.files import write_atomically

_WORTH = 64
"""Weights with fewer numbers than this take less room than the node that would widen them."""


def store_half(model: str | Path, path: str | Path) -> None:
    """Write a model.onnx with its weights rounded to float16, each widened to float32 before it is used.

    ONNX Runtime widens them once, when it loads the model: answers take no longer. A weight keeps eleven bits, about
    three decimal digits. Raises TenfoldError where one is too large for float16, whose largest number is 65,504.
    """
    proto = onnx.load(model)
    graph = proto.graph
    stored, widened = [], []
    for weight in graph.initializer:
        if weight.data_type != onnx.TensorProto.FLOAT or np.prod(weight.dims) < _WORTH:
            stored.append(weight)
            continue
        with np.errstate(over="ignore"):
            half = numpy_helper.to_array(weight).astype(np.float16)
        if not np.isfinite(half).all():
            raise TenfoldError(f"{model}: the weights '{weight.name}' do not fit into float16")
        stored.append(numpy_helper.from_array(half, f"{weight.name}.half"))
        widened.append(onnx.helper.make_node("Cast", [f"{weight.name}.half"], [weight.name], to=onnx.TensorProto.FLOAT))
    nodes = [*widened, *graph.node]
    del graph.initializer[:], graph.node[:]
    graph.initializer.extend(stored)
    graph.node.extend(nodes)
    onnx.checker.check_model(proto)
    write_atomically(Path(path), proto.SerializeToString())
