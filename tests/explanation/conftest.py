"""Models whose right explanation is known, and one that was trained a little."""

from pathlib import Path

import numpy as np
import pytest
import torch
from tests.explanation.corner import write_corner_model

import tenfold
from tenfold import models
from tenfold.data import Dataset
from tenfold.data.synthetic.strokes import strokes
from tenfold.exporting import export_onnx
from tenfold.inference.classifier import Classifier
from tenfold.run import Run


@pytest.fixture(scope="session")
def digits() -> Dataset:
    return strokes(3000, seed=1)


@pytest.fixture(scope="session")
def archive(digits: Dataset, tmp_path_factory) -> Path:
    """The digits as an .npz in Keras's layout."""
    path = tmp_path_factory.mktemp("data") / "digits.npz"
    test = strokes(200, seed=2, split="test")
    np.savez(path, x_train=digits.images, y_train=digits.labels, x_test=test.images, y_test=test.labels)
    return path


@pytest.fixture(scope="session")
def run(archive: Path, tmp_path_factory) -> Run:
    """A convolutional network that reads most of the digits, in its run folder."""
    overrides = {"data.name": str(archive), "epochs": 6, "data.validation": 0.1, "report": False}
    return tenfold.train("good", overrides=overrides, out=tmp_path_factory.mktemp("runs"))


@pytest.fixture(scope="session")
def untrained(run: Run, tmp_path_factory) -> tuple[torch.nn.Module, Classifier]:
    """The same network, its weights drawn at random, in torch and as a model.onnx."""
    torch.manual_seed(5)
    model = models.build(run.recipe["model"], 10).eval()
    path = tmp_path_factory.mktemp("untrained") / "model.onnx"
    export_onnx(model, Classifier(run.onnx).card, path)
    return model, Classifier(path)


@pytest.fixture(scope="session")
def corner(tmp_path_factory) -> Classifier:
    return Classifier(write_corner_model(tmp_path_factory.mktemp("corner") / "corner.onnx"))
