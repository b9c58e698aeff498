"""One picture read with nothing but the libraries that this takes: the least that a fresh process can do.

    python benchmarks/peers/bare_read.py MODEL.onnx PICTURE [LIBRARY]    prints the digit and the confidence

It imports numpy, ONNX Runtime, Pillow and, where one is named, another library; opens the model as tenfold does and
runs it once, on the whole picture shrunk to 28×28. The picture is one of a dark digit on light paper.
"""

import sys
from importlib import import_module

import numpy as np
import onnxruntime
from PIL import Image


def read(model: str, picture: str, *more: str) -> None:
    """Load, predict, print."""
    for library in more:
        import_module(library)
    options = onnxruntime.SessionOptions()
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    pixels = np.asarray(Image.open(picture).convert("L").resize((28, 28)), np.float32)
    shares = session.run(["probabilities"], {"images": 1 - pixels[None, None] / 255})[0][0]
    print(shares.argmax(), shares.max())


if __name__ == "__main__":
    read(*sys.argv[1:])
