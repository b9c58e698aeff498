"""Attribution by gradients, of a run whose weights are at hand: Grad-CAM and integrated gradients, by Captum.

The only module of this room that imports torch.
"""

import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from torch import Tensor, nn

from tenfold import models
from tenfold.errors import TenfoldError, first_line
from tenfold.explanation.contrast import Contrast
from tenfold.inference.frame import SIDE
from tenfold.run import Run

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what Captum says of matplotlib while it loads is no concern of the user's
    from captum.attr import IntegratedGradients, LayerGradCam

Map = NDArray[np.float64]

STEPS = 256
"""Points of the path over which the gradient is averaged: the sum is then right to some hundredths of a logit."""


@dataclass(frozen=True)
class Gradients:
    """Attribution of the margin (answer less rival) float64 [28, 28]: above 0 for the answer, below 0 for the rival.

    integrated: in logits; over all pixels it sums to the view's margin less that of blank paper (Sundararajan et al.
    2017), and paper itself gets none. grad_cam: of no unit, spread smoothly from the places of the last convolution
    that has any, both signs kept (after Selvaraju et al. 2017); None for a model without such a layer.
    """

    integrated: Map
    grad_cam: Map | None


def load_weights(run: Run, classes: int) -> nn.Module:
    """A run's model of so many classes in torch, its trained weights in it, in evaluation mode.

    Raises TenfoldError where the run has no weights of its own, as an ensemble has none, or they are not its model's.
    """
    path = run.path / "model.safetensors"
    if not path.is_file():
        raise TenfoldError(f"{run.path}: gradients need a run's weights, and it has no model.safetensors")
    try:
        tensors = load_file(path)
        model = models.build(run.recipe["model"], classes, run.recipe.get("model_options"))
        model.load_state_dict(tensors)
    except TenfoldError:
        raise
    except Exception as error:
        raise TenfoldError(f"{path}: not the weights of its recipe's model ({first_line(error)})") from None
    return model.eval()


def attribute(model: nn.Module, contrast: Contrast) -> Gradients:
    """Both attributions of a contrast to a model in torch, which must be the one that the contrast's classifier is."""
    images = torch.from_numpy(contrast.view[None, None].astype(np.float32) / 255)

    def margin(x: Tensor) -> Tensor:
        logits: Tensor = model(x)
        return logits[:, contrast.answer] - logits[:, contrast.rival]

    integrated = IntegratedGradients(margin).attribute(images, torch.zeros_like(images), n_steps=STEPS)
    layer = last_convolution(model)
    grad_cam = None
    if layer is not None:
        places = LayerGradCam(margin, layer).attribute(images, relu_attributions=False)
        smooth = nn.functional.interpolate(places, (SIDE, SIDE), mode="bilinear", align_corners=False)
        grad_cam = smooth[0, 0].detach().double().numpy()
    return Gradients(integrated[0, 0].detach().double().numpy(), grad_cam)


def last_convolution(model: nn.Module) -> nn.Module | None:
    """The last convolution that answers at more than one place: one that has reduced all to a single place
    (as `pocket` ends) knows no longer where."""
    found: list[nn.Module] = []

    def note(layer: nn.Module, _inputs: object, output: Tensor) -> None:
        if output.shape[-1] * output.shape[-2] > 1:
            found.append(layer)

    layers = [layer for layer in model.modules() if isinstance(layer, nn.Conv2d)]
    hooks = [layer.register_forward_hook(note) for layer in layers]
    try:
        with torch.no_grad():
            model(torch.zeros(1, 1, SIDE, SIDE))
    finally:
        for hook in hooks:
            hook.remove()
    return found[-1] if found else None


def explain_run(path: str | Path | Run, contrast: Contrast) -> Gradients:
    """Both attributions by a run's own weights. Raises TenfoldError as `load_weights`."""
    run = path if isinstance(path, Run) else Run.open(path)
    return attribute(load_weights(run, len(contrast.probabilities)), contrast)
