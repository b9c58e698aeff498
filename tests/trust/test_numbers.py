"""Data at the edges of what can be learned from: each ends in a model whose figures are numbers, or in one line."""

import json

import numpy as np
import pytest

from tenfold.data import Dataset
from tenfold.errors import TenfoldError
from tenfold.evaluation import evaluate
from tenfold.reading import Classifier
from tenfold.recipes import dump_recipe, load_recipe
from tenfold.run.folder import RunFolder
from tenfold.training import DivergedError, fit

DIGITS = tuple("0123456789")


def _bars(n, classes=10):
    """Images of bars whose place and length are their class."""
    labels = np.arange(n) % classes
    images = np.random.default_rng(0).integers(0, 60, (n, 28, 28))
    for image, label in zip(images, labels, strict=True):
        image[2 + 2 * (label % 10) : 4 + 2 * (label % 10), 4 : 24 - label // 10 % 10] += 150 - label // 100
    return images.astype(np.uint8), labels.astype(np.int64)


@pytest.fixture
def train(tmp_path, monkeypatch):
    """Trains a shipped recipe for two epochs on images and labels, which are also its test split → the run."""

    def train(recipe, images, labels, classes=DIGITS, **values):
        def load(name, split, **_):
            return Dataset("edge", split, images, labels, classes)

        monkeypatch.setattr("tenfold.training.images.load_dataset", load)
        monkeypatch.setattr("tenfold.training.images.load_training_parts", lambda *_: (load("edge", "train"),))
        monkeypatch.setattr("tenfold.evaluation.predictions.load_dataset", load)
        name, resolved = load_recipe(recipe, {"epochs": 2, "batch_size": 50} | values)
        folder = RunFolder.claim(tmp_path, name, dump_recipe(resolved), False)
        try:
            fit(name, resolved, folder)
        except TenfoldError:
            folder.discard()
            raise
        return folder.finish()

    return train


def _assert_sensible(run, images):
    """Probabilities are some, history and scores hold numbers only, and JSON can carry them."""
    probabilities = Classifier(run.path).probabilities(images)
    assert np.isfinite(probabilities).all()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    assert all(np.isfinite([row["train_loss"], row["train_accuracy"]]).all() for row in run.history)
    scores = evaluate(run).to_json()
    json.dumps(scores, allow_nan=False)
    assert 0 <= scores["accuracy_ci95"][0] <= scores["accuracy"] <= scores["accuracy_ci95"][1] <= 1
    return scores


_EXTREME = {
    "black and white": lambda images: ((images > 100) * 255).astype(np.uint8),
    "all 0": np.zeros_like,
    "all 1": np.ones_like,
    "all 255": lambda images: np.full_like(images, 255),
    "constant, each another": lambda images: np.broadcast_to(
        np.arange(len(images), dtype=np.uint8)[:, None, None], images.shape
    ).copy(),
}


@pytest.mark.parametrize("change", _EXTREME.values(), ids=_EXTREME)
def test_extreme_pixels_make_a_model_whose_figures_are_numbers(change, train):
    images, labels = _bars(100)
    _assert_sensible(train("fast", change(images), labels), change(images))


def test_classes_without_images_are_never_answered_and_have_no_figures(train):
    images, labels = _bars(300)
    some = (labels != 3) & (labels != 7)
    run = train("cnn-dropout", images[some], labels[some], epochs=6)
    scores = _assert_sensible(run, images)
    assert not {3, 7} & set(Classifier(run.path).probabilities(images[some]).argmax(axis=1))
    assert [row["class"] for row in scores["per_class"] if row["accuracy"] is None] == ["3", "7"]


def test_one_class_is_always_answered(train):
    images, labels = _bars(100)
    scores = _assert_sensible(train("fast", images, np.full_like(labels, 3)), images)
    assert scores["accuracy"] == 1


def test_one_image_trains_where_nothing_is_held_out_and_else_is_one_line(train, tmp_path):
    images, labels = _bars(1)
    _assert_sensible(train("mlp-sgd", images, labels, **{"data.validation": 0}), images)
    with pytest.raises(TenfoldError, match=r"too few images \(1\).*set data.validation = 0"):
        train("mlp-sgd", images, labels)
    assert [path.name for path in tmp_path.iterdir()] == ["mlp-sgd-1"]


def test_no_image_at_all_is_one_line_before_anything_is_trained(train, tmp_path):
    images, labels = _bars(0)
    with pytest.raises(TenfoldError, match="no images to score"):
        train("mlp-sgd", images, labels)
    assert list(tmp_path.iterdir()) == []


def test_a_thousand_classes_train_and_score(train):
    images, labels = _bars(3000, 1000)
    run = train("mlp-sgd", images, labels, tuple(f"sign {number}" for number in range(1000)))
    scores = _assert_sensible(run, images[:50])
    assert len(scores["per_class"]) == len(scores["confusion"]) == 1000


def test_labels_of_which_a_third_are_wrong_are_seen_through(train):
    """The images' own classes are learned all the same, and nobody is told of more than half of certainty."""
    images, labels = _bars(600)
    random = np.random.default_rng(1)
    wrong = random.random(600) < 1 / 3
    noisy = np.where(wrong, random.integers(0, 10, 600), labels)
    run = train("mlp-sgd", images, noisy, epochs=15, **{"optimizer.lr": 0.05})
    probabilities = Classifier(run.path).probabilities(images)
    assert (probabilities.argmax(axis=1) == labels).mean() > 0.9
    assert probabilities.max(axis=1).mean() < 0.9


def test_labels_that_say_nothing_make_a_model_that_is_not_sure(train):
    images, _ = _bars(600)
    noise = np.random.default_rng(1).integers(0, 10, 600)
    _assert_sensible(train("fast", images, noise), images)


@pytest.mark.parametrize("recipe", ["fast", "mlp-sgd"])
def test_a_rate_that_no_weights_survive_is_one_line_and_leaves_no_run(recipe, train, tmp_path):
    with pytest.raises(DivergedError, match=r"^[^\n]*lower optimizer.lr[^\n]*$"):
        train(recipe, *_bars(300), epochs=3, **{"optimizer.lr": 1e30})
    assert list(tmp_path.iterdir()) == []


def test_a_rate_that_weights_barely_survive_leaves_a_model_whose_figures_are_numbers(train):
    images, labels = _bars(300)
    _assert_sensible(train("mlp-sgd", images, labels, **{"optimizer.lr": 100.0}), images)
