"""One picture read with a saved Keras model, as tutorials do it. Runs in a peer's own environment.

    python -m benchmarks.peers.keras_read save MODEL.keras       makes and saves cnn-dropout, untrained
    python -m benchmarks.peers.keras_read MODEL.keras PICTURE    prints {"digit", "confidence", "versions"}

The picture is a PNG of one dark digit on light paper.
"""

import json
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import tensorflow as tf


def save(path):
    """Save the tutorials' cnn-dropout."""
    from benchmarks.peers.keras_epochs import build

    build("cnn-dropout").save(path)
    print(json.dumps({"saved": path}))


def read(path, picture):
    """Load the model, predict, print."""
    model = keras.models.load_model(path)
    pixels = tf.image.resize(tf.io.decode_png(tf.io.read_file(picture), channels=1), (28, 28))
    shares = model.predict(1 - pixels[None] / 255, verbose=0)[0]
    versions = {"keras": keras.__version__, "tensorflow": tf.__version__}
    print(json.dumps({"digit": int(shares.argmax()), "confidence": float(shares.max()), "versions": versions}))


if __name__ == "__main__":
    save(sys.argv[2]) if sys.argv[1] == "save" else read(*sys.argv[1:])
