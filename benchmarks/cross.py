"""Trained on one collection of digits, how often is a model right on the others, with no adaptation at all?

Every model is `good`, with as many steps whatever the number of images, over three seeds; the shipped reader's model,
which learned from made-up pictures, is scored beside them.
"""

from collections.abc import Sequence
from typing import Any

from benchmarks.machine import write_result
from benchmarks.seeds import trained_run
from tenfold.comparison import spread
from tenfold.data import load_dataset
from tenfold.evaluation import evaluate
from tenfold.inference.classifier import SHIPPED
from tenfold.metrics import wilson_interval

TRAINED_ON = ("mnist", "usps", "strokes")
TESTED_ON = ("mnist", "usps", "optdigits", "strokes")
SEEDS = (0, 1)
RECIPE, EPOCHS, IMAGES = "good", 8, 60_000


def main(tiny: bool = False) -> None:
    """Measure and keep the result; tiny only shows that it runs."""
    if tiny:
        measure(("mnist",), ("optdigits",), (0,), **{"data.limit": 500, "epochs": 1})
        return
    print(f"kept in {write_result('cross', measure(TRAINED_ON, TESTED_ON, SEEDS))}")


def measure(
    trained_on: Sequence[str], tested_on: Sequence[str], seeds: Sequence[int], **overrides: Any
) -> dict[str, Any]:
    """A row for each dataset trained on, and the shipped model's: accuracy over seeds on each dataset tested on."""
    tests = {name: load_dataset(name, "test") for name in tested_on}
    rows = []
    for source in trained_on:
        epochs = max(EPOCHS, round(EPOCHS * IMAGES / len(load_dataset(source, "train"))))
        given = {"data.name": source, "epochs": epochs, **overrides}
        runs = [trained_run(RECIPE, given | {"seed": seed}) for seed in seeds]
        rows.append({"trained_on": source, "epochs": epochs, "scores": _scores([run.onnx for run in runs], tests)})
    rows.append({"trained_on": "pictures", "recipe": "reader", "scores": _scores([SHIPPED], tests)})
    return {"recipe": RECIPE, "seeds": list(seeds), "rows": rows}


def _scores(models: Sequence[Any], tests: dict[str, Any]) -> dict[str, Any]:
    scores = {}
    for name, test in tests.items():
        found = [evaluate(model, test) for model in models]
        n = sum(score.n for score in found)
        interval = wilson_interval(n - sum(score.errors for score in found), n)
        accuracy = spread([score.accuracy for score in found])
        scores[name] = {"accuracy": accuracy, "ci95": interval, "n": len(test)}
        print(f"{models[0].parent.name} on {name}: {100 * accuracy['mean']:.2f} %", flush=True)
    return scores
