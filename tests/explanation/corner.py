"""A model that looks at one corner alone: what explains its answers is known."""

from pathlib import Path

import numpy as np

from tenfold.inference.classifier import ModelCard
from tenfold.inference.frame import FRAMING

CORNER = (slice(4, 10), slice(4, 10))
"""Where it looks: rows and columns of the view."""


def corner_weights() -> np.ndarray:
    """Weights [784, 10]: ink in the corner speaks for 1, its lack for 0; nothing else counts."""
    weights = np.zeros((28, 28, 10), np.float32)
    weights[(*CORNER, 1)] = 0.5
    return weights.reshape(784, 10)


def write_corner_model(path: Path, weights: np.ndarray | None = None) -> Path:
    from onnx import TensorProto, helper, numpy_helper, save_model

    bias = np.array([2, 0, *[-5] * 8], np.float32)
    constants = {"weights": corner_weights() if weights is None else weights, "bias": bias}
    graph = helper.make_graph(
        [
            helper.make_node("Flatten", ["images"], ["flat"]),
            helper.make_node("Gemm", ["flat", "weights", "bias"], ["logits"]),
            helper.make_node("Softmax", ["logits"], ["probabilities"]),
        ],
        "corner",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["n", 1, 28, 28])],
        [helper.make_tensor_value_info(x, TensorProto.FLOAT, ["n", 10]) for x in ("logits", "probabilities")],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    card = ModelCard(tuple("0123456789"), FRAMING, 1.0, 0.5, "corner", "00", "0.1.0")
    for key, value in card.to_metadata().items():
        model.metadata_props.add(key=key, value=value)
    save_model(model, str(path))
    return path


def inked_corner() -> np.ndarray:
    """A view with ink in the corner, and as much where the model does not look."""
    view = np.zeros((28, 28), np.uint8)
    view[CORNER] = 255
    view[18:24, 18:24] = 255
    return view
