"""An operation of a model, foreign ones' among them, is carried so that it answers alike, or is refused by name."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from tenfold.errors import TenfoldError
from tenfold.formats.graph import read_graph
from tenfold.formats.torch_program import OnnxModule
from tenfold.quiet import quiet

if find_spec("keras") is None:  # not imported: that would choose a backend
    pytest.skip("needs Keras", allow_module_level=True)

RANDOM = np.random.default_rng(5)
NUMBERS = {
    "w": RANDOM.normal(size=(4, 1, 3, 3)).astype(np.float32),
    "each": RANDOM.normal(size=(4, 1, 3, 3)).astype(np.float32),
    "pairs": RANDOM.normal(size=(4, 2, 3, 3)).astype(np.float32),
    "four": RANDOM.normal(size=(1, 4, 1, 1)).astype(np.float32),
    "half": np.array(0.5, np.float32),
    "sizes": np.array([1, 3]),
    "channels": np.array([1]),
    "margin": np.array([0, 0, 1, 2, 0, 0, 3, 4]),
    "more": np.array([0, 1, 0, 0, 0, 0, 0, 0]),
    "image": np.array([-1, 1, 28, 28]),
    "other": np.array([-1, 14, 56]),
}
"""Weights by the names that the models below call them."""

IMAGES = RANDOM.random((5, 1, 28, 28)).astype(np.float32)

BOTH = {
    "padded by itself, more at the end": ('y = Conv<auto_pad="SAME_UPPER", strides=[2, 2]>(images, w)', 784, 18),
    "padded by itself, more at the start": ('y = Conv<auto_pad="SAME_LOWER", strides=[2, 2]>(images, w)', 784, 18),
    "a number in a node": ("n = Constant<value = float {0.5}>() y = Mul(images, n)", 784, 18),
    "axes as an attribute": ("c = Conv(images, w) y = ReduceMean<axes=[2, 3]>(c)", 4, 13),
    "pooled with what it needs": (
        'y = MaxPool<auto_pad="SAME_UPPER", kernel_shape=[3, 3], strides=[2, 2]>(images)', 196, 18,
    ),
    "a margin of zeros": ("y = Pad(images, margin)", 32 * 34, 18),
    "filters in unequal parts": (
        "c = Conv(images, w) a, b = Split<axis=1>(c, sizes) y = Concat<axis=1>(b, a)", 2704, 18,
    ),
    "a filter for each channel": ("c = Conv(images, w) y = Conv<group=4>(c, each)", 2304, 18),
    "channels last and back": (
        "t = Transpose<perm=[0, 2, 3, 1]>(images) s = Sub(t, half) i = Identity(s) b = Transpose<perm=[0, 3, 1, 2]>(i) "
        "y = Conv(b, w)", 2704, 18,
    ),
    "reshaped to what it is": ("y = Reshape(images, image)", 784, 18),
}  # fmt: skip
"""What is done to images, how many numbers come out, and ONNX's opset."""

TORCH = {
    "a margin of a number": ("y = Pad(images, margin, half)", 32 * 34, 18),
    "a channel more": ("y = Pad(images, more)", 2 * 784, 18),
    "means with their margin": (
        "y = AveragePool<kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[2, 2], count_include_pad=1>(images)", 196, 18,
    ),
    "means without their margin": (
        "y = AveragePool<kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[2, 2]>(images)", 196, 18,
    ),
}  # fmt: skip

REFUSED = {
    "a convolution in 2 groups of 4 channels": "c = Conv(images, w) y = Conv<group=2>(c, pairs)",
    "the model's operation MatMul on two tensors": "y = MatMul(images, images)",
    "the model's operation Pad": "y = Pad(images, margin, half)",
    "pooling with a margin": "y = MaxPool<kernel_shape=[3, 3], pads=[1, 1, 1, 1]>(images)",
    "the model's operation ReduceMean": "c = Conv(images, w) y = ReduceMean(c, channels)",
    r"the model's operation Reshape to \[14, 56\]": "y = Reshape(images, other)",
    "the model's operation Transpose": "y = Transpose<perm=[0, 1, 3, 2]>(images)",
    "the model's operation Sub": "y = Sub(half, images)",
    "the model's operation Mul by 4 numbers": "c = Conv(images, w) y = Mul(c, four)",
    "the model's operation Max by numbers": "y = Max(images, half)",
}
"""What Keras's layers have no means for, under what the error calls it."""


def _write(path: Path, body: str, features: int, opset: int) -> Path:
    """A model.onnx that does so to its images, and reads ten classes off what comes out."""
    model = onnx.parser.parse_model(
        f'<ir_version: 8, opset_import: ["" : {opset}]> '
        "carried (float[n, 1, 28, 28] images) => (float[n, 10] logits, float[n, 10] probabilities) "
        f"{{ {body} flat = Flatten(y) logits = Gemm(flat, last) probabilities = Softmax(logits) }}"
    )
    used = {name for node in model.graph.node for name in node.input}
    last = RANDOM.normal(size=(features, 10)).astype(np.float32) / np.float32(features**0.5)
    for name, value in (NUMBERS | {"last": last}).items():
        if name in used:
            model.graph.initializer.append(onnx.numpy_helper.from_array(value, name))
    onnx.save(model, path)
    return path


def _answers(path: Path) -> np.ndarray:
    return onnxruntime.InferenceSession(path).run(["probabilities"], {"images": IMAGES})[0]


@pytest.mark.parametrize("name", BOTH)
def test_keras_answers_alike(name, tmp_path):
    from tenfold.formats.keras_layers import Builder, keras

    path = _write(tmp_path / "model.onnx", *BOTH[name])
    with quiet():
        answers = Builder(read_graph(path)).model()(IMAGES.transpose(0, 2, 3, 1), training=False)
        found = keras.ops.convert_to_numpy(answers)
    np.testing.assert_allclose(found, _answers(path), atol=1e-5)


@pytest.mark.parametrize("name", [*BOTH, *TORCH])
def test_torch_answers_alike(name, tmp_path):
    path = _write(tmp_path / "model.onnx", *(BOTH | TORCH)[name])
    with torch.inference_mode():
        _logits, found = OnnxModule(read_graph(path))(torch.from_numpy(IMAGES))
    np.testing.assert_allclose(found.numpy(), _answers(path), atol=1e-5)


@pytest.mark.parametrize("what", REFUSED)
def test_what_keras_has_no_layer_for_is_refused_by_name(what, tmp_path):
    from tenfold.formats.keras_layers import Builder

    path = _write(tmp_path / "model.onnx", REFUSED[what], 784, 18)
    with pytest.raises(TenfoldError, match=f"keras: cannot hold {what}$"):
        Builder(read_graph(path)).model()
