"""The questions of speed and memory run; what they measure is the benchmarks' business."""

import numpy as np
import pytest

from benchmarks import cold_start, inference, machine, roofline, scaling
from tenfold.data import load_dataset


@pytest.fixture(autouse=True)
def bars_for_mnist(bars, tmp_path, monkeypatch):
    """No benchmark needs MNIST to show that it runs, and none may touch the kept results."""
    for module in (roofline, scaling):
        monkeypatch.setattr(module, "load_dataset", lambda name, split: load_dataset(bars, split))
    monkeypatch.setattr(machine, "RESULTS", tmp_path / "results")


@pytest.mark.long
@pytest.mark.parametrize("question", [cold_start, inference, roofline, scaling], ids=lambda module: module.__name__)
def test_the_tiny_form_runs_and_keeps_nothing(question, capsys):
    question.main(tiny=True)
    assert capsys.readouterr().out
    assert not machine.RESULTS.exists()


def test_what_is_not_available_is_null_in_its_row():
    row = inference._row("torch-compiled", "fast", [{"unavailable": "no compiler"}, {"unavailable": "no compiler"}])
    assert row["p50_us"] is row["images_per_second_per_core"] is None
    assert "not available: no compiler" in inference._line(row | {"times_keras_predict": None})


def test_the_work_counted_is_that_of_forward_and_backward():
    found = roofline.measure(("mlp-sgd",), images=128, side=64, repeats=1)
    layers = np.array([784 * 100, 100 * 10])
    # Forward, the weights' gradient, and the second layer's gradient of its input; a product and its sum are two.
    expected = 2 * (2 * layers.sum() + layers[1]) / 1e6
    assert found["rows"][0]["mflops_per_image"] == pytest.approx(expected)


def test_a_line_is_fitted_exactly():
    line = scaling._line([(1, 12), (2, 14), (4, 18)])
    assert (line["slope"], line["intercept"], line["r2"]) == pytest.approx((2, 10, 1))
