"""int8: weights and activations in 8 bits: ONNX Runtime's static quantisation (QDQ), calibrated on training images."""

from pathlib import Path

import numpy as np
import onnx

from tenfold.errors import TenfoldError
from tenfold.exporting.int8 import quantized
from tenfold.files import write_atomically
from tenfold.formats.source import Floats, Source, Views, Written
from tenfold.reading import Classifier

CALIBRATED_ON = 512
"""Training images that the ranges of activations are taken from."""

MOST_LOST = 0.001
"""Share of the test images that may be answered right less often than by the source: 0.1 point of accuracy."""

_LEFT = ("Div", "Softmax", "Log", "Max", "Clip", "Mean", "Identity")
"""Operations that stay in float32: they come after the logits, and 8 bits of a probability say little."""


def _batches(views: Views) -> list[Floats]:
    """Training images, evenly from all, a batch at a time."""
    rows = np.linspace(0, len(views) - 1, min(CALIBRATED_ON, len(views))).astype(int)
    images = views[rows, None].astype(np.float32) * np.float32(1 / 255)
    return np.array_split(images, max(1, len(images) // 64))


def write(source: Source, path: Path) -> Written:
    """images [n, 1, 28, 28] float32 → logits and probabilities [n, classes], as model.onnx, in 8 bits within.

    Raises TenfoldError where that can be had of no weights, or costs more than MOST_LOST of accuracy on the whole
    test split, with the figures.
    """
    proto = quantized(
        onnx.load(source.onnx), _batches(source.train.images), lambda nodes: (n for n in nodes if n.op_type in _LEFT)
    )
    if not any(tensor.data_type == onnx.TensorProto.INT8 for tensor in proto.graph.initializer):
        raise TenfoldError("int8: ONNX Runtime finds no weights in the model to keep in 8 bits: nothing was written")
    onnx.helper.set_model_props(proto, source.classifier.card.to_metadata())
    write_atomically(path, proto.SerializeToString())
    return _checked(source, Classifier(path))


def _checked(source: Source, classifier: Classifier) -> Written:
    before, after = (source.answers(one) for one in (source.classifier, classifier))
    n, lost = len(before.labels), int(before.right.sum()) - int(after.right.sum())
    right, was = (100 * one.right.mean() for one in (after, before))
    accuracies = f"{right:.2f} % of {n:,} {source.test.name} test images right, {was:.2f} % before"
    if lost > MOST_LOST * n:
        raise TenfoldError(f"int8: {accuracies}: more than {100 * MOST_LOST:g} point is lost: nothing was written")
    return Written(classifier.probabilities, accuracies)
