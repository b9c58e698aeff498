"""A model without training: nearest prototypes, as a real model.onnx in a real run folder."""

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tenfold.data import DIGITS, Dataset
from tenfold.inference.classifier import ModelCard
from tenfold.inference.frame import FRAMING
from tenfold.run import Run

RECIPE = """\
model = "prototypes"
epochs = 3

[data]
name = "mnist"
validation = 0.1

[reference]
test_accuracy = 0.9746
note = "12.5 s <on a laptop>"
"""

HISTORY = """\
epoch,seconds,lr,train_loss,train_accuracy,val_loss,val_accuracy,val_recall
1,1.5,0.001,0.5,0.85,0.3,0.91,0.91
2,1.4,0.001,0.3,0.92,0.2,0.94,0.94
3,1.4,0.001,0.2,0.95,0.25,0.93,0.93
"""

ENVIRONMENT = {
    "tenfold": "0.1.0",
    "git_commit": None,
    "data": {"name": "mnist", "train": {"n": 900, "sha256": "00"}, "validation": {"n": 100}},
    "training": {"train_seconds": 4.321, "epochs": 3, "best_epoch": 2, "parameters": 7850},
}


def prototypes(classes: int = 10) -> NDArray[np.float32]:
    """One random image [28, 28] in 0 to 1 a class; the last two classes are nearly the same."""
    images = np.random.default_rng(7).uniform(size=(classes, 28, 28)).astype(np.float32)
    images[-1] = images[-2] + 0.12 * (images[-1] - images[-2])
    return images


def make_dataset(n: int, seed: int = 0, classes: tuple[str, ...] = DIGITS, noise: float = 0.35) -> Dataset:
    """Noisy prototypes, n of them, the classes taking turns."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % len(classes)
    images = prototypes(len(classes))[labels] + rng.normal(0, noise, (n, 28, 28))
    return Dataset("blobs", "test", (255 * images.clip(0, 1)).astype(np.uint8), labels.astype(np.int64), classes)


def write_model(
    path: Path,
    classes: tuple[str, ...] = DIGITS,
    temperature: float = 2.0,
    scale: float = 0.5,
    data_sha256: str = "00",
) -> Path:
    """A model.onnx that answers with the nearest prototype."""
    from onnx import TensorProto, helper, numpy_helper, save_model

    flat = prototypes(len(classes)).reshape(len(classes), -1)
    weights, bias = scale * flat.T, -scale * (flat**2).sum(axis=1) / 2
    constants = {"weights": weights, "bias": bias, "temperature": np.array(temperature)}
    graph = helper.make_graph(
        [
            helper.make_node("Flatten", ["images"], ["flat"]),
            helper.make_node("Gemm", ["flat", "weights", "bias"], ["logits"]),
            helper.make_node("Div", ["logits", "temperature"], ["cooled"]),
            helper.make_node("Softmax", ["cooled"], ["probabilities"]),
        ],
        "prototypes",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["n", 1, 28, 28])],
        [helper.make_tensor_value_info(x, TensorProto.FLOAT, ["n", len(classes)]) for x in ("logits", "probabilities")],
        [numpy_helper.from_array(value.astype(np.float32), name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    card = ModelCard(classes, FRAMING, temperature, 0.5, "blobs", data_sha256, "0.1.0")
    for key, value in card.to_metadata().items():
        model.metadata_props.add(key=key, value=value)
    save_model(model, str(path))
    return path


def make_run(path: Path, classes: tuple[str, ...] = DIGITS) -> Run:
    path.mkdir()
    write_model(path / "model.onnx", classes)
    (path / "recipe.toml").write_text(RECIPE)
    (path / "history.csv").write_text(HISTORY)
    own_test = {"test": {"name": "blobs", "sha256": make_dataset(1000).sha256}}
    (path / "environment.json").write_text(json.dumps(ENVIRONMENT | {"data": ENVIRONMENT["data"] | own_test}))
    return Run.open(path)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return make_run(tmp_path / "blobs-1")


@pytest.fixture(scope="session")
def blobs() -> Dataset:
    return make_dataset(1000)
