"""A model.onnx that takes a picture as it is: pixels of one digit in, the digit, its view and a reject score out."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
from numpy.typing import NDArray

from tenfold.errors import TenfoldError
from tenfold.exporting.framing import LUMA, Framing
from tenfold.exporting.onnx import OPSET, strip_debug_info
from tenfold.files import write_atomically
from tenfold.inference.classifier import NOT_A_DIGIT, Classifier, ModelCard
from tenfold.inference.frame import FRAMING, frame
from tenfold.quiet import quiet
from tenfold.reading.plain import plain_strength

TOLERANCE = 1e-3
"""Largest difference of a probability between this graph and Python that is arithmetic, not a mistake."""


def add_framing(model: str | Path, path: str | Path) -> None:
    """Write a model.onnx that tenfold made again, with the framing before it.

    The new file takes pixels uint8 [h, w, 1] grey or [h, w, 3] RGB of any size, one digit on even paper, dark on light
    or light on dark. It gives digit int64 [1], the most probable class that is a digit; probabilities and logits
    float32 [1, classes]; view uint8 [28, 28], what the model saw; and reject_score float32 [1], from 0 to 1: the chance
    that it is no digit for a model that knows what is none, else the chance that the answer is wrong; 1 on a blank
    picture. The model's card stays in the metadata, with tenfold.reject_above, the score from which on a reader would
    refuse. Raises TenfoldError where the file is no such model.
    """
    card = Classifier(model).card
    if card.framing != FRAMING:
        raise TenfoldError(f"{model}: framed by '{card.framing}', but this tenfold frames by '{FRAMING}'")
    classifier = onnx.load(model)
    opset = next(entry.version for entry in classifier.opset_import if entry.domain in ("", "ai.onnx"))
    if opset != OPSET:
        raise TenfoldError(f"{model}: made for ONNX's opset {opset}, but the framing is for {OPSET}: export it again")
    # A perceptron's flattened image is called view by the exporter, as is what this graph gives.
    onnx.compose.add_prefix_graph(
        classifier.graph, "classifier/", rename_inputs=False, rename_outputs=False, inplace=True
    )
    framing = onnx.load(FRAMING_FILE)
    framing.ir_version = classifier.ir_version
    whole = onnx.compose.merge_models(framing, classifier, [("framed_images", classifier.graph.input[0].name)])
    for output in whole.graph.output:
        if output.name != "view":
            output.type.tensor_type.shape.dim[0].dim_value = 1
    _add_answer(whole.graph, card)
    strip_debug_info(whole.graph)
    onnx.helper.set_model_props(whole, card.to_metadata() | {"tenfold.reject_above": repr(_reject_above(card))})
    write_atomically(Path(path), whole.SerializeToString())


def _reject_above(card: ModelCard) -> float:
    return 1 - (card.score_threshold if NOT_A_DIGIT in card.classes else card.threshold)


def _add_answer(graph: onnx.GraphProto, card: ModelCard) -> None:
    """digit and reject_score, from probabilities and the framed images."""
    make = onnx.helper.make_node
    knows_none = NOT_A_DIGIT in card.classes
    digits = [place for place, name in enumerate(card.classes) if name != NOT_A_DIGIT]
    constants: dict[str, NDArray[Any]] = {
        "answer/digits": np.array(digits, np.int64),
        "answer/rows": np.array([1], np.int64),
        "answer/all": np.array([0, 1, 2, 3], np.int64),
        "answer/one": np.ones(1, np.float32),
        "answer/zero": np.zeros(1, np.float32),
    }
    graph.initializer.extend(onnx.numpy_helper.from_array(value, name) for name, value in constants.items())
    graph.node.extend(
        [
            make("Gather", ["probabilities", "answer/digits"], ["answer/shares"], axis=1),
            make("ArgMax", ["answer/shares"], ["digit"], axis=1, keepdims=0),
            make(
                "ReduceSum" if knows_none else "ReduceMax",
                ["answer/shares", "answer/rows"],
                ["answer/sure"],
                keepdims=0,
            ),
            make("Sub", ["answer/one", "answer/sure"], ["answer/doubt"]),
            make("Clip", ["answer/doubt", "answer/least"], ["answer/not_below_0"]),
            make("ReduceMax", ["framed_images", "answer/all"], ["answer/ink"], keepdims=0),
            make("Greater", ["answer/ink", "answer/zero"], ["answer/inked"]),
            make("Where", ["answer/inked", "answer/not_below_0", "answer/one"], ["reject_score"]),
        ]
    )
    graph.initializer.append(onnx.numpy_helper.from_array(np.array(0, np.float32), "answer/least"))
    graph.output.insert(0, onnx.helper.make_tensor_value_info("digit", onnx.TensorProto.INT64, [1]))
    graph.output.append(onnx.helper.make_tensor_value_info("reject_score", onnx.TensorProto.FLOAT, [1]))


def grey_of(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Grey uint8 [h, w] of pixels uint8 [h, w, 1 or 3], as the graph has it."""
    if pixels.shape[2] == 1:
        return pixels[..., 0]
    grey: NDArray[np.uint8] = ((pixels[..., :3].astype(np.int64) @ np.array(LUMA) + 32768) >> 16).astype(np.uint8)
    return grey


FRAMING_FILE = Path(__file__).with_name("framing.onnx")
"""`Framing` as torch's exporter writes it, made by `python -m reference.framing`: exporting it anew takes 5 s."""


def exported_framing() -> onnx.ModelProto:
    """`Framing` as an ONNX model, its names set apart from those of any model behind it."""
    height, width, channels = (torch.export.Dim(name) for name in ("h", "w", "c"))
    with quiet():
        program = torch.onnx.export(
            Framing().eval(),
            (torch.zeros(5, 7, 3, dtype=torch.uint8),),
            dynamo=True,
            input_names=["pixels"],
            output_names=["framed", "framed_images"],
            dynamic_shapes={"pixels": {0: height, 1: width, 2: channels}},
            opset_version=OPSET,
            verbose=False,
        )
    assert program is not None
    proto: onnx.ModelProto = program.model_proto
    strip_debug_info(proto.graph)
    # Only now can an output be called view: the exporter gives that name to what torch's own view returns.
    onnx.compose.add_prefix_graph(
        proto.graph, "framing/", rename_inputs=False, rename_outputs=False, inplace=True, name_map={"framed": "view"}
    )
    return proto


def check_framing(model: Path, path: Path, pictures: Iterable[NDArray[np.uint8]]) -> float:
    """The largest difference of a probability between Python with model and the graph in path, over pictures.

    pictures: uint8 [h, w] grey, or [h, w, 1 or 3]. Raises TenfoldError where it passes TOLERANCE, or a pixel of a view
    differs by more than a level.
    """
    classifier = Classifier(model)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    difference = 0.0
    for picture in pictures:
        pixels = picture if picture.ndim == 3 else picture[..., None]
        expected = frame(plain_strength(grey_of(pixels)))
        view, found = session.run(["view", "probabilities"], {"pixels": pixels})
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
