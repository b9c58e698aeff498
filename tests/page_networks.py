"""Detectors made by hand, for tests that must not depend on how well one was trained."""

import numpy as np

from tenfold.reading.detector import SEPARATORS, Detection, Found
from tenfold.reading.opinion import Weights


class Fixed:
    """A detector that finds the same boxes on every page. signs: pairs of a sign and its box."""

    weights = Weights()

    def __init__(self, *signs, turned=0):
        self.detection = Detection(tuple(_found(sign, box) for sign, box in signs), turned)

    def find(self, _page, **_):
        return self.detection


def _found(sign, box):
    shares = np.full(15, 0.0005, np.float32)
    shares[("0123456789" + SEPARATORS).index(sign)] = 0.99
    return Found(shares, tuple(map(float, box)))


def laid_out(*rows, pitch=200, down=60, at=(40, 40)):
    """Signs and boxes of a table's cells, or of a line's words: digits of 20×30 pixels, separators low between two.

    pitch, down: pixels from one column to the next, from one row to the next; at: where the first cell begins.
    """
    signs = []
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            x, y = at[0] + pitch * column, at[1] + down * row
            for sign in cell:
                is_digit = sign.isdigit()
                signs.append((sign, (x, y, x + 20, y + 30) if is_digit else (x, y + 22, x + 6, y + 32)))
                x += 24 if is_digit else 10
    return signs


def write_network(path, digit=3, kind="page detector", channels=23, stride=4, answer="answers", scale=20.0):
    """Writes a page network that takes every dark spot for one digit of 24×24 pixels, and both judges beside it.

    Returns the page network's path.
    """
    import onnx

    write_glyphs(path.with_name("glyph.onnx"), digit)
    write_lines(path.with_name("line.onnx"), digit)

    make, float32 = onnx.helper, onnx.TensorProto.FLOAT
    weight, bias = np.zeros((channels, 1, 1, 1), np.float32), np.full(channels, -20, np.float32)
    weight[digit], bias[digit] = -scale, 0.5 * scale
    bias[-4:] = 0, 0, np.log(24), np.log(24)
    graph = make.make_graph(
        [
            make.make_node("AveragePool", ["pages"], ["cells"], kernel_shape=[stride] * 2, strides=[stride] * 2),
            make.make_node("Conv", ["cells", "weight", "bias"], [answer]),
        ],
        "page",
        [make.make_tensor_value_info("pages", float32, ["n", 1, "h", "w"])],
        [make.make_tensor_value_info(answer, float32, ["n", channels, "h4", "w4"])],
        [onnx.numpy_helper.from_array(weight, "weight"), onnx.numpy_helper.from_array(bias, "bias")],
    )
    model = make.make_model(graph, opset_imports=[make.make_opsetid("", 17)], ir_version=8)
    make.set_model_props(model, {"tenfold.kind": kind} if kind else {})
    path.write_bytes(model.SerializeToString())
    return path


def write_glyphs(path, digit=3, kind="glyph network", glyphs=11, bias=9.0):
    """Writes a glyph network that takes everything for one digit."""
    import onnx

    make, float32 = onnx.helper, onnx.TensorProto.FLOAT
    biases = np.zeros(glyphs, np.float32)
    biases[digit] = bias
    graph = make.make_graph(
        [
            make.make_node("GlobalAveragePool", ["crops"], ["mean"]),
            make.make_node("Conv", ["mean", "weight", "bias"], ["logits"]),
            make.make_node("Flatten", ["logits"], ["flat"]),
            make.make_node("Softmax", ["flat"], ["probabilities"]),
        ],
        "glyph",
        [make.make_tensor_value_info("crops", float32, ["n", 1, 48, 48])],
        [make.make_tensor_value_info("probabilities", float32, ["n", glyphs])],
        [
            onnx.numpy_helper.from_array(np.zeros((glyphs, 1, 1, 1), np.float32), "weight"),
            onnx.numpy_helper.from_array(biases, "bias"),
        ],
    )
    model = make.make_model(graph, opset_imports=[make.make_opsetid("", 17)], ir_version=8)
    make.set_model_props(model, {"tenfold.kind": kind} if kind else {})
    path.write_bytes(model.SerializeToString())
    return path


def write_lines(path, digit=3, kind="line network", glyphs=11, bias=9.0, cell=4):
    """Writes a line network that sees one digit everywhere."""
    import onnx

    make, float32 = onnx.helper, onnx.TensorProto.FLOAT
    biases = np.zeros(glyphs, np.float32)
    biases[digit] = bias
    graph = make.make_graph(
        [
            make.make_node("AveragePool", ["strips"], ["cells"], kernel_shape=[40, cell], strides=[40, cell]),
            make.make_node("Conv", ["cells", "weight", "bias"], ["logits"]),
            make.make_node("Squeeze", ["logits", "down"], ["along"]),
            make.make_node("Softmax", ["along"], ["probabilities"], axis=1),
        ],
        "line",
        [make.make_tensor_value_info("strips", float32, ["n", 1, 40, "w"])],
        [make.make_tensor_value_info("probabilities", float32, ["n", glyphs, "cells"])],
        [
            onnx.numpy_helper.from_array(np.zeros((glyphs, 1, 1, 1), np.float32), "weight"),
            onnx.numpy_helper.from_array(biases, "bias"),
            onnx.numpy_helper.from_array(np.array([2]), "down"),
        ],
    )
    model = make.make_model(graph, opset_imports=[make.make_opsetid("", 17)], ir_version=8)
    make.set_model_props(model, {"tenfold.kind": kind} if kind else {})
    path.write_bytes(model.SerializeToString())
    return path
