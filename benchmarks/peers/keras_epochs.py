"""Epochs of a classic in Keras, on the backend that KERAS_BACKEND names. Runs in a peer's own environment.

    python -m benchmarks.peers.keras_epochs RECIPE DATA.npz EPOCHS [SECONDS ACCURACY]

prints {"build_seconds": s, "seconds": [an epoch each], "test_accuracy": [after each epoch], "versions": {...}}.
DATA.npz holds x, y (training) and, where wanted, x_val, y_val (scored by the clock) and x_test, y_test (scored off the
clock). Training ends early after SECONDS, or once the test accuracy reaches ACCURACY. The models are the tutorials':
see docs/classics.md.
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
    """Seconds of each epoch, its validation included, and the test accuracy after it, off the clock."""

    def __init__(self, test, limit, target):
        super().__init__()
        self.test, self.limit, self.target = test, limit, target
        self.seconds, self.accuracy = [], []

    def on_train_begin(self, logs=None):
        """Start."""
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        """Stop, score and start again: Keras calls this after validation."""
        self.seconds.append(time.perf_counter() - self.start)
        if self.test:
            images, labels = self.test
            answers = self.model.predict(images, batch_size=1000, verbose=0).argmax(1)
            self.accuracy.append(float((answers == labels).mean()))
            self.model.stop_training = sum(self.seconds) >= self.limit or self.accuracy[-1] >= self.target
        self.start = time.perf_counter()


def load(data):
    """Pairs of images float32 [n, 28, 28, 1] and labels: training, validation, test; None where there is none."""
    with np.load(data) as arrays:
        return [
            (arrays["x" + part][..., None].astype("float32") / 255, arrays["y" + part])
            if "x" + part in arrays
            else None
            for part in ("", "_val", "_test")
        ]


def build(recipe):
    """A tutorial's model, untrained."""
    return keras.Sequential([keras.Input((28, 28, 1)), *MODELS[recipe](), layers.Dense(10, activation="softmax")])


def compiled(recipe):
    """A tutorial's model with its optimizer, untrained."""
    model = build(recipe)
    sgd = recipe.endswith("-sgd")
    optimizer = keras.optimizers.SGD(0.01, momentum=0.9) if sgd else keras.optimizers.Adam(1e-3)
    model.compile(optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def versions():
    """Of what was measured."""
    return {"keras": keras.__version__, "backend": keras.backend.backend()}


def main(recipe, data, epochs, limit="inf", target="inf"):
    """Train, and print what the clock saw."""
    (x, y), validation, test = load(data)
    start = time.perf_counter()
    model = compiled(recipe)
    built = time.perf_counter() - start
    clock = Clock(test, float(limit), float(target))
    model.fit(
        x, y, batch_size=BATCH.get(recipe, 128), epochs=int(epochs), validation_data=validation,
        callbacks=[clock], verbose=0,
    )  # fmt: skip
    print(json.dumps({
        "build_seconds": built, "seconds": clock.seconds, "test_accuracy": clock.accuracy,
        "versions": versions(),
    }))  # fmt: skip


if __name__ == "__main__":
    main(*sys.argv[1:])
