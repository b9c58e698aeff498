"""Writes the models in files/, with real Keras: 3 in an environment that has keras, 2 in one that has tf_keras as well.

python tests/inference/model_import/make_files.py keras3
python tests/inference/model_import/make_files.py keras2
"""

import json
import sys
from pathlib import Path

import numpy as np

FILES = Path(__file__).with_name("files")


def main(version: str) -> None:
    import importlib

    keras = importlib.import_module("tf_keras" if version == "keras2" else "keras")
    layers = keras.layers
    start = layers.InputLayer(input_shape=(28, 28, 1)) if version == "keras2" else layers.Input((28, 28, 1))
    every_layer = keras.Sequential(
        [
            start,
            layers.Rescaling(1 / 255),
            layers.Conv2D(4, 3, activation="relu", padding="same"),
            layers.BatchNormalization(),
            layers.MaxPooling2D(),
            layers.Conv2D(6, 3, strides=2, use_bias=False),
            layers.Activation("relu"),
            layers.AveragePooling2D(2, padding="same"),
            layers.Dropout(0.3),
            layers.Flatten(),
            layers.Dense(8, activation="tanh"),
            layers.ReLU(),
            layers.Dense(10),
            layers.Softmax(),
        ],
        name="every_layer",
    )
    image = layers.Input((28, 28), name="image")
    x = layers.Reshape((28, 28, 1))(image)
    x = layers.Conv2D(6, 5, activation="relu", dilation_rate=2)(x)
    x = layers.LeakyReLU()(x)
    x = layers.BatchNormalization(scale=False)(x)
    x = layers.GlobalAveragePooling2D()(x)
    functional = keras.Model(image, layers.Dense(10, activation="softmax", name="digit")(x), name="functional")
    rng = np.random.default_rng(0)
    images = rng.random((3, 28, 28, 1)).astype(np.float32)
    for model, inputs in ((every_layer, 255 * images), (functional, images[..., 0])):
        for layer in model.layers:
            # Biases and batch statistics that are not zero and one: a dropped one would go unseen.
            layer.set_weights([w + rng.uniform(0, 0.2, w.shape).astype(np.float32) for w in layer.get_weights()])
        path = FILES / f"{version}-{model.name}"
        for suffix in (".h5", ".keras"):
            model.save(f"{path}{suffix}")
        path.with_suffix(".json").write_text(json.dumps(model.predict(inputs, verbose=0).tolist()) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
