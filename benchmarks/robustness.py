"""How much do MNIST-C's corruptions mislead the shipped reader, beside the tutorials' CNN?"""

from typing import Any

import numpy as np

from benchmarks.machine import write_result
from benchmarks.seeds import trained_run
from tenfold.data import Dataset, load_dataset
from tenfold.data.corruptions import CORRUPTIONS, corrupt
from tenfold.evaluation import measure_robustness
from tenfold.reading import Reader

PEER = "cnn-dropout"
PICTURES = 500
"""Images of each corruption that the whole reader reads: it takes milliseconds for each."""


def main(tiny: bool = False) -> None:
    """Measure and keep the result. tiny only shows that it runs."""
    data = load_dataset("mnist", "test")
    if tiny:
        measure(data.take(np.arange(2)), pictures=1, **{"epochs": 1, "data.limit": 500})
        return
    print(f"kept in {write_result('robustness', measure(data))}")


def measure(data: Dataset, pictures: int = PICTURES, **overrides: Any) -> dict[str, Any]:
    """The shipped model and the peer on corrupted images as they are, and the whole reader on the first of them."""
    peer = trained_run(PEER, overrides | {"seed": 0})
    rows = []
    for name, model in ((PEER, peer), ("shipped", None)):
        rows.append({"name": name} | measure_robustness(model, data).to_json())
        print(f"{name:<12} {100 * rows[-1]['mean_error']:.2f} % wrong, clean {100 * rows[-1]['clean_error']:.2f} %")
    return {"rows": rows, "reader": _read(data.take(np.arange(min(pictures, len(data)))))}


def _read(data: Dataset) -> dict[str, Any]:
    """The shipped reader's errors where each image is a picture of one digit, at MNIST-C's severities."""
    reader, truth = Reader(), [data.classes[label] for label in data.labels]

    def error(images: np.ndarray[Any, Any]) -> float:
        texts = [reader.read(image, single=True).text for image in images]
        return float(np.mean([text != label for text, label in zip(texts, truth, strict=True)]))

    errors = {name: error(corrupt(data.images, name)) for name in CORRUPTIONS}
    mean = float(np.mean(list(errors.values())))
    print(f"{'reader':<12} {100 * mean:.2f} % wrong of {len(data)} pictures each")
    return {"pictures": len(data), "clean_error": error(data.images), "mean_error": mean, "errors": errors}
