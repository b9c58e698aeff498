"""Models to export: one that was trained in a moment, and every classic, untrained but with numbers that matter."""

import pytest
import torch

from tenfold import models
from tenfold.exporting import export_onnx
from tenfold.reading import ModelCard

CLASSICS = (
    "cnn_baseline", "cnn_deep", "cnn_regularized", "mlp_dropout", "mlp_sgd", "cnn_sgd", "cnn_dropout",
)  # fmt: skip

CARD = ModelCard(tuple("0123456789"), "mnist-1", 1.5, 0.7, "test", "abc", "0.0.0")


@pytest.fixture(scope="session")
def untrained(tmp_path_factory):
    """Writes the model.onnx of an architecture, once."""
    folder = tmp_path_factory.mktemp("untrained")

    def write(name):
        path = folder / f"{name}.onnx"
        if not path.is_file():
            torch.manual_seed(0)
            model = models.build(name)
            model.train()(torch.rand(64, 1, 28, 28))
            with torch.no_grad():
                for parameter in model.parameters():
                    parameter.mul_(1.5)  # answers that are not all alike
            export_onnx(model, CARD, path)
        return path

    return write


@pytest.fixture(scope="session")
def trained(bars, tmp_path_factory):
    """The folder of a run of a small CNN on bars."""
    from tenfold import train

    path = tmp_path_factory.mktemp("recipe") / "quick.toml"
    path.write_text(
        f"model = 'cnn_sgd'\nreport = false\nepochs = 3\nbatch_size = 20\n[data]\nname = '{bars}'\n", encoding="utf-8"
    )
    return train(path, out=tmp_path_factory.mktemp("runs")).path
