"""Several models as one graph: it answers with the mean of what they answer one by one."""

import numpy as np
import onnx
import pytest
import torch

from tenfold import models
from tenfold.errors import TenfoldError
from tenfold.exporting import check_merged, export_onnx, log_mean, merge_onnx
from tenfold.inference.classifier import Member
from tenfold.metrics import softmax
from tenfold.reading import Classifier, ModelCard

CARD = ModelCard(tuple("0123456789"), "mnist-1", 1.5, 0.7, "test", "abc", "0.0.0")
MEMBERS = tuple(Member(name, f"{name}-model", f"{name}-data") for name in ("one", "two", "three"))
MERGED = ModelCard(
    CARD.classes, "mnist-1", 2.0, 0.9, "ensemble", "", "0.0.0", conformal=((0.01, 0.5),), members=MEMBERS
)


@pytest.fixture(scope="module")
def views():
    return np.random.default_rng(0).integers(0, 256, (300, 28, 28), np.uint8)


def _export(name, path, seed, temperature=1.5):
    torch.manual_seed(seed)
    model = models.build(name)
    # Batch statistics that are not the identity, so that the members differ in more than their weights.
    model.train()(torch.rand(64, 1, 28, 28))
    export_onnx(model, ModelCard(CARD.classes, "mnist-1", temperature, 0.7, name, "abc", "0.0.0"), path)
    return path


@pytest.fixture(scope="module")
def paths(tmp_path_factory):
    """Two members of one architecture, whose graphs use the same names, and one of another."""
    folder = tmp_path_factory.mktemp("members")
    return [
        _export("compact", folder / "one.onnx", 0),
        _export("compact", folder / "two.onnx", 1, 0.3),
        _export("mlp_sgd", folder / "three.onnx", 2, 1.0),
    ]


@pytest.fixture(scope="module")
def members(paths):
    return [Classifier(path) for path in paths]


@pytest.fixture(scope="module")
def merged(paths):
    path = paths[0].with_name("merged.onnx")
    merge_onnx(paths, MERGED, path)
    return path


def _mean(members, views):
    return np.mean([member.probabilities(views).astype(np.float64) for member in members], axis=0)


def test_the_softmax_of_the_logits_is_the_mean_of_the_members_probabilities(merged, members, views):
    mean = _mean(members, views)
    assert np.abs(members[0].probabilities(views) - mean).max() > 0.01
    np.testing.assert_allclose(softmax(Classifier(merged).logits(views)), mean, atol=1e-6)
    np.testing.assert_allclose(softmax(log_mean(members, views)), mean, atol=1e-6)


def test_probabilities_are_the_mean_under_the_cards_temperature(merged, members, views):
    cooled = _mean(members, views) ** (1 / 2.0)
    expected = cooled / cooled.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(Classifier(merged).probabilities(views), expected, atol=1e-6)


@pytest.mark.parametrize("n", [0, 1, 5, 257])
def test_any_batch_size_gives_the_same_answers(merged, views, n):
    classifier = Classifier(merged)
    whole = classifier.probabilities(views)
    np.testing.assert_allclose(classifier.probabilities(views[:n]), whole[:n], atol=1e-5)


def test_the_card_comes_back_from_the_file_alone(merged):
    assert Classifier(merged).card == MERGED
    assert Classifier(merged).card.trained_on == {"", "one-data", "two-data", "three-data"}


def test_the_file_is_sound_the_same_each_time_and_holds_no_path(merged, paths, tmp_path):
    onnx.checker.check_model(onnx.load(merged), full_check=True)
    merge_onnx([str(path) for path in paths], MERGED, str(tmp_path / "again.onnx"))
    assert (tmp_path / "again.onnx").read_bytes() == merged.read_bytes()
    assert b".py" not in merged.read_bytes()


def test_a_class_that_no_member_gives_any_chance_has_a_finite_logit(tmp_path, views):
    sure = [_export("mlp_sgd", tmp_path / f"{seed}.onnx", seed, temperature=1e-4) for seed in (3, 4)]
    merge_onnx(sure, MERGED, tmp_path / "merged.onnx")
    assert any((Classifier(path).probabilities(views) == 0).any() for path in sure)
    assert np.isfinite(Classifier(tmp_path / "merged.onnx").logits(views)).all()
    assert check_merged([Classifier(path) for path in sure], tmp_path / "merged.onnx", views) <= 1e-5


def test_the_check_passes_the_members_own_mean_and_no_other(merged, members, views):
    assert check_merged(members, merged, views) <= 1e-6
    with pytest.raises(TenfoldError, match=r"differs from the mean of its members by .*; at most 1e-05 is allowed"):
        check_merged(members[:2], merged, views)


@pytest.mark.parametrize("output", ["logits", "probabilities"])
def test_the_check_looks_at_both_outputs(merged, members, views, tmp_path, output):
    proto = onnx.load(merged)
    node = next(node for node in proto.graph.node if output in node.output)
    node.output[0] = "true"
    for other in proto.graph.node:
        other.input[:] = ["true" if name == output else name for name in other.input]
    # Ten thousandths of a class's own number: no answer changes, but it is not the mean.
    proto.graph.initializer.append(onnx.numpy_helper.from_array(np.array([1] * 9 + [1.01], np.float32), "off"))
    proto.graph.node.append(onnx.helper.make_node("Mul", ["true", "off"], [output]))
    onnx.save(proto, tmp_path / "off.onnx")
    with pytest.raises(TenfoldError, match="differs from the mean of its members"):
        check_merged(members, tmp_path / "off.onnx", views)


def test_a_member_of_another_opset_is_one_line(paths, tmp_path):
    proto = onnx.load(paths[2])
    proto.opset_import[0].version = 17
    onnx.save(proto, tmp_path / "old.onnx")
    with pytest.raises(TenfoldError, match=r"old.onnx: made for ONNX's opset 17, not 18: export it again$"):
        merge_onnx([paths[0], tmp_path / "old.onnx"], MERGED, tmp_path / "merged.onnx")
    assert not (tmp_path / "merged.onnx").exists()
