"""int8: weights and activations in 8 bits: ONNX Runtime's static quantisation (QDQ), calibrated on training images."""

import tempfile
from pathlib import Path

import numpy as np
import onnx
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from tenfold.errors import TenfoldError
from tenfold.formats.source import Floats, Source, Views, Written
from tenfold.output import quiet
from tenfold.reading import Classifier
from tenfold.run import write_atomically

CALIBRATED_ON = 512
"""Training images that the ranges of activations are taken from."""

MOST_LOST = 0.001
"""Share of the test images that may be answered right less often than by the source: 0.1 point of accuracy."""

_LEFT = ("Div", "Softmax", "Log", "Max", "Clip", "Mean", "Identity")
"""Operations that stay in float32: they come after the logits, and 8 bits of a probability say little."""


class _Images(CalibrationDataReader):  # type: ignore[misc]
    """Training images, evenly from all, a batch at a time."""

    def __init__(self, views: Views) -> None:
        rows = np.linspace(0, len(views) - 1, min(CALIBRATED_ON, len(views))).astype(int)
        images = views[rows, None].astype(np.float32) * np.float32(1 / 255)
        self._batches = iter(np.array_split(images, max(1, len(images) // 64)))

    def get_next(self) -> dict[str, Floats] | None:
        """The next batch, as the model takes it; None after the last."""
        batch = next(self._batches, None)
        return None if batch is None else {"images": batch}


def write(source: Source, path: Path) -> Written:
    """images [n, 1, 28, 28] float32 → logits and probabilities [n, classes], as model.onnx, in 8 bits within.

    Raises TenfoldError where that can be had of no weights, or costs more than MOST_LOST of accuracy on the whole
    test split, with the figures.
    """
    with tempfile.TemporaryDirectory(prefix="tenfold-") as folder, quiet():
        ready, quantized = Path(folder, "ready.onnx"), Path(folder, "int8.onnx")
        quant_pre_process(str(source.onnx), str(ready), skip_symbolic_shape=True)
        left = _named(ready, _LEFT)
        quantize_static(
            str(ready),
            str(quantized),
            _Images(source.train.images),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            calibrate_method=CalibrationMethod.MinMax,
            nodes_to_exclude=left,
        )
        proto = onnx.load(quantized)
    if not any(tensor.data_type == onnx.TensorProto.INT8 for tensor in proto.graph.initializer):
        raise TenfoldError("int8: ONNX Runtime finds no weights in the model to keep in 8 bits: nothing was written")
    onnx.helper.set_model_props(proto, source.classifier.card.to_metadata())
    write_atomically(path, proto.SerializeToString())
    return _checked(source, Classifier(path))


def _named(path: Path, kinds: tuple[str, ...]) -> list[str]:
    """The names of a model's operations of some kinds, once each has a name of its own: other tools leave them out."""
    proto = onnx.load(path)
    for place, node in enumerate(proto.graph.node):
        node.name = f"{node.op_type}_{place}"
    onnx.save(proto, path)
    return [node.name for node in proto.graph.node if node.op_type in kinds]


def _checked(source: Source, classifier: Classifier) -> Written:
    before, after = (source.answers(one) for one in (source.classifier, classifier))
    n, lost = len(before.labels), int(before.right.sum()) - int(after.right.sum())
    right, was = (100 * one.right.mean() for one in (after, before))
    accuracies = f"{right:.2f} % of {n:,} {source.test.name} test images right, {was:.2f} % before"
    if lost > MOST_LOST * n:
        raise TenfoldError(f"int8: {accuracies}: more than {100 * MOST_LOST:g} point is lost: nothing was written")
    return Written(classifier.probabilities, accuracies)
