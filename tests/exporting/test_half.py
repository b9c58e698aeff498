"""Weights stored in half the bytes: the same model but for the last digits of its answers."""

import numpy as np
import onnx
import pytest
import torch

from tenfold import models
from tenfold.errors import TenfoldError
from tenfold.exporting import export_onnx, store_half
from tenfold.reading import Classifier, ModelCard

CARD = ModelCard(tuple("0123456789"), "mnist-1", 0.5, 0.7, "test", "abc", "0.0.0")
VIEWS = np.random.default_rng(0).integers(0, 256, (50, 28, 28), np.uint8)


@pytest.fixture
def model(tmp_path):
    torch.manual_seed(0)
    export_onnx(models.build("compact"), CARD, tmp_path / "model.onnx")
    return tmp_path / "model.onnx"


def test_half_the_bytes_give_the_same_answers(model, tmp_path):
    store_half(model, tmp_path / "half.onnx")
    assert (tmp_path / "half.onnx").stat().st_size < 0.6 * model.stat().st_size
    whole, half = Classifier(model), Classifier(tmp_path / "half.onnx")
    assert half.card == whole.card
    difference = np.abs(half.logits(VIEWS) - whole.logits(VIEWS)).max()
    assert 0 < difference < 0.01 * np.abs(whole.logits(VIEWS)).max()


def test_a_weight_beyond_float16_is_refused(model, tmp_path):
    proto = onnx.load(model)
    large = max(proto.graph.initializer, key=lambda weight: np.prod(weight.dims))
    large.CopyFrom(onnx.numpy_helper.from_array(np.full(large.dims, 1e6, np.float32), large.name))
    onnx.save(proto, model)
    with pytest.raises(TenfoldError, match="do not fit into float16"):
        store_half(model, tmp_path / "half.onnx")
    assert not (tmp_path / "half.onnx").exists()
