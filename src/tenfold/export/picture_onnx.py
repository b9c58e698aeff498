"""A model.onnx that takes a picture as it is: grey pixels of one digit in, its view and the answer out."""

import logging
import warnings
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
from numpy.typing import NDArray

from tenfold.errors import TenfoldError
from tenfold.export.framing import Framing
from tenfold.export.onnx import OPSET, strip_debug_info
from tenfold.reading.classifier import Classifier
from tenfold.reading.frame import FRAMING, frame
from tenfold.reading.plain import plain_strength
from tenfold.run import write_atomically

TOLERANCE = 1e-3
"""Largest difference of a probability between this graph and Python that is arithmetic, not a mistake."""


def add_framing(model: str | Path, path: str | Path) -> None:
    """Write a model.onnx that tenfold made again, with the framing before it.

    The new file takes pixels uint8 [h, w] of any size, one digit on even paper, dark on light or light on dark; it
    gives view uint8 [28, 28], what the model saw, with logits and probabilities float32 [1, classes]. The model's card
    stays in the metadata. Raises TenfoldError where the file is no such model.
    """
    card = Classifier(model).card
    if card.framing != FRAMING:
        raise TenfoldError(f"{model}: framed by '{card.framing}', but this tenfold frames by '{FRAMING}'")
    classifier = onnx.load(model)
    opset = next(entry.version for entry in classifier.opset_import if entry.domain in ("", "ai.onnx"))
    if opset != OPSET:
        raise TenfoldError(f"{model}: made for ONNX's opset {opset}, but the framing is for {OPSET}: export it again")
    framing = onnx.ModelProto()
    framing.CopyFrom(_framing())
    framing.ir_version = classifier.ir_version
    whole = onnx.compose.merge_models(framing, classifier, [("framed_images", classifier.graph.input[0].name)])
    for output in whole.graph.output:
        if output.name != "view":
            output.type.tensor_type.shape.dim[0].dim_value = 1
    strip_debug_info(whole.graph)
    onnx.helper.set_model_props(whole, card.to_metadata())
    write_atomically(Path(path), whole.SerializeToString())


@cache
def _framing() -> Any:
    """Framing as an ONNX model, its names set apart from those of any model behind it."""
    height, width = torch.export.Dim("h"), torch.export.Dim("w")
    # The exporter reports its progress and its own deprecations, which are not the user's concern.
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            Framing().eval(),
            (torch.zeros(5, 7, dtype=torch.uint8),),
            dynamo=True,
            input_names=["pixels"],
            output_names=["framed", "framed_images"],
            dynamic_shapes={"pixels": {0: height, 1: width}},
            opset_version=OPSET,
            verbose=False,
        )
    assert program is not None
    proto = program.model_proto
    # Only now can an output be called view: the exporter gives that name to what torch's own view returns.
    onnx.compose.add_prefix_graph(
        proto.graph, "framing/", rename_inputs=False, rename_outputs=False, inplace=True, name_map={"framed": "view"}
    )
    return proto


def check_framing(model: Path, path: Path, pictures: Iterable[NDArray[np.uint8]]) -> float:
    """The largest difference of a probability between Python with model and the graph in path, over grey pictures.

    Raises TenfoldError where it passes TOLERANCE, or a pixel of a view differs by more than a level.
    """
    classifier = Classifier(model)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    difference = 0.0
    for picture in pictures:
        expected = frame(plain_strength(picture))
        view, found = session.run(["view", "probabilities"], {"pixels": picture})
        levels = int(np.abs(view.astype(int) - expected).max())
        off = float(np.abs(found - classifier.probabilities(expected[None])).max())
        # Written so that a NaN fails.
        if not (off <= TOLERANCE and levels <= 1):
            raise TenfoldError(
                f"{path}: on a picture of {picture.shape[1]}×{picture.shape[0]} pixels ONNX Runtime differs from "
                f"Python by {off:.2g} in a probability and {levels} of 255 levels in a view; at most {TOLERANCE:g} "
                "and 1 are allowed"
            )
        difference = max(difference, off)
    return difference
