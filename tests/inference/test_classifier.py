"""A model.onnx as what it says of itself, and as a function from views to probabilities."""

from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

from tenfold.errors import TenfoldError, UsageError
from tenfold.inference.classifier import SHIPPED, Member, model_file
from tenfold.reading import Classifier, ModelCard, Reader

CARD = ModelCard(
    classes=("3", "7"),
    framing="mnist-1",
    temperature=1.5,
    threshold=0.25,
    recipe="best",
    data_sha256="aa",
    version="1.0",
    score_threshold=0.125,
    conformal=((0.01, 0.001), (0.1, 0.2)),
    members=(Member("one", "11", "bb"), Member("two", "22", "aa")),
    data_parts=("cc",),
)
RANDOM = np.random.default_rng(0)
WEIGHT, BIAS = RANDOM.normal(0, 0.1, (784, 3)).astype(np.float32), np.float32([1, 2, 3])


@pytest.fixture(scope="module")
def linear(make_model):
    """A model whose logits are known."""
    return Classifier(make_model(WEIGHT, BIAS, ("a", "b", "c")), threads=1)


def test_threads_that_wait_spin_for_who_calls_a_model_but_not_for_who_reads_pictures(seven):
    def spins(classifier):
        return classifier._session.get_session_options().get_session_config_entry("session.intra_op.allow_spinning")

    assert spins(Classifier(seven)) == "1"
    assert spins(Reader(seven).classifier) == spins(Classifier(seven, spinning=False)) == "0"


def test_a_card_comes_back_from_its_metadata():
    metadata = CARD.to_metadata()
    assert all(isinstance(value, str) for value in metadata.values())
    assert ModelCard.from_metadata(metadata) == CARD
    assert (CARD.name, replace(CARD, version="").name) == ("best 1.0", "best")
    assert CARD.trained_on == {"aa", "bb", "cc"}
    for one in (CARD, CARD.members[0]):
        with pytest.raises(FrozenInstanceError):
            one.name = "other"


def test_what_older_models_do_not_say_is_nothing():
    metadata = {
        key: value
        for key, value in CARD.to_metadata().items()
        if key not in ("tenfold.score_threshold", "tenfold.conformal", "tenfold.members", "tenfold.data_parts")
    }
    older = replace(CARD, score_threshold=0.0, conformal=(), members=(), data_parts=())
    assert ModelCard.from_metadata(metadata) == older
    plain = ModelCard(("3",), "mnist-1", 1.0, 0.0, "x", "", "")
    assert (plain.score_threshold, plain.conformal, plain.members) == (0, (), ())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"classes": None}, "'tenfold.classes' is missing"),
        ({"classes": '"37"'}, "not a list of names"),
        ({"classes": "[3, 7]"}, "not a list of names"),
        ({"classes": '["3", "\\n"]'}, "not a list of names"),
        ({"temperature": "0"}, "a temperature of 0"),
        ({"temperature": "-1"}, "-1, which is out of range"),
        ({"temperature": "inf"}, "inf, which is out of range"),
        ({"temperature": "nan"}, "nan, which is out of range"),
        ({"temperature": "warm"}, "could not convert"),
        ({"threshold": "-0.1"}, "out of range"),
        ({"conformal": "[[1]]"}, "not enough values"),
        ({"conformal": "1"}, "not iterable"),
        ({"members": "[{}]"}, "'name' is missing"),
    ],
)
def test_metadata_that_is_not_of_its_kind_is_refused(change, said):
    metadata = CARD.to_metadata() | {f"tenfold.{key}": value for key, value in change.items()}
    told = {key: value for key, value in metadata.items() if value is not None}
    with pytest.raises(ValueError, match=said) as error:
        ModelCard.from_metadata(told)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("misses", "least"), [(0.01, 0.001), (0.05, 0.001), (0.1, 0.2), (0.5, 0.2), (0.1 - 1e-10, 0.2)]
)
def test_the_least_share_is_of_the_largest_share_of_misses_that_is_no_larger(misses, least):
    assert CARD.least_share(misses) == least


@pytest.mark.parametrize(
    ("misses", "said"), [(0.009, "at least 0.01"), (0.0, "as 0.01, not 0"), (1.0, "as 0.01, not 1")]
)
def test_what_cannot_be_promised_is_refused(misses, said):
    with pytest.raises(UsageError, match=said):
        CARD.least_share(misses)


def test_a_model_is_a_file_or_the_folder_of_a_run_or_the_one_that_is_shipped(linear, tmp_path):
    assert model_file(None) == SHIPPED
    assert model_file(linear.path) == model_file(str(linear.path)) == linear.path
    assert model_file(linear.path.parent) == linear.path
    with pytest.raises(TenfoldError, match="no such model"):
        model_file(tmp_path)


@pytest.mark.parametrize("count", [0, 1, 4, 5, 255, 256, 257, 600])
def test_any_number_of_views_is_answered_one_by_one(count, linear):
    views = RANDOM.integers(0, 256, (count, 28, 28), dtype=np.uint8)
    expected = views.reshape(count, 784) / np.float32(255) @ WEIGHT + BIAS
    np.testing.assert_allclose(linear.logits(views), expected, atol=1e-4)
    assert linear.logits(views).shape == (count, 3)
    exp = np.exp(expected - expected.max(axis=1, keepdims=True)) if count else expected
    np.testing.assert_allclose(linear.probabilities(views), exp / exp.sum(axis=1, keepdims=True), atol=1e-4)


@pytest.mark.parametrize(
    "views", [np.zeros((1, 28, 28), np.float32), np.zeros((1, 28, 27), np.uint8), np.zeros((28, 28), np.uint8)]
)
def test_what_are_no_views_is_refused(views, linear):
    with pytest.raises(ValueError, match=r"views must be uint8 \[n, 28, 28\], not"):
        linear.logits(views)


def test_a_model_that_is_framed_otherwise_is_refused(make_model):
    other = Classifier(make_model(WEIGHT, BIAS, ("a", "b", "c"), framing="mnist-2"))
    with pytest.raises(TenfoldError, match="framed by 'mnist-2', but this tenfold frames by 'mnist-1'"):
        other.logits(np.zeros((1, 28, 28), np.uint8))


def test_a_card_of_other_classes_than_the_model_has_is_refused(make_model):
    onnx = pytest.importorskip("onnx")
    path = make_model(WEIGHT, BIAS, ("a", "b", "c"))
    model = onnx.load(path)
    onnx.helper.set_model_props(model, replace(CARD, classes=("a", "b")).to_metadata())
    path.write_bytes(model.SerializeToString())
    with pytest.raises(
        TenfoldError, match=r"not a model that tenfold made \(.*logits \[n, 3\].*a reader needs .*logits \[n, 2\]"
    ):
        _ = Classifier(path).card


def test_numbers_that_are_not_finite_are_refused(make_model):
    broken = Classifier(make_model(WEIGHT, np.float32([1, np.inf, 3]), ("a", "b", "c")))
    with pytest.raises(
        TenfoldError, match=r"gives \[2, 3\] numbers, not all of them finite, where \[2, 3\] were expected"
    ):
        broken.logits(np.zeros((2, 28, 28), np.uint8))


def test_a_model_that_cannot_be_calculated_is_one_line(make_model):
    onnx = pytest.importorskip("onnx")
    path = make_model(WEIGHT, BIAS, ("a", "b", "c"))
    model = onnx.load(path)
    for name, shape in (("pairs", [-1, 2 * 784]), ("singles", [-1, 784])):
        model.graph.initializer.append(onnx.numpy_helper.from_array(np.int64(shape), name))
    model.graph.node[0].CopyFrom(onnx.helper.make_node("Reshape", ["twos", "singles"], ["pixels"]))
    model.graph.node.insert(0, onnx.helper.make_node("Reshape", ["images", "pairs"], ["twos"]))
    path.write_bytes(model.SerializeToString())
    only_pairs = Classifier(path)
    assert only_pairs.logits(np.zeros((2, 28, 28), np.uint8)).shape == (2, 3)
    with pytest.raises(TenfoldError, match=r"model\.onnx: cannot be calculated \(.*Reshape.*\)$") as error:
        only_pairs.logits(np.zeros((1, 28, 28), np.uint8))
    assert "\n" not in str(error.value)


def test_a_model_is_saved_as_it_is(linear, tmp_path):
    assert linear.note is None
    assert linear.content == linear.path.read_bytes()
    linear.save(tmp_path / "copy.onnx")
    assert (tmp_path / "copy.onnx").read_bytes() == linear.content
    assert Classifier(tmp_path / "copy.onnx").card == linear.card
