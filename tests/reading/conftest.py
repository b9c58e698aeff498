"""Models made by hand, in files: one that says the same of every view, and one that knows the drawn digits."""

import numpy as np
import pytest
from tests.reading.drawings import digits

from tenfold import __version__
from tenfold.inference.classifier import NOT_A_DIGIT
from tenfold.inference.frame import frame
from tenfold.reading import ModelCard

TEN = tuple("0123456789")


@pytest.fixture(scope="session")
def make_model(tmp_path_factory):
    """Writes a model.onnx whose logits are linear in a view: weight [784, classes], bias [classes]; returns its path.

    normalized: each view is first brought to length 1. forget: entries left out of its metadata. card: as ModelCard's.
    """
    onnx = pytest.importorskip("onnx")
    make, kind = onnx.helper, onnx.TensorProto.FLOAT

    def write(weight, bias, classes=TEN, *, normalized=False, forget=(), **card):
        length = make.make_node("LpNormalization", ["pixels"], ["view"], axis=1, p=2)
        graph = make.make_graph(
            [
                make.make_node("Flatten", ["images"], ["pixels"]),
                length if normalized else make.make_node("Identity", ["pixels"], ["view"]),
                make.make_node("Gemm", ["view", "weight", "bias"], ["logits"]),
                make.make_node("Softmax", ["logits"], ["probabilities"]),
            ],
            "linear",
            [make.make_tensor_value_info("images", kind, ["n", 1, 28, 28])],
            [make.make_tensor_value_info(name, kind, ["n", len(classes)]) for name in ("logits", "probabilities")],
            [
                onnx.numpy_helper.from_array(np.asarray(weight, np.float32), "weight"),
                onnx.numpy_helper.from_array(np.asarray(bias, np.float32), "bias"),
            ],
        )
        model = make.make_model(graph, opset_imports=[make.make_opsetid("", 17)], ir_version=8)
        told = {"framing": "mnist-1", "temperature": 1.0, "threshold": 0.5, "recipe": "by-hand", "data_sha256": "00"}
        metadata = ModelCard(classes=classes, version=__version__, **{**told, **card}).to_metadata()
        make.set_model_props(model, {name: value for name, value in metadata.items() if name not in forget})
        path = tmp_path_factory.mktemp("model") / "model.onnx"
        path.write_bytes(model.SerializeToString())
        return path

    return write


@pytest.fixture(scope="session")
def seven(make_model):
    """The path of a model.onnx that takes everything for a 7, at 0.9."""
    shares = np.full(10, 0.1 / 9, np.float32)
    shares[7] = 0.9
    return make_model(np.zeros((784, 10)), np.log(shares), recipe="seven")


@pytest.fixture(scope="session")
def matcher(make_model):
    """The path of a model.onnx that knows the ten drawn digits, and takes for no digit what is like none of them.

    Likeness is the cosine between views, not a digit what is below 0.8 of all.
    """
    known = np.array([frame(ink).ravel() for ink in digits()], np.float32).T
    sharpness = 40
    weight = np.zeros((784, 11), np.float32)
    weight[:, :10] = sharpness * known / np.linalg.norm(known, axis=0)
    bias = np.zeros(11)
    bias[10] = sharpness * 0.8
    conformal = ((0.01, 0.001), (0.1, 0.2))
    return make_model(
        weight, bias, (*TEN, NOT_A_DIGIT), normalized=True, score_threshold=0.5, conformal=conformal, recipe="matcher"
    )
