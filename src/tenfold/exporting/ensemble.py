"""Several model.onnx as one: the images they share in, the mean of their probabilities out."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper

from tenfold.errors import TenfoldError
from tenfold.exporting.onnx import OPSET, strip_debug_info
from tenfold.files import write_atomically
from tenfold.inference.classifier import Classifier, ModelCard
from tenfold.inference.frame import SIDE
from tenfold.metrics import softmax

TOLERANCE = 1e-5
"""Largest difference of a probability between the merged graph and the mean of its members that is arithmetic."""

FLOOR = 1e-37
"""Stands for a probability that float32 rounds to 0, whose logarithm no runtime could go on with."""


def merge_onnx(members: Sequence[str | Path], card: ModelCard, path: str | Path) -> None:
    """Write models that tenfold made as one: images [n, 1, 28, 28] → logits and probabilities [n, classes].

    logits: the logarithm of the mean of the members' calibrated probabilities, so that their softmax is that mean;
    probabilities: softmax(logits / card.temperature), as every model.onnx has it. n is free; the card, whose classes
    are the members' own, goes into the metadata. Raises TenfoldError where a member was made for another opset.
    """
    graph, means, opsets, ir_version = onnx.GraphProto(name="ensemble"), [], {"": OPSET}, 0
    for number, member in enumerate(members):
        proto = onnx.load(member)
        versions = {entry.domain if entry.domain != "ai.onnx" else "": entry.version for entry in proto.opset_import}
        if versions.get("") != OPSET:
            raise TenfoldError(f"{member}: made for ONNX's opset {versions.get('')}, not {OPSET}: export it again")
        prefix = f"member{number}/"
        onnx.compose.add_prefix_graph(proto.graph, prefix, rename_inputs=False, inplace=True)
        graph.node.extend(proto.graph.node)
        graph.initializer.extend(proto.graph.initializer)
        means.append(f"{prefix}probabilities")
        opsets |= versions
        ir_version = max(ir_version, proto.ir_version)
    graph.node.extend(_mean_of(means))
    constants = {"floor": FLOOR, "temperature": card.temperature}
    graph.initializer.extend(
        onnx.numpy_helper.from_array(np.array(value, np.float32), name) for name, value in constants.items()
    )
    graph.input.append(_port("images", 1, SIDE, SIDE))
    graph.output.extend(_port(name, len(card.classes)) for name in ("logits", "probabilities"))
    whole = helper.make_model(
        graph, opset_imports=[helper.make_opsetid(*entry) for entry in opsets.items()], ir_version=ir_version
    )
    strip_debug_info(whole.graph)
    helper.set_model_props(whole, card.to_metadata())
    write_atomically(Path(path), whole.SerializeToString())


def _mean_of(names: list[str]) -> list[Any]:
    """The nodes that make probabilities, by their names, into the ensemble's own outputs."""
    return [
        helper.make_node("Mean", names, ["mean"]),
        helper.make_node("Clip", ["mean", "floor"], ["mean_above_0"]),
        helper.make_node("Log", ["mean_above_0"], ["logits"]),
        helper.make_node("Div", ["logits", "temperature"], ["calibrated"]),
        helper.make_node("Softmax", ["calibrated"], ["probabilities"], axis=1),
    ]


def _port(name: str, *shape: int) -> Any:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", *shape])


def log_mean(members: Sequence[Classifier], views: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The merged graph's logits [n, classes], from what members answer one by one to views uint8 [n, 28, 28]."""
    mean = sum(member.probabilities(views).astype(np.float64) for member in members) / len(members)
    return np.log(np.maximum(mean, FLOOR)).astype(np.float32)


def check_merged(members: Sequence[Classifier], path: str | Path, views: NDArray[np.uint8]) -> float:
    """The largest difference of a probability between the graph in path and the mean of members over views.

    views uint8 [n, 28, 28]. Looks at the softmax of the logits, which is the mean, and at the probabilities, which are
    the same under the card's temperature. Raises TenfoldError where the difference passes TOLERANCE.
    """
    merged, expected = Classifier(path), log_mean(members, views)
    off = (
        softmax(merged.logits(views)) - softmax(expected),
        merged.probabilities(views) - softmax(expected / merged.card.temperature),
    )
    difference = max(float(np.abs(values).max(initial=0.0)) for values in off)
    # Written so that a NaN fails.
    if not difference <= TOLERANCE:
        raise TenfoldError(
            f"{path}: differs from the mean of its members by {difference:.2g} in a probability; "
            f"at most {TOLERANCE:g} is allowed"
        )
    return difference
