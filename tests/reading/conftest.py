"""A model that says the same of every view, in a file."""

import numpy as np
import pytest

from tenfold import __version__
from tenfold.reading import ModelCard


@pytest.fixture(scope="session")
def seven(tmp_path_factory):
    """The path of a model.onnx that takes everything for a 7, at 0.9."""
    onnx = pytest.importorskip("onnx")
    make, kind = onnx.helper, onnx.TensorProto.FLOAT
    shares = np.full(10, 0.1 / 9, np.float32)
    shares[7] = 0.9
    graph = make.make_graph(
        [
            make.make_node("Flatten", ["images"], ["pixels"]),
            make.make_node("Gemm", ["pixels", "weight", "bias"], ["logits"]),
            make.make_node("Softmax", ["logits"], ["probabilities"]),
        ],
        "seven",
        [make.make_tensor_value_info("images", kind, ["n", 1, 28, 28])],
        [make.make_tensor_value_info(name, kind, ["n", 10]) for name in ("logits", "probabilities")],
        [
            onnx.numpy_helper.from_array(np.zeros((784, 10), np.float32), "weight"),
            onnx.numpy_helper.from_array(np.log(shares), "bias"),
        ],
    )
    model = make.make_model(graph, opset_imports=[make.make_opsetid("", 17)], ir_version=8)
    card = ModelCard(tuple("0123456789"), "mnist-1", 1.0, 0.5, "seven", "00", __version__)
    make.set_model_props(model, card.to_metadata())
    path = tmp_path_factory.mktemp("model") / "seven.onnx"
    path.write_bytes(model.SerializeToString())
    return path
