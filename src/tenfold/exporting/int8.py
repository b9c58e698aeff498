"""A network in 8 bits: weights by channel, activations by the ranges that they take on examples."""

import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import NodeProto
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from tenfold.quiet import quiet

Floats = NDArray[np.float32]


class _Examples(CalibrationDataReader):  # type: ignore[misc]
    """Batches of a network's only input."""

    def __init__(self, name: str, batches: Iterable[Floats]) -> None:
        self._name, self._batches = name, iter(batches)

    def get_next(self) -> dict[str, Floats] | None:
        """The next batch, as the network takes it; None after the last."""
        batch = next(self._batches, None)
        return None if batch is None else {self._name: batch}


def quantized(
    network: onnx.ModelProto,
    batches: Iterable[Floats],
    stay: Callable[[list[NodeProto]], Iterator[NodeProto]],
    *,
    anywhere: bool = False,
) -> onnx.ModelProto:
    """The same network by ONNX Runtime's static quantisation (QDQ), without its metadata.

    batches: of its only input, float32, from which the ranges of activations are taken. stay: which of its nodes, in
    their order, stay in float32. anywhere: weights have 7 bits, so that no sum of products overflows on processors
    without instructions for 8 bits: then all give the same answers.
    """
    [given] = network.graph.input
    with tempfile.TemporaryDirectory(prefix="tenfold-") as folder, quiet():
        source, ready, made = (Path(folder, name) for name in ("source.onnx", "ready.onnx", "made.onnx"))
        onnx.save(network, source)
        quant_pre_process(str(source), str(ready), skip_symbolic_shape=True)
        proto = onnx.load(ready)
        nodes = list(proto.graph.node)
        for place, node in enumerate(nodes):  # other tools leave names out
            node.name = f"{node.op_type}_{place}"
        onnx.save(proto, ready)
        quantize_static(
            str(ready),
            str(made),
            _Examples(given.name, batches),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            reduce_range=anywhere,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            calibrate_method=CalibrationMethod.MinMax,
            nodes_to_exclude=[node.name for node in stay(nodes)],
        )
        return onnx.load(made)
