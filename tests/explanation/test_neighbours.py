import numpy as np
import pytest

from tenfold.data import CATALOG, load_dataset
from tenfold.data.splits import stratified_sample
from tenfold.errors import TenfoldError
from tenfold.explanation import neighbours
from tenfold.explanation.neighbours import LOOKED_AT, find_neighbours, training_data
from tenfold.inference.graph import OnnxGraph


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setattr(neighbours, "cache_folder", lambda: tmp_path / "cache")
    return tmp_path / "cache" / "neighbours"


def test_an_image_of_the_training_set_is_its_own_nearest(run, archive, digits):
    found = find_neighbours(OnnxGraph(run.onnx), digits.images[7], str(archive))
    first = found.nearest[0]
    assert (first.row, first.label) == (7, str(digits.labels[7]))
    assert first.similarity == pytest.approx(1, abs=1e-3)
    assert (found.space, found.looked_at) == ("features", len(digits))
    similar = [one.similarity for one in found.nearest]
    assert similar == sorted(similar, reverse=True)


def test_neighbours_are_the_nearest_by_the_cosine_of_the_features(run, archive, digits):
    graph = OnnxGraph(run.onnx)
    view = load_dataset(archive, "test").images[0]
    features = graph.probe(graph.features)(np.concatenate([view[None], digits.images]))[graph.features]
    features /= np.maximum(np.linalg.norm(features, axis=1, keepdims=True), 1e-12)
    expected = np.argsort(-(features[1:] @ features[0]))[:6]
    rows = [one.row for one in find_neighbours(graph, view, str(archive)).nearest]
    assert set(rows) == set(expected.tolist())


def test_a_users_own_data_are_looked_at_anew_and_leave_no_file(run, archive, digits, cache):
    find_neighbours(OnnxGraph(run.onnx), digits.images[0], str(archive))
    assert not cache.exists()


def test_an_index_is_kept_used_and_made_again_when_damaged(run, digits_train, cache):
    graph, said = OnnxGraph(run.onnx), []
    first = find_neighbours(graph, digits_train.images[0], digits_train.name, say=said.append)
    again = find_neighbours(graph, digits_train.images[0], digits_train.name, say=said.append)
    assert len(said) == 1
    assert [one.row for one in first.nearest] == [one.row for one in again.nearest]
    (path,) = cache.glob("*.npz")
    path.write_bytes(path.read_bytes()[:5000])
    mended = find_neighbours(graph, digits_train.images[0], digits_train.name, say=said.append)
    assert len(said) == 2
    assert [one.row for one in mended.nearest] == [one.row for one in first.nearest]


def test_rows_are_those_of_the_whole_training_split(run, mnist_train):
    rows = stratified_sample(mnist_train.labels, LOOKED_AT, seed=0)
    view = mnist_train.images[rows[100]]
    first = find_neighbours(OnnxGraph(run.onnx), view, "mnist").nearest[0]
    np.testing.assert_array_equal(mnist_train.images[first.row], view)


def test_data_that_are_not_here_are_not_downloaded(tmp_path, monkeypatch):
    monkeypatch.setenv("TENFOLD_DATA", str(tmp_path))
    monkeypatch.setattr("tenfold.data.inventory.cache_folder", lambda: tmp_path / "none")
    with pytest.raises(TenfoldError, match="tenfold data fetch mnist"):
        training_data(None)


def test_the_shipped_model_is_shown_mnists_digits(mnist_train):
    assert training_data(None) == "mnist"
    assert "mnist" in CATALOG
