"""Epochs of a classic in Keras, on the backend that KERAS_BACKEND names. Runs in a peer's own environment.

    python keras_epochs.py RECIPE DATA.npz EPOCHS     prints {"seconds": [an epoch each], "versions": {...}}

DATA.npz holds x, y (training) and x_val, y_val. The models are the tutorials': see docs/classics.md.
"""

import json
import os
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from keras import layers


def conv(filters):
    """A 3×3 convolution without padding."""
    return layers.Conv2D(filters, 3, activation="relu")


def dense(units):
    """A hidden layer."""
    return layers.Dense(units, activation="relu")


MODELS = {
    "cnn-baseline": lambda: [conv(32), layers.Flatten()],
    "cnn-deep": lambda: [conv(32), conv(64), conv(128), layers.Flatten(), dense(64), dense(32)],
    "cnn-regularized": lambda: [
        conv(32), layers.MaxPooling2D(), conv(64), layers.MaxPooling2D(),
        layers.Flatten(), dense(128), layers.Dropout(0.25),
    ],
    "mlp-dropout": lambda: [layers.Flatten(), dense(128), layers.Dropout(0.2), dense(64), layers.Dropout(0.2)],
    "mlp-sgd": lambda: [layers.Flatten(), dense(100)],
    "cnn-sgd": lambda: [conv(32), layers.MaxPooling2D(), layers.Flatten(), dense(100)],
    "cnn-dropout": lambda: [
        conv(32), layers.MaxPooling2D(), conv(64), layers.MaxPooling2D(),
        layers.Flatten(), dense(128), layers.Dropout(0.5),
    ],
}  # fmt: skip
BATCH = {"mlp-dropout": 32, "mlp-sgd": 64, "cnn-sgd": 64}


class Clock(keras.callbacks.Callback):
    """Seconds of each epoch, its validation included."""

    def __init__(self):
        super().__init__()
        self.seconds = []

    def on_epoch_begin(self, epoch, logs=None):
        """Start."""
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        """Stop: Keras calls this after validation."""
        self.seconds.append(time.perf_counter() - self.start)


def main(recipe, data, epochs):
    """Train, and print the epochs' seconds."""
    with np.load(data) as arrays:
        x, y, x_val, y_val = (arrays[name] for name in ("x", "y", "x_val", "y_val"))
    x, x_val = (images[..., None].astype("float32") / 255 for images in (x, x_val))
    model = keras.Sequential([keras.Input((28, 28, 1)), *MODELS[recipe](), layers.Dense(10, activation="softmax")])
    sgd = recipe.endswith("-sgd")
    optimizer = keras.optimizers.SGD(0.01, momentum=0.9) if sgd else keras.optimizers.Adam(1e-3)
    model.compile(optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    clock = Clock()
    model.fit(
        x, y, batch_size=BATCH.get(recipe, 128), epochs=int(epochs), validation_data=(x_val, y_val),
        callbacks=[clock], verbose=0,
    )  # fmt: skip
    versions = {"keras": keras.__version__, "backend": keras.backend.backend()}
    print(json.dumps({"seconds": clock.seconds, "versions": versions, "parameters": model.count_params()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
