"""A trained torch model as one self-sufficient model.onnx."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper
from torch import Tensor, nn

from tenfold.errors import TenfoldError
from tenfold.exporting.layers import GraphBuilder, UnknownLayerError
from tenfold.files import write_atomically
from tenfold.inference.classifier import Classifier, ModelCard
from tenfold.inference.frame import SIDE
from tenfold.quiet import quiet

OPSET = 18
"""Old enough for every runtime in use, new enough for what torch's exporter writes without converting."""

_IR_VERSION = 10
"""The file format of that opset's time."""

TOLERANCE = 1e-4
"""Largest difference of a logit between torch and ONNX Runtime that is arithmetic, not a mistake."""

_RELATIVE = 2e-6
"""The same for logits beyond 50, as a share of the largest: float32 keeps seven digits, however large the number."""


def export_onnx(model: nn.Module, card: ModelCard, path: Path) -> None:
    """Write model as ONNX: images [n, 1, 28, 28] float32 in [0, 1] → logits and probabilities [n, classes].

    n is free; the card goes into the metadata. The model is left in evaluation mode. A model with a layer that has no
    writer in `layers` is traced by torch's exporter instead, which takes seconds.
    """
    model.eval()
    try:
        proto = _written(model, card)
    except UnknownLayerError:
        proto = _traced(model, card.temperature)
    helper.set_model_props(proto, card.to_metadata())
    write_atomically(path, proto.SerializeToString())


def _written(model: nn.Module, card: ModelCard) -> onnx.ModelProto:
    """The model's own layers, one by one. Raises UnknownLayerError."""
    graph = GraphBuilder(model)
    graph.name(graph.write(model, "images"), "logits")
    temperature = graph.constant("temperature", np.array(card.temperature, np.float32))
    graph.node("Softmax", graph.node("Div", "logits", temperature), outputs=["probabilities"], axis=1)
    answers = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", len(card.classes)])
        for name in ("logits", "probabilities")
    ]
    images = helper.make_tensor_value_info("images", TensorProto.FLOAT, ["n", 1, SIDE, SIDE])
    whole = helper.make_graph(graph.nodes, "model", [images], answers, list(graph.weights.values()))
    return helper.make_model(whole, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=_IR_VERSION)


class _WithProbabilities(nn.Module):
    """The model plus calibrated probabilities, so that a runtime in any language gets both."""

    def __init__(self, model: nn.Module, temperature: float) -> None:
        super().__init__()
        self.model, self.temperature = model, temperature

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        logits = self.model(images)
        return logits, torch.softmax(logits / self.temperature, dim=1)


def _traced(model: nn.Module, temperature: float) -> onnx.ModelProto:
    """The model as torch's exporter sees it."""
    wrapped = _WithProbabilities(model, temperature).eval()
    example = torch.zeros(2, 1, SIDE, SIDE, device=next(model.parameters()).device)
    with quiet():
        program = torch.onnx.export(
            wrapped,
            (example,),
            dynamo=True,
            input_names=["images"],
            output_names=["logits", "probabilities"],
            dynamic_shapes={"images": {0: torch.export.Dim("n")}},
            opset_version=OPSET,
            verbose=False,
        )
    assert program is not None
    proto: onnx.ModelProto = program.model_proto
    strip_debug_info(proto.graph)
    return proto


def strip_debug_info(graph: Any) -> None:
    """Drop what the exporter notes for debugging: it holds this machine's paths and doubles a small model's size."""
    for part in (graph, *graph.node, *graph.initializer, *graph.input, *graph.output, *graph.value_info):
        del part.metadata_props[:]
        part.doc_string = ""
    del graph.value_info[:]


def check_onnx(model: nn.Module, path: Path, views: NDArray[np.uint8]) -> float:
    """The largest difference of a logit between torch and ONNX Runtime over views uint8 [n, 28, 28].

    Raises TenfoldError where it passes TOLERANCE or an answer differs.
    """
    device = next(model.parameters()).device
    with torch.inference_mode():
        images = torch.from_numpy(views[:, None].astype(np.float32) / 255).to(device)
        expected = model.eval()(images).float().cpu().numpy()
    found = Classifier(path).logits(views)
    difference = float(np.abs(expected - found).max(initial=0.0))
    changed = int((expected.argmax(axis=1) != found.argmax(axis=1)).sum())
    allowed = max(TOLERANCE, _RELATIVE * float(np.abs(expected).max(initial=0.0)))
    # Written so that a NaN fails.
    if not difference <= allowed or changed:
        raise TenfoldError(
            f"{path}: ONNX Runtime differs from torch by {difference:.2g} in a logit and in {changed} of "
            f"{len(views)} answers; at most {allowed:.2g} and 0 are allowed"
        )
    return difference
