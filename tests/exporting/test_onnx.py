import json
from dataclasses import replace

import cv2
import numpy as np
import onnx
import pytest
import torch
from torch import nn

from tenfold import models
from tenfold.errors import TenfoldError
from tenfold.exporting import check_onnx, export_onnx, store_half
from tenfold.exporting.layers import GraphBuilder, UnknownLayerError
from tenfold.reading import Classifier, ModelCard
from tenfold.recipes import load_recipe
from tenfold.training.calibration import MISSES

CARD = ModelCard(tuple("0123456789"), "mnist-1", 1.5, 0.7, "test", "abc", "0.0.0")


@pytest.fixture(scope="module")
def views():
    return np.random.default_rng(0).integers(0, 256, (50, 28, 28), np.uint8)


def _model(name, options=None):
    torch.manual_seed(0)
    model = models.build(name, options=options)
    # Batch statistics that are not the identity, or a dropped normalisation would go unseen.
    model.train()(torch.rand(64, 1, 28, 28))
    return model


@pytest.mark.parametrize("name", models.names())
def test_every_model_exports_to_onnx_with_equal_outputs_in_opencv_too(name, tmp_path, views):
    model = _model(name)
    export_onnx(model, CARD, tmp_path / "model.onnx")
    assert check_onnx(model, tmp_path / "model.onnx", views) <= 1e-4
    if cv2.__version__.startswith("4."):
        pytest.skip("OpenCV reads what torch exports from version 5 on")
    net = cv2.dnn.readNetFromONNX(str(tmp_path / "model.onnx"))
    net.setInput(views[:, None].astype(np.float32) / 255)
    found = net.forward("probabilities")
    np.testing.assert_allclose(found, Classifier(tmp_path / "model.onnx").probabilities(views), atol=1e-4)


@pytest.mark.parametrize("name", models.names())
def test_no_model_of_ours_needs_torchs_exporter(name, tmp_path, monkeypatch):
    monkeypatch.setattr(torch.onnx, "export", None)
    export_onnx(_model(name), CARD, tmp_path / "model.onnx")


class _Doubled(nn.Conv2d):
    def forward(self, x):
        return 2 * super().forward(x)


_HEAD = (nn.Flatten(), nn.Linear(4 * 26 * 26, 10))


@pytest.mark.parametrize(
    "layers",
    [
        [nn.Conv2d(1, 4, 3), nn.GELU(), *_HEAD],
        [_Doubled(1, 4, 3), *_HEAD],
        [nn.Conv2d(1, 4, 3, padding="valid"), *_HEAD],
        [nn.Conv2d(1, 4, 5, padding=1, padding_mode="reflect"), *_HEAD],
        [nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4, track_running_stats=False), *_HEAD],
        [nn.Conv2d(1, 4, 3), nn.AdaptiveAvgPool2d(26), *_HEAD],
        [nn.Linear(28, 5), nn.ReLU(), nn.Flatten(), nn.Linear(140, 10)],
        [nn.Conv2d(1, 4, 3), nn.Flatten(0, 1), nn.Unflatten(0, (-1, 4)), *_HEAD],
    ],
    ids=[
        "unknown",
        "subclass",
        "named padding",
        "mirrored padding",
        "no statistics",
        "larger average",
        "dense over rows",
        "other flatten",
    ],
)
def test_a_layer_that_is_not_known_to_the_last_setting_has_no_writer(layers):
    model = nn.Sequential(*layers).eval()
    with pytest.raises(UnknownLayerError):
        GraphBuilder(model).write(model, "images")


def test_a_model_with_a_layer_that_has_no_writer_is_traced(tmp_path, views):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.GELU(), *_HEAD)
    export_onnx(model, CARD, tmp_path / "model.onnx")
    assert check_onnx(model, tmp_path / "model.onnx", views) <= 1e-4
    assert Classifier(tmp_path / "model.onnx").card == CARD


@pytest.mark.parametrize(
    "layers",
    [
        [nn.Conv2d(1, 4, 3, bias=False), *_HEAD],
        [nn.Conv2d(1, 4, (3, 5), stride=(1, 2), padding=(0, 14), dilation=2), nn.Flatten(), nn.LazyLinear(10)],
        [nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4, affine=False), *_HEAD],
        [nn.BatchNorm2d(1), nn.MaxPool2d(3, 2, padding=1, ceil_mode=True), nn.Flatten(), nn.LazyLinear(10, bias=False)],
        [nn.Flatten(), nn.Linear(784, 20), nn.BatchNorm1d(20), nn.ReLU(), nn.BatchNorm1d(20), nn.Linear(20, 10)],
        [nn.Flatten(), nn.Linear(784, 10), nn.Identity(), nn.Dropout(0.5)],
    ],
    ids=["no bias", "not square", "no scale", "rounded up", "dense", "ends in nothing"],
)
def test_layers_are_written_however_they_are_set(layers, tmp_path, views, monkeypatch):
    torch.manual_seed(0)
    model = nn.Sequential(*layers)
    for _ in range(3):
        model.train()(torch.rand(64, 1, 28, 28))
    monkeypatch.setattr(torch.onnx, "export", None)
    export_onnx(model, CARD, tmp_path / "model.onnx")
    assert check_onnx(model, tmp_path / "model.onnx", views) <= 1e-4


def test_a_layer_that_is_used_twice_is_written_twice_with_one_weight(tmp_path, views):
    torch.manual_seed(0)
    twice = nn.Conv2d(1, 1, 3, padding=1)
    model = nn.Sequential(twice, nn.ReLU(), twice, nn.Flatten(), nn.Linear(784, 10))
    export_onnx(model, CARD, tmp_path / "model.onnx")
    assert check_onnx(model, tmp_path / "model.onnx", views) <= 1e-4
    assert len(onnx.load(tmp_path / "model.onnx").graph.initializer) == 2 + 2 + 1


def test_a_layer_that_is_used_twice_is_folded_into_each_of_its_normalisations(tmp_path, views, monkeypatch):
    torch.manual_seed(0)
    twice = nn.Conv2d(1, 1, 3, padding=1)
    model = nn.Sequential(
        twice, nn.BatchNorm2d(1), nn.ReLU(), twice, nn.BatchNorm2d(1), nn.Flatten(), nn.Linear(784, 10)
    )
    model.train()(torch.rand(64, 1, 28, 28))
    monkeypatch.setattr(torch.onnx, "export", None)
    export_onnx(model, CARD, tmp_path / "model.onnx")
    assert check_onnx(model, tmp_path / "model.onnx", views) <= 1e-4


def test_a_model_with_a_hook_is_traced_for_it_may_do_anything():
    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 10)).eval()
    model[1].register_forward_hook(lambda _layer, _inputs, output: 2 * output)
    with pytest.raises(UnknownLayerError, match="hook"):
        GraphBuilder(model)


def test_a_batch_normalisation_behind_a_layer_is_folded_into_it(exported):
    assert "BatchNormalization" not in {node.op_type for node in onnx.load(exported).graph.node}


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    path = tmp_path_factory.mktemp("export") / "model.onnx"
    export_onnx(_model("compact"), CARD, path)
    return path


def test_the_card_comes_back_from_the_file_alone(exported):
    assert Classifier(exported).card == CARD


def test_the_pocket_recipe_is_26_kilobytes_with_all_that_a_reader_must_know(tmp_path):
    _name, recipe = load_recipe("pocket")
    conformal = tuple((misses, 0.123456789012345678) for misses in MISSES)
    card = replace(CARD, temperature=1.2345678901234567, data_sha256="0" * 64, version="10.10.10", conformal=conformal)
    export_onnx(_model(recipe.model, recipe.model_options), card, tmp_path / "model.onnx")
    store_half(tmp_path / "model.onnx", tmp_path / "model.onnx")
    assert recipe.onnx_weights == "float16"
    assert (tmp_path / "model.onnx").stat().st_size <= 26_000


def test_probabilities_are_the_softmax_of_logits_over_the_temperature(exported, views):
    classifier = Classifier(exported)
    scaled = np.exp(classifier.logits(views) / 1.5)
    np.testing.assert_allclose(classifier.probabilities(views), scaled / scaled.sum(1, keepdims=True), atol=1e-6)


@pytest.mark.parametrize("n", [0, 1, 2, 5, 256, 257, 1001])
def test_any_batch_size_gives_the_same_answers(exported, n):
    views = np.random.default_rng(1).integers(0, 256, (1001, 28, 28), np.uint8)
    classifier = Classifier(exported)
    whole = classifier.logits(views)
    np.testing.assert_allclose(classifier.logits(views[:n]), whole[:n], atol=1e-4)


def test_a_different_model_does_not_pass_the_check(exported, views):
    torch.manual_seed(1)
    other = models.build("compact")
    with pytest.raises(TenfoldError, match="differs from torch by"):
        check_onnx(other, exported, views)


def test_the_file_holds_no_path_of_the_machine_that_made_it(exported):
    proto = onnx.load(exported)
    assert not any(node.metadata_props or node.doc_string for node in proto.graph.node)
    assert b".py" not in exported.read_bytes()


def test_the_same_model_gives_the_same_bytes(exported, tmp_path):
    export_onnx(_model("compact"), CARD, tmp_path / "again.onnx")
    assert (tmp_path / "again.onnx").read_bytes() == exported.read_bytes()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda path: path.write_bytes(b"no model"), "not an ONNX model"),
        (lambda path: path.write_bytes(path.read_bytes()[:-2000]), "not an ONNX model"),
        (lambda path: path.unlink(), "no such model"),
    ],
)
def test_a_file_that_is_no_model_is_one_line(exported, tmp_path, change, message):
    path = tmp_path / "model.onnx"
    path.write_bytes(exported.read_bytes())
    change(path)
    with pytest.raises(TenfoldError, match=message) as caught:
        Classifier(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("key", ["tenfold.classes", "tenfold.temperature"])
def test_a_model_without_its_card_is_refused(exported, tmp_path, key):
    proto = onnx.load(exported)
    kept = [prop for prop in proto.metadata_props if prop.key != key]
    del proto.metadata_props[:]
    proto.metadata_props.extend(kept)
    onnx.save(proto, tmp_path / "model.onnx")
    with pytest.raises(TenfoldError, match=f"not a model that tenfold made.*{key}"):
        _ = Classifier(tmp_path / "model.onnx").card


def test_a_model_framed_otherwise_is_refused(exported, tmp_path, views):
    proto = onnx.load(exported)
    for prop in proto.metadata_props:
        if prop.key == "tenfold.framing":
            prop.value = "other-9"
    onnx.save(proto, tmp_path / "model.onnx")
    with pytest.raises(TenfoldError, match="framed by 'other-9'"):
        Classifier(tmp_path / "model.onnx").logits(views)


def test_classes_may_have_any_name(tmp_path):
    card = ModelCard(("T-shirt/top", "é", 'quo"te'), "mnist-1", 1.0, 0.0, "r", "d", "v")
    assert ModelCard.from_metadata(card.to_metadata()) == card
    assert json.loads(card.to_metadata()["tenfold.classes"])[1] == "é"


def test_views_of_another_shape_are_refused(exported):
    with pytest.raises(ValueError, match="28, 28"):
        Classifier(exported).logits(np.zeros((2, 14, 14), np.uint8))


def _relabelled(exported, tmp_path, change):
    proto = onnx.load(exported)
    change(proto)
    onnx.save(proto, tmp_path / "model.onnx")
    return tmp_path / "model.onnx"


def _rename_output(proto):
    """probabilities → chances, as a file that somebody else has put together may call them."""
    proto.graph.output[1].name = "chances"
    for node in proto.graph.node:
        node.output[:] = ["chances" if name == "probabilities" else name for name in node.output]


def _fix_batch(proto):
    proto.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 1


def _fewer_classes(proto):
    next(prop for prop in proto.metadata_props if prop.key == "tenfold.classes").value = '["0", "1"]'


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_rename_output, r"logits \[.*, 10\], chances \[.*, 10\]"),
        (_fix_batch, r"images \[1, 1, 28, 28\]"),
        (_fewer_classes, r"needs .* logits \[n, 2\]"),
    ],
)
def test_a_card_on_another_kind_of_model_is_one_line(exported, tmp_path, change, message):
    with pytest.raises(TenfoldError, match=message) as caught:
        _ = Classifier(_relabelled(exported, tmp_path, change)).card
    assert "\n" not in str(caught.value)
