"""One image or a batch, answered by Keras on TensorFlow. Runs in a peer's own environment.

    python -m benchmarks.peers.keras_inference keras-predict|keras-call single|batch SECONDS

prints {"p50_us", "p99_us"} of one image with TensorFlow's own choice of threads, or {"images_per_second"} of batches
of 1,000 with one thread, beside {"versions"}. The model is the tutorials' cnn-dropout, the input float32.
"""

import json
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf

from benchmarks.peers.keras_epochs import build
from benchmarks.peers.stopwatch import latency, rate

BATCH = 1000


def main(contender, measure, seconds):
    """Measure, and print what was found."""
    single = measure == "single"
    if not single:
        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(1)
    model = build("cnn-dropout")
    images = np.random.default_rng(0).random((1 if single else BATCH, 28, 28, 1), np.float32)
    calls = {
        "keras-predict": lambda: model.predict(images, batch_size=BATCH, verbose=0),
        "keras-call": lambda: np.asarray(model(images, training=False)),
    }
    call = calls[contender]
    found = latency(call, float(seconds)) if single else rate(call, BATCH, float(seconds))
    versions = {"keras": keras.__version__, "tensorflow": tf.__version__}
    print(json.dumps(found | {"versions": versions}))


if __name__ == "__main__":
    main(*sys.argv[1:])
