"""Whether the maps show what the model does: known by construction, and gone with the weights (Adebayo et al. 2018)."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.stats import spearmanr
from tests.explanation.corner import CORNER, corner_weights, inked_corner
from torch import nn

from tenfold.errors import TenfoldError
from tenfold.explanation.contrast import contrast
from tenfold.explanation.gradients import attribute, last_convolution, load_weights
from tenfold.explanation.occlusion import ERASER, occlude
from tenfold.inference.classifier import Classifier
from tenfold.models import build
from tenfold.run import Run


def _around(margin):
    near = np.zeros((28, 28), bool)
    near[tuple(slice(one.start - margin, one.stop + margin) for one in CORNER)] = True
    return near


def test_occlusion_finds_the_only_corner_that_counts(corner):
    found = occlude(contrast(corner, inked_corner()))
    assert found.erased[CORNER].min() > 0
    # A cover reaches as far as it is wide: beyond that nothing may be said to count.
    assert np.abs(found.erased[~_around(ERASER - 1)]).max() == 0
    assert np.abs(found.inked[~_around(2)]).max() == 0


def test_ink_that_is_missing_counts_as_what_it_would_do(corner):
    found = occlude(contrast(corner, np.roll(inked_corner(), 14, axis=1)))  # none in the corner: a 0
    assert found.inked[CORNER].mean() > 0.5
    assert np.abs(found.erased).max() == 0


def test_integrated_gradients_find_the_corner_and_share_out_the_whole_margin(corner):
    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
    model.load_state_dict(
        {"1.weight": torch.from_numpy(corner_weights().T), "1.bias": torch.tensor([2.0, 0, *[-5.0] * 8])}
    )
    question = contrast(corner, inked_corner())
    found = attribute(model, question)
    outside = np.ones((28, 28), bool)
    outside[CORNER] = False
    assert found.integrated.sum() == pytest.approx(question.margin - -2, abs=1e-4)
    assert np.abs(found.integrated[outside]).max() == 0
    assert found.grad_cam is None  # it has no convolution


def test_integrated_gradients_of_a_trained_network_are_complete(run, digits):
    question = contrast(Classifier(run.onnx), digits.images[0])
    blank = replace(question, view=np.zeros((28, 28), np.uint8))
    found = attribute(load_weights(run, 10), question)
    assert found.integrated.sum() == pytest.approx(question.margin - blank.margin, abs=0.05)


def test_grad_cam_is_the_gradient_weighted_sum_of_the_last_maps(run, digits):
    model, question = load_weights(run, 10), contrast(Classifier(run.onnx), digits.images[0])
    kept = {}
    last = last_convolution(model)
    last.register_forward_hook(lambda _layer, _inputs, output: kept.update(output=output))
    logits = model(torch.from_numpy(digits.images[:1, None].astype(np.float32) / 255))[0]
    (gradient,) = torch.autograd.grad(logits[question.answer] - logits[question.rival], kept["output"])
    places = (gradient.mean(dim=(2, 3), keepdim=True) * kept["output"]).sum(dim=1, keepdim=True)
    expected = nn.functional.interpolate(places, (28, 28), mode="bilinear")[0, 0].detach().numpy()
    np.testing.assert_allclose(attribute(model, question).grad_cam, expected, atol=1e-5)


def test_a_convolution_that_has_one_place_left_is_no_place_for_grad_cam():
    layer = last_convolution(build("pocket").eval())
    assert layer.kernel_size == (1, 1)


def _rank_correlation(run, untrained, digits, of):
    """The mean over digits of the rank correlation of a map before and after the weights are drawn at random.

    On the ink alone: paper gets nothing in either map, and would be taken for likeness.
    """
    model, classifier = untrained
    trained = load_weights(run, 10), Classifier(run.onnx)
    found = []
    for view in digits.images[:12]:
        question = contrast(trained[1], view)
        one = of(trained[0], question)
        other = of(model, replace(question, classifier=classifier))
        found.append(abs(spearmanr(one[view > 60], other[view > 60]).statistic))
    return float(np.mean(found))


@pytest.mark.parametrize(
    "of",
    [
        lambda model, question: occlude(question).erased,
        lambda model, question: attribute(model, question).integrated,
        lambda model, question: attribute(model, question).grad_cam,
    ],
    ids=["occlusion", "integrated gradients", "Grad-CAM"],
)
def test_random_weights_destroy_the_map(of, run, untrained, digits):
    assert _rank_correlation(run, untrained, digits, of) < 0.5


def test_the_same_weights_give_the_same_map(run, digits):
    same = load_weights(run, 10), Classifier(run.onnx)
    assert _rank_correlation(run, same, digits, lambda _model, question: occlude(question).erased) > 0.999


def test_a_run_without_weights_is_told_so(run, tmp_path):
    for name in ("recipe.toml", "environment.json", "model.onnx"):
        (tmp_path / name).write_bytes((run.path / name).read_bytes())
    with pytest.raises(TenfoldError, match=r"no model\.safetensors"):
        load_weights(Run.open(tmp_path), 10)
    (tmp_path / "model.safetensors").write_bytes(b"nothing")
    with pytest.raises(TenfoldError, match="not the weights of its recipe's model"):
        load_weights(Run.open(tmp_path), 10)
