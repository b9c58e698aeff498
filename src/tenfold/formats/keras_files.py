"""keras: the model in Keras's layers, as a .keras and as the .h5 that the tutorials end with."""

from pathlib import Path

import numpy as np

from tenfold.formats.graph import read_graph
from tenfold.formats.keras_layers import Builder, keras
from tenfold.formats.source import Floats, Source, Views, Written
from tenfold.quiet import quiet

_BATCH = 250


def write(source: Source, path: Path) -> Written:
    """images [n, 28, 28, 1] float32 in [0, 1] → probabilities [n, classes], calibrated as the model's own.

    A chain of layers becomes a Sequential, anything else a functional model. The answers are those of the file, loaded.
    """
    model = Builder(read_graph(source.onnx)).model()
    with quiet():  # that .h5 is Keras's older format is why it is wanted
        model.save(path)
        loaded = keras.saving.load_model(path, compile=False)

    def answers(views: Views) -> Floats:
        with quiet():
            parts = [
                keras.ops.convert_to_numpy(loaded(_images(views[start : start + _BATCH]), training=False))
                for start in range(0, len(views), _BATCH)
            ]
        found: Floats = np.concatenate(parts)
        return found

    return Written(answers)


def _images(views: Views) -> Floats:
    return views[..., None].astype(np.float32) * np.float32(1 / 255)
