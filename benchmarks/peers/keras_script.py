"""A tutorial's script in Keras: load, train, score once, print. Runs in a peer's own environment.

    python -m benchmarks.peers.keras_script RECIPE DATA.npz EPOCHS

prints {"test_accuracy": a, "versions": {...}}. DATA.npz and models: as of keras_epochs.
"""

import json
import sys

from benchmarks.peers.keras_epochs import BATCH, compiled, load, versions


def main(recipe, data, epochs):
    """Train, score, print."""
    (x, y), _validation, test = load(data)
    model = compiled(recipe)
    model.fit(x, y, batch_size=BATCH.get(recipe, 128), epochs=int(epochs), verbose=0)
    _loss, accuracy = model.evaluate(*test, batch_size=1000, verbose=0)
    print(json.dumps({"test_accuracy": accuracy, "versions": versions()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
