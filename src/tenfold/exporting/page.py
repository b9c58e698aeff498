"""The networks that read pages as ONNX, in 8 bits: half the size of 16, and twice as fast as 32."""

import copy
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import onnx
import torch
from onnx import NodeProto, helper
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from tenfold.exporting.int8 import Floats, quantized
from tenfold.exporting.onnx import OPSET, strip_debug_info
from tenfold.files import write_atomically
from tenfold.models.glyph import GlyphNetwork
from tenfold.models.line import LineNetwork
from tenfold.models.page import PageNetwork
from tenfold.quiet import quiet
from tenfold.reading.glyph_crops import CROP_SIDE
from tenfold.reading.line_strips import CELL, STRIP_HEIGHT


def export_page(network: PageNetwork, path: Path, metadata: dict[str, str], examples: Iterable[Floats]) -> None:
    """Write the network: pages [n, 1, h, w] float32 in [0, 1] to answers [n, channels, h/4, w/4], any n, h and w.

    examples: batches of such pages, from which the ranges of its activations are taken.
    """
    free = {0: torch.export.Dim("n"), 2: 32 * torch.export.Dim("rows"), 3: 32 * torch.export.Dim("columns")}
    proto = _exported(network, torch.zeros(2, 1, 96, 64), ("pages", "answers"), free)
    _write(proto, path, metadata | {"tenfold.kind": "page detector"}, examples)


def export_glyph(network: GlyphNetwork, path: Path, metadata: dict[str, str], examples: Iterable[Floats]) -> None:
    """Write the network: crops [n, 1, 48, 48] float32 in [0, 1] to probabilities [n, 11], any n; examples: of crops."""
    whole = nn.Sequential(network, nn.Softmax(dim=1))
    crops = torch.zeros(2, 1, CROP_SIDE, CROP_SIDE)
    proto = _exported(whole, crops, ("crops", "probabilities"), {0: torch.export.Dim("n")})
    _write(proto, path, metadata | {"tenfold.kind": "glyph network"}, examples)


def export_line(network: LineNetwork, path: Path, metadata: dict[str, str], examples: Iterable[Floats]) -> None:
    """Write the network: strips [n, 1, 40, w] float32 in [0, 1], w a multiple of 4, to probabilities [n, 11, w/4].

    examples: of strips.
    """
    whole = nn.Sequential(network, nn.Softmax(dim=1))
    strips = torch.zeros(2, 1, STRIP_HEIGHT, 24 * CELL)
    free = {0: torch.export.Dim("n"), 3: CELL * torch.export.Dim("cells")}
    proto = _exported(whole, strips, ("strips", "probabilities"), free)
    _write(proto, path, metadata | {"tenfold.kind": "line network"}, examples)


def add_metadata(path: Path, more: dict[str, str]) -> None:
    """Write a network's file once more, with more entries in its metadata."""
    proto = onnx.load(path)
    helper.set_model_props(proto, {entry.key: entry.value for entry in proto.metadata_props} | more)
    write_atomically(path, proto.SerializeToString())


def _exported(network: nn.Module, example: Tensor, names: tuple[str, str], free: dict[int, Any]) -> onnx.ModelProto:
    """names: of the input and the output; free: the input's dimensions that may be of any size."""
    fused = _fused(copy.deepcopy(network).float().eval())
    with quiet():
        program = torch.onnx.export(
            fused,
            (example,),
            dynamo=True,
            input_names=[names[0]],
            output_names=[names[1]],
            dynamic_shapes=(free,),
            opset_version=OPSET,
            verbose=False,
        )
    assert program is not None
    proto: onnx.ModelProto = program.model_proto
    strip_debug_info(proto.graph)
    return proto


def _write(proto: onnx.ModelProto, path: Path, metadata: dict[str, str], examples: Iterable[Floats]) -> None:
    made = quantized(proto, examples, _in_float, anywhere=True)
    helper.set_model_props(made, metadata)
    write_atomically(path, made.SerializeToString())


def _in_float(nodes: list[NodeProto]) -> Iterator[NodeProto]:
    """What comes before the first convolution, and the answers: heats and sizes are logarithms, and chances need all
    their bits."""
    first = next(place for place, node in enumerate(nodes) if node.op_type == "Conv")
    last = max(place for place, node in enumerate(nodes) if node.op_type == "Conv")
    yield from nodes[:first]
    yield from nodes[last:]


def _fused(network: nn.Module) -> nn.Module:
    """With every normalisation folded into the convolution before it."""
    for module in network.modules():
        if isinstance(module, nn.Sequential) and len(module) > 1:
            first, second = module[0], module[1]
            if isinstance(first, nn.Conv2d) and isinstance(second, nn.BatchNorm2d):
                module[0], module[1] = fuse_conv_bn_eval(first, second), nn.Identity()
    return network
