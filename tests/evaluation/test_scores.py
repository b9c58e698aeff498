"""Every number in Scores, against scikit-learn, and the JSON that other programs rely on."""

import json
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest
from tests.prototypes import make_dataset, write_model

from tenfold.data import Dataset
from tenfold.data.catalog import MNIST_TRAIN_SHA256
from tenfold.evaluation import evaluate, predict
from tenfold.evaluation.scores import score
from tenfold.metrics import wilson_interval
from tenfold.reading import Classifier
from tenfold.run import Run

PROMISED_KEYS = [
    "accuracy",
    "accuracy_ci95",
    "loss",
    "recall",
    "precision",
    "f1",
    "ece",
    "per_class",
    "confusion",
    "errors",
    "n",
]


def test_json_starts_with_the_promised_keys_and_is_plain(run: Run, blobs: Dataset) -> None:
    scores = evaluate(run, blobs).to_json()
    assert list(scores)[: len(PROMISED_KEYS)] == PROMISED_KEYS
    assert list(scores["per_class"][0])[:6] == ["class", "accuracy", "precision", "recall", "f1", "support"]
    assert json.loads(json.dumps(scores)) == scores


def test_scores_agree_with_scikit_learn(run: Run) -> None:
    from sklearn.metrics import accuracy_score, confusion_matrix, log_loss, precision_recall_fscore_support

    data = make_dataset(1003, noise=0.9)
    found, scores = predict(run, data), evaluate(run, data)
    assert 0 < scores.errors < scores.n == 1003
    assert scores.accuracy == pytest.approx(accuracy_score(data.labels, found.predicted))
    precision, recall, f1, _ = precision_recall_fscore_support(
        data.labels, found.predicted, average="macro", zero_division=0
    )
    assert (scores.precision, scores.recall, scores.f1) == pytest.approx((precision, recall, f1))
    assert scores.loss == pytest.approx(log_loss(data.labels, found.uncalibrated), rel=1e-6)
    assert scores.loss_calibrated == pytest.approx(log_loss(data.labels, found.probabilities), rel=1e-6)
    np.testing.assert_array_equal(scores.confusion, confusion_matrix(data.labels, found.predicted))
    assert scores.accuracy_ci95 == wilson_interval(1003 - scores.errors, 1003)


def test_ece_is_that_of_the_calibrated_probabilities(run: Run, blobs: Dataset) -> None:
    from tenfold.metrics import expected_calibration_error

    found, scores = predict(run, blobs), evaluate(run, blobs)
    assert scores.ece == expected_calibration_error(found.probabilities, blobs.labels)
    assert scores.ece_uncalibrated == expected_calibration_error(found.uncalibrated, blobs.labels)
    assert scores.ece != scores.ece_uncalibrated


def test_confused_pairs_are_the_largest_cells_off_the_diagonal(run: Run) -> None:
    scores = evaluate(run, make_dataset(1000, noise=3.0))
    wrong = np.array(scores.confusion)
    np.fill_diagonal(wrong, 0)
    assert scores.most_confused[0].count == wrong.max()
    counts = [pair.count for pair in scores.most_confused]
    assert counts == sorted(counts, reverse=True)
    pair = scores.most_confused[0]
    assert wrong[int(pair.label), int(pair.predicted)] == pair.count
    assert pair.share == pytest.approx(pair.count / 100)


def test_no_more_than_ten_pairs_are_listed_and_equals_in_the_order_of_the_classes(run: Run) -> None:
    data = make_dataset(100, noise=0.0)
    assert (data.labels == np.arange(100) % 10).all()
    found = predict(run, data)
    # Image i is of class i % 10: the first 24 are read as the class after theirs, so 0 to 3 thrice and 4 to 9 twice.
    logits = found.logits.copy()
    logits[:24] = np.roll(logits[:24], 1, axis=1)
    scores = score(replace(found, logits=logits))
    pairs = [(pair.label, pair.predicted, pair.count, pair.share) for pair in scores.most_confused]
    assert pairs == [(str(i), str((i + 1) % 10), 3 if i < 4 else 2, 0.3 if i < 4 else 0.2) for i in range(10)]
    logits[24] = np.roll(logits[24], 2)  # 4 as 6, once: an eleventh pair
    assert len(score(replace(found, logits=logits)).most_confused) == 10
    assert scores.errors == 24
    assert scores.mean_confidence == found.confidence.mean()


def test_the_same_evaluation_is_equal_to_itself_says_itself_without_arrays_and_stays(run: Run, blobs: Dataset) -> None:
    scores = evaluate(run, blobs)
    assert scores == evaluate(run, blobs)
    assert "array" not in repr(scores)
    for part in (scores, scores.per_class[0]):
        with pytest.raises(FrozenInstanceError):
            part.accuracy = 1.0  # type: ignore[misc]


def test_the_figures_of_a_class_are_its_own(run: Run) -> None:
    scores = evaluate(run, make_dataset(1000, noise=3.0))
    confusion = np.array(scores.confusion)
    for index, row in enumerate(scores.to_json()["per_class"]):
        right, support, predicted = confusion[index, index], confusion[index].sum(), confusion[:, index].sum()
        assert row["support"] == support
        assert row["accuracy"] == row["recall"] == pytest.approx(right / support)
        assert row["precision"] == pytest.approx(right / max(predicted, 1))
        assert row["f1"] == pytest.approx(2 * right / (support + predicted))
        assert row["accuracy_ci95"] == list(wilson_interval(right, support))


def test_pairs_that_never_happened_are_not_listed(run: Run) -> None:
    scores = evaluate(run, make_dataset(50, noise=0.0))
    assert scores.errors == 0
    assert scores.most_confused == ()


def test_the_gap_is_reported_for_a_run_and_unknown_for_a_model_file(run: Run, blobs: Dataset) -> None:
    assert evaluate(run, blobs).to_json()["train_validation_gap"]["gap"] == pytest.approx(-0.02)
    assert evaluate(run.onnx, blobs).to_json()["train_validation_gap"] is None


def test_evaluating_needs_neither_torch_nor_the_report_extra(run: Run, tmp_path: object) -> None:
    import subprocess
    import sys

    script = (
        "import sys\n"
        "for name in ('torch', 'sklearn', 'matplotlib', 'jinja2', 'markupsafe'): sys.modules[name] = None\n"
        "import numpy as np\n"
        "from tenfold.data import Dataset\n"
        "from tenfold.errors import TenfoldError\n"
        "from tenfold.evaluation import evaluate\n"
        "from tenfold.pipeline import explore\n"
        "from tenfold.reports import write_report\n"
        "from tenfold.run import Run\n"
        "data = Dataset('x', 'test', np.zeros((20, 28, 28), np.uint8), np.arange(20) % 10)\n"
        f"run = Run.open({str(run.path)!r})\n"
        "scores = evaluate(run, data)\n"
        "print(scores.n, explore(data).blank)\n"
        "for call in (lambda: write_report(run, scores), lambda: explore(data, out='nowhere')):\n"
        "    try: call()\n"
        "    except TenfoldError as error: print(error)\n"
    )
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert shown.splitlines()[0] == "20 20"
    assert shown.count("needs the 'report' extra: pip install 'tenfold[report]'") == 2
    assert not (run.path / "scores.json").exists()


def test_the_bins_hold_every_answer_and_come_to_the_figures_beside_them(run: Run) -> None:
    scores = evaluate(run, make_dataset(1000, noise=3.0))
    shown = scores.to_json()
    for name, error in (("reliability", "ece"), ("reliability_uncalibrated", "ece_uncalibrated")):
        bins = shown[name]
        assert [(row["from"], row["to"]) for row in bins] == [(i / 15, (i + 1) / 15) for i in range(15)]
        assert sum(row["n"] for row in bins) == scores.n
        held = [row for row in bins if row["n"]]
        assert all(row["confidence"] is row["accuracy"] is None for row in bins if not row["n"])
        assert all(row["from"] <= row["confidence"] <= row["to"] for row in held)
        gaps = sum(row["n"] * abs(row["confidence"] - row["accuracy"]) for row in held)
        assert gaps / scores.n == pytest.approx(shown[error])
    counts = shown["confidence_counts"]
    assert counts["edges"] == [step / 20 for step in range(21)]
    assert (sum(counts["right"]), sum(counts["wrong"])) == (scores.n - scores.errors, scores.errors)


def test_a_class_without_images_was_not_measured(run: Run, blobs: Dataset) -> None:
    rows = np.flatnonzero(blobs.labels < 8)
    scores = evaluate(run, blobs.take(rows)).to_json()
    for row in scores["per_class"]:
        figures = [row[key] for key in ("accuracy", "precision", "recall", "f1", "accuracy_ci95")]
        assert (row["support"] == 0) == all(value is None for value in figures)
        assert (row["support"] > 0) == all(value is not None for value in figures)
    assert [row["support"] for row in scores["per_class"]][7:] == [100, 0, 0]


def test_no_grade_is_given_for_the_images_that_a_model_was_trained_on(run: Run, blobs: Dataset) -> None:
    seen = make_dataset(1000, seed=4)
    write_model(run.onnx, data_sha256=seen.sha256)
    for model in (run, run.onnx):
        verdict = evaluate(model, seen).verdict
        assert verdict.grade is None
        assert "trained on" in verdict.sentence
        assert "of 1,000" in verdict.reasons[0]
        assert evaluate(model, blobs).verdict.grade is not None
        part = replace(make_dataset(1000, seed=5), part_of=seen.sha256)
        assert "trained on" in evaluate(model, part).verdict.sentence
        assert evaluate(model, replace(part, part_of="other")).verdict.grade is not None


def test_the_shipped_model_has_seen_what_its_pictures_were_drawn_from(run: Run, blobs: Dataset) -> None:
    write_model(run.onnx, data_sha256=Classifier().card.data_sha256)
    assert evaluate(run, replace(blobs, part_of=MNIST_TRAIN_SHA256)).verdict.grade is None
