"""A recipe over seeds: how good it is on average, how far seeds spread, how long it takes."""

import statistics
from collections.abc import Sequence
from typing import Any

from tenfold.metrics import wilson_interval
from tenfold.run import Run


def spread(values: Sequence[float]) -> dict[str, float]:
    """Mean, standard deviation over seeds (0 for one value), lowest and highest."""
    deviation = statistics.stdev(values) if len(values) > 1 else 0.0
    return {"mean": statistics.fmean(values), "spread": deviation, "min": min(values), "max": max(values)}


def summarise(recipe: str, runs: Sequence[Run]) -> dict[str, Any]:
    """The runs of one recipe, which differ in their seed, as one row; scores are of the test set.

    test_accuracy_ci95 is Wilson's interval of all the runs' answers taken together; val_accuracy is None where nothing
    was held out.
    """
    scores = [run.scores or {} for run in runs]
    training = [run.environment["training"] for run in runs]
    kept = [run.history[int(t["best_epoch"]) - 1] for run, t in zip(runs, training, strict=True)]
    n = sum(s["n"] for s in scores)
    return {
        "recipe": recipe,
        "commits": sorted({str(run.environment["git_commit"]) for run in runs}),
        "seeds": [run.recipe["seed"] for run in runs],
        "parameters": training[0]["parameters"],
        "folded_parameters": training[0]["folded_parameters"],
        "onnx_bytes": runs[0].onnx.stat().st_size,
        "reference": runs[0].recipe.get("reference", {}),
        "test_accuracy": spread([s["accuracy"] for s in scores]),
        "test_accuracy_ci95": wilson_interval(n - sum(s["errors"] for s in scores), n),
        "test_loss": spread([s["loss"] for s in scores]),
        "test_recall": spread([s["recall"] for s in scores]),
        "train_accuracy": spread([row["train_accuracy"] for row in kept]),
        "val_accuracy": spread([row["val_accuracy"] for row in kept]) if runs[0].recipe["data"]["validation"] else None,
        "epochs": spread([t["epochs"] for t in training]),
        "train_seconds": spread([t["train_seconds"] for t in training]),
        "precision": runs[0].environment["precision"],
    }
