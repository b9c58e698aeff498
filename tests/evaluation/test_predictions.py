"""What a model is asked about, and what it answers."""

from pathlib import Path

import numpy as np
import pytest
from tests.prototypes import make_dataset, write_model

from tenfold.data import DIGITS, Dataset
from tenfold.data.dataset import DIGITS_AND_NONE
from tenfold.errors import TenfoldError, UsageError
from tenfold.evaluation import predictions
from tenfold.evaluation.predictions import predict
from tenfold.run import Run


def test_a_run_its_folder_and_its_model_file_answer_alike(run: Run, blobs: Dataset) -> None:
    answers = [predict(model, blobs).logits for model in (run, run.path, str(run.path), run.onnx)]
    assert all(np.array_equal(answers[0], other) for other in answers[1:])


def test_probabilities_are_the_ones_the_model_file_gives(run: Run, blobs: Dataset) -> None:
    from tenfold.inference.classifier import Classifier

    found = predict(run, blobs)
    np.testing.assert_allclose(
        found.probabilities, Classifier(run.onnx).probabilities(blobs.images), rtol=1e-3, atol=1e-6
    )
    assert (found.uncalibrated.max(axis=1) >= found.confidence).all()  # the temperature is 2: it cools


def test_a_run_is_scored_on_its_own_dataset_when_none_is_named(
    run: Run, blobs: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def load_dataset(name: str, split: str, *, data_dir: Path | None) -> Dataset:
        asked.append((name, split, data_dir))
        return blobs

    monkeypatch.setattr(predictions, "load_dataset", load_dataset)
    predict(run, data_dir=Path("somewhere"))
    assert asked == [("mnist", "test", Path("somewhere"))]


def test_a_model_file_on_its_own_must_be_told_its_dataset(run: Run) -> None:
    with pytest.raises(UsageError, match="name a dataset"):
        predict(run.onnx)


def test_labels_follow_the_models_order_of_classes(run: Run, blobs: Dataset) -> None:
    backwards = Dataset("blobs", "test", blobs.images, 9 - blobs.labels, DIGITS[::-1])
    np.testing.assert_array_equal(predict(run, backwards).labels, blobs.labels)


def test_a_dataset_with_fewer_classes_is_scored(run: Run, blobs: Dataset) -> None:
    rows = np.flatnonzero((blobs.labels == 3) | (blobs.labels == 7))
    few = Dataset("few", "test", blobs.images[rows], (blobs.labels[rows] == 7).astype(np.int64), ("3", "7"))
    assert predict(run, few).right.all()


def test_a_class_that_is_none_is_left_out_where_all_are_digits(tmp_path: Path) -> None:
    # The last two prototypes, a 9 and what is no digit, are nearly the same: many 9s would be taken for none.
    model = write_model(tmp_path / "model.onnx", DIGITS_AND_NONE)
    both = make_dataset(1100, classes=DIGITS_AND_NONE)
    digits = both.take(np.flatnonzero(both.labels < 10))
    asked = predict(model, Dataset("blobs", "test", digits.images, digits.labels))
    assert asked.card.classes == DIGITS
    assert asked.logits.shape == asked.probabilities.shape == (1000, 10)
    np.testing.assert_allclose(asked.probabilities.sum(axis=1), 1)
    whole = predict(model, both)
    assert whole.card.classes == DIGITS_AND_NONE
    assert whole.logits.shape == (1100, 11)
    np.testing.assert_array_equal(whole.logits[both.labels < 10, :10], asked.logits)
    nines = digits.labels == 9
    assert whole.right[both.labels == 9].mean() < 0.99 < asked.right[nines].mean()


def test_classes_that_the_model_does_not_know_are_named(tmp_path: Path) -> None:
    model = write_model(tmp_path / "model.onnx")
    with pytest.raises(UsageError, match=r"does not know \(A, B\); it knows 0, 1"):
        predict(model, make_dataset(4, classes=("A", "B")))


def test_a_dataset_without_images_is_refused(run: Run, blobs: Dataset) -> None:
    with pytest.raises(TenfoldError, match="holds no images"):
        predict(run, blobs.take(np.arange(0)))


def test_mistakes_come_surest_first(run: Run, blobs: Dataset) -> None:
    found = predict(run, blobs)
    assert len(found.mistakes) == int((~found.right).sum()) > 0
    assert (np.diff(found.confidence[found.mistakes]) <= 0).all()
