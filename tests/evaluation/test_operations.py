"""Operations are those that anybody can work out by hand, and those that torch itself counts."""

from pathlib import Path

import pytest
import torch
from tests.prototypes import write_model
from torch.utils.flop_counter import FlopCounterMode

from tenfold import models
from tenfold.evaluation.operations import operations
from tenfold.exporting import export_onnx
from tenfold.inference.frame import FRAMING
from tenfold.reading import ModelCard

CARD = ModelCard(tuple("0123456789"), FRAMING, 1.5, 0.0, "any", "", "1")


def _export(name: str, folder: Path) -> tuple[torch.nn.Module, Path]:
    model = models.build(name).eval()
    export_onnx(model, CARD, folder / "model.onnx")
    return model, folder / "model.onnx"


def test_one_matrix_product_by_hand(tmp_path: Path) -> None:
    assert operations(write_model(tmp_path / "model.onnx")) == 2 * 784 * 10


def test_convolutions_by_hand(tmp_path: Path) -> None:
    # 28 → 26 → 13 → 11 → 5: each output number is a sum of 9 products a channel that it sees.
    by_hand = 2 * (32 * 26 * 26 * 9 + 64 * 11 * 11 * 9 * 32 + 64 * 5 * 5 * 128 + 128 * 10)
    assert operations(_export("cnn_dropout", tmp_path)[1]) == by_hand


@pytest.mark.parametrize("name", ["mlp_dropout", "resnet_mini", "mobilenet_mini", "whitened"])
def test_a_model_counts_as_torch_counts_it(name: str, tmp_path: Path) -> None:
    model, path = _export(name, tmp_path)
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model(torch.zeros(1, 1, 28, 28))
    assert operations(path) == counter.get_total_flops()


def test_a_model_whose_shapes_cannot_be_known_has_no_count(tmp_path: Path) -> None:
    import onnx

    path = write_model(tmp_path / "model.onnx")
    model = onnx.load(path)
    model.graph.node[0].domain = "elsewhere"  # what it gives to the product is now unknown
    onnx.save(model, path)
    assert operations(path) is None


def test_a_model_of_any_number_of_sizes_has_no_count(tmp_path: Path) -> None:
    import onnx

    path = write_model(tmp_path / "model.onnx")
    model = onnx.load(path)
    model.graph.input[0].type.tensor_type.shape.dim[2].dim_param = "height"
    onnx.save(model, path)
    assert operations(path) is None
