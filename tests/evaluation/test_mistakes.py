"""Every mistake is listed, sorted, judged by a model that has not seen it, and shown beside what it looks like."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from tests.prototypes import make_dataset, make_run, write_model

import tenfold
from tenfold.data import Dataset, stratified_sample
from tenfold.errors import TenfoldError, UsageError
from tenfold.evaluation import Mistakes, evaluate, predict
from tenfold.evaluation import mistakes as module
from tenfold.evaluation.training_neighbours import find_neighbours
from tenfold.inference.graph import OnnxGraph
from tenfold.metrics import cross_entropy
from tenfold.pipeline import mistakes
from tenfold.reports import mistakes_folder
from tenfold.run import Run


@pytest.fixture(scope="module")
def noisy() -> Dataset:
    """Blobs that the model often mistakes, and ten whose labels are wrong."""
    data = make_dataset(1000, noise=1.5)
    labels = data.labels.copy()
    labels[:10] = (labels[:10] + 4) % 8
    return Dataset("blobs", "test", data.images, labels)


@pytest.fixture(scope="module")
def found(noisy: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Mistakes:
    return mistakes(make_run(tmp_path_factory.mktemp("runs") / "blobs-1"), noisy)


@pytest.fixture(scope="module")
def npz(tmp_path_factory: pytest.TempPathFactory, noisy: Dataset) -> Path:
    """The blobs with a training split, which holds the first test image, too."""
    train = make_dataset(800, seed=1, noise=0.5)
    images, labels = np.concatenate([train.images, noisy.images[:1]]), np.append(train.labels, 0)
    path = tmp_path_factory.mktemp("data") / "blobs.npz"
    np.savez(path, x_train=images, y_train=labels, x_test=noisy.images, y_test=noisy.labels)
    return path


def _apart(n: int, noise: float) -> Dataset:
    """Blobs without the two classes that look alike."""
    data = make_dataset(n, noise=noise)
    return data.take(np.flatnonzero(data.labels < 8))


def test_every_mistake_is_there_the_largest_loss_first(found: Mistakes, noisy: Dataset, run: Run) -> None:
    predictions = predict(run, noisy)
    assert sorted(mistake.row for mistake in found.mistakes) == np.flatnonzero(~predictions.right).tolist()
    losses = [mistake.loss for mistake in found.mistakes]
    assert losses == sorted(losses, reverse=True)
    for mistake in found.mistakes[:20]:
        row = slice(mistake.row, mistake.row + 1)
        assert mistake.loss == pytest.approx(cross_entropy(predictions.logits[row], predictions.labels[row]))
        assert mistake.label == str(noisy.labels[mistake.row])
        assert mistake.predicted == str(predictions.predicted[mistake.row])


def test_they_are_grouped_by_confusion_the_commonest_first(found: Mistakes) -> None:
    counts = [len(one.mistakes) for one in found.confusions]
    assert sum(counts) == len(found.mistakes)
    assert counts == sorted(counts, reverse=True)
    for one in found.confusions:
        assert {(mistake.label, mistake.predicted) for mistake in one.mistakes} == {(one.label, one.predicted)}
        losses = [mistake.loss for mistake in one.mistakes]
        assert losses == sorted(losses, reverse=True)


def test_scores_on_the_labels_as_they_are_come_first(found: Mistakes, noisy: Dataset, run: Run) -> None:
    shown, scores = found.to_json(), evaluate(run, noisy)
    assert list(shown)[:3] == ["accuracy", "accuracy_ci95", "errors"]
    assert (shown["accuracy"], shown["errors"]) == (scores.accuracy, scores.errors)
    assert tuple(shown["accuracy_ci95"]) == scores.accuracy_ci95
    assert json.loads(json.dumps(shown)) == shown


def test_corrected_scores_take_every_label_in_doubt_for_wrong(run: Run) -> None:
    """Also those that the model agrees with: they would otherwise only ever flatter it."""
    data = _apart(1000, noise=0.15)
    labels = data.labels.copy()
    labels[:10] = (labels[:10] + 4) % 8
    found = mistakes(run, Dataset("blobs", "test", data.images, labels))
    assert found.labels is not None
    rows = found.labels.rows
    agreed = [row for row in rows.tolist() if found.predictions.right[row]]
    by_hand = labels.copy()
    by_hand[rows] = found.labels.suggested[rows]
    corrected = found.to_json()["corrected"]
    assert corrected["labels"] == len(rows)
    assert corrected["errors"] == int((found.predictions.predicted != by_hand).sum())
    doubtful = {mistake.row for mistake in found.mistakes if mistake.doubtful}
    assert doubtful == set(rows.tolist()) - set(agreed)
    assert len(doubtful & set(range(10))) >= 8
    assert corrected["accuracy"] > found.to_json()["accuracy"]


def test_neighbours_are_the_nearest_training_images_but_not_the_image_itself(run: Run, npz: Path) -> None:
    found = mistakes(write_model(run.path / "alone.onnx"), npz, neighbours=4)
    assert found.neighbours_from is not None
    assert found.neighbours_from.data == "blobs"
    with np.load(npz) as arrays:
        train = arrays["x_train"].reshape(len(arrays["x_train"]), -1).astype(float)
        labels, images = arrays["y_train"], arrays["x_test"]
    train /= np.linalg.norm(train, axis=1, keepdims=True)
    for mistake in found.mistakes[:10]:
        own = images[mistake.row].reshape(-1).astype(float)
        cosines = train @ (own / np.linalg.norm(own))
        cosines[cosines > 1 - 1e-9] = -1  # the image itself
        best = np.argsort(-cosines)[:4]
        assert [neighbour.row for neighbour in mistake.neighbours] == best.tolist()
        assert [neighbour.label for neighbour in mistake.neighbours] == [str(label) for label in labels[best]]
        assert [neighbour.similarity for neighbour in mistake.neighbours] == pytest.approx(cosines[best], abs=1e-4)


def test_neighbours_are_those_of_the_models_features(tmp_path: Path) -> None:
    """A model whose last layer sees only the upper half: there alone must its neighbours be alike."""
    from onnx import TensorProto, helper, load_model, numpy_helper, save_model

    path = write_model(tmp_path / "model.onnx")
    model = load_model(str(path))
    half = np.zeros((1, 784), np.float32)
    half[:, : 14 * 28] = 1
    model.graph.initializer.append(numpy_helper.from_array(half, "half"))
    model.graph.node.insert(1, helper.make_node("Mul", ["flat", "half"], ["seen"]))
    model.graph.node[2].input[0] = "seen"
    assert model.graph.input[0].type.tensor_type.elem_type == TensorProto.FLOAT
    save_model(model, str(path))
    images = make_dataset(50).images.copy()
    query = images[:1].copy()
    query[:, :14] = images[7, :14]
    nearest = find_neighbours(OnnxGraph(path), query, Dataset("blobs", "train", images, np.arange(50) % 10), 3)
    assert nearest.space == "features"
    assert nearest.nearest[0][0].row == 7
    assert nearest.nearest[0][0].similarity == pytest.approx(1, abs=1e-4)


def test_a_model_without_mistakes_has_a_page_all_the_same(run: Run, tmp_path: Path) -> None:
    found = mistakes(run, _apart(100, noise=0.1), out=tmp_path / "page")
    assert found.mistakes == ()
    assert {path.name for path in (tmp_path / "page").iterdir()} == {"index.html"}
    assert "Every one of the 80 answers is right" in (tmp_path / "page" / "index.html").read_text(encoding="utf-8")


def test_the_page_needs_nothing_else_and_is_always_the_same(run: Run, npz: Path, tmp_path: Path) -> None:
    for folder in ("one", "two"):
        found = mistakes(run, npz, out=tmp_path / folder)
    names = {path.name for path in (tmp_path / "one").iterdir()}
    assert names == {"index.html", "confusions.png", "mistakes.png"}
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    page = (tmp_path / "one" / "index.html").read_text(encoding="utf-8")
    assert len(page.encode()) < 3_000_000
    assert not re.search(r'(src|href)="(?!data:|#)', page)
    assert page.count('<ol class="mistakes') <= len(found.confusions)
    assert page.index("Accuracy</dt>") < page.index("Corrected accuracy</dt>")


def test_without_training_images_there_are_no_neighbours(run: Run, noisy: Dataset) -> None:
    found = mistakes(write_model(run.path / "alone.onnx"), noisy)
    assert found.neighbours_from is None
    assert all(mistake.neighbours == () for mistake in found.mistakes)


def test_too_few_images_are_not_judged(run: Run) -> None:
    found = mistakes(run, make_dataset(30, noise=2.0))
    assert found.labels is None
    assert found.to_json()["corrected"] is found.to_json()["judge"] is None
    assert all(mistake.opinion is None and not mistake.doubtful for mistake in found.mistakes)


def test_what_cannot_be_is_one_clear_line_before_any_work(
    run: Run, noisy: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "answer", lambda *_: pytest.fail("answered for nothing"))
    with pytest.raises(UsageError, match="at least 0, not -1"):
        mistakes(run, noisy, neighbours=-1)
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(TenfoldError, match="the page cannot be written there"):
        mistakes(run, noisy.take(np.arange(200)), out=tmp_path / "file" / "page")


def test_every_model_and_dataset_has_a_page_of_its_own(run: Run) -> None:
    assert mistakes_folder(run.path) == run.path / "mistakes"
    assert mistakes_folder(run.path, "train", "usps") == run.path / "mistakes" / "usps" / "train"
    assert mistakes_folder("some/mine.onnx") == Path("mistakes/mine")
    assert mistakes_folder(None, data="mnist") == Path("mistakes/shipped/mnist")
    assert tenfold.mistakes is mistakes


@pytest.mark.long
@pytest.mark.mnist
def test_mnists_mistakes_are_found_and_an_image_stays_with_its_label(mnist_test: Dataset, tmp_path: Path) -> None:
    found = mistakes(None, "mnist", out=tmp_path)
    assert found.labels is not None
    assert found.labels.accuracy > 0.98
    some = mnist_test.take(stratified_sample(mnist_test.labels, 1000, seed=0))
    assert mistakes(None, some).to_json()["n"] == 1000
