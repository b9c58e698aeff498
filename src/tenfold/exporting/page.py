"""The networks that read pages as ONNX: half-precision weights in the file, single precision when it runs."""

import copy
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from tenfold.exporting.onnx import OPSET, strip_debug_info
from tenfold.models.glyph import GlyphNetwork
from tenfold.models.page import PageNetwork
from tenfold.output import quiet
from tenfold.reading.glyph_crops import CROP_SIDE
from tenfold.run import write_atomically


def export_page(network: PageNetwork, path: Path, metadata: dict[str, str]) -> None:
    """Write the network: pages [n, 1, h, w] float32 in [0, 1] to answers [n, channels, h/4, w/4], any n, h and w."""
    free = {0: torch.export.Dim("n"), 2: 32 * torch.export.Dim("rows"), 3: 32 * torch.export.Dim("columns")}
    pages = torch.zeros(2, 1, 96, 64)
    _export(network, path, pages, ("pages", "answers"), free, metadata | {"tenfold.kind": "page detector"})


def export_glyph(network: GlyphNetwork, path: Path, metadata: dict[str, str]) -> None:
    """Write the network: crops [n, 1, 48, 48] float32 in [0, 1] to probabilities [n, 11], any n."""
    crops = torch.zeros(2, 1, CROP_SIDE, CROP_SIDE)
    whole = nn.Sequential(network, nn.Softmax(dim=1))
    free = {0: torch.export.Dim("n")}
    _export(whole, path, crops, ("crops", "probabilities"), free, metadata | {"tenfold.kind": "glyph network"})


def _export(
    network: nn.Module,
    path: Path,
    example: Tensor,
    names: tuple[str, str],
    free: dict[int, Any],
    metadata: dict[str, str],
) -> None:
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
    _halve(proto.graph)
    helper.set_model_props(proto, metadata)
    write_atomically(path, proto.SerializeToString())


def _fused(network: nn.Module) -> nn.Module:
    """With every normalisation folded into the convolution before it."""
    for module in network.modules():
        if isinstance(module, nn.Sequential) and len(module) > 1:
            first, second = module[0], module[1]
            if isinstance(first, nn.Conv2d) and isinstance(second, nn.BatchNorm2d):
                module[0], module[1] = fuse_conv_bn_eval(first, second), nn.Identity()
    return network


def _halve(graph: onnx.GraphProto) -> None:
    """Keep weights in half precision: a node casts each back, once, when the model is loaded."""
    casts = []
    for weight in graph.initializer:
        values = numpy_helper.to_array(weight)
        if values.dtype == np.float32 and values.size > 64:
            name = weight.name
            weight.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name}.half"))
            casts.append(helper.make_node("Cast", [f"{name}.half"], [name], to=TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
