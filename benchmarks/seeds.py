"""A recipe over seeds: how good it is on average, how far seeds spread, and how long it takes."""

import statistics
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tenfold import pipeline
from tenfold.metrics import wilson_interval
from tenfold.run import Run

RUNS = Path("runs/benchmarks")


def over_seeds(recipe: str, seeds: Iterable[int], **overrides: Any) -> dict[str, Any]:
    """Train a recipe with each seed, or take the run that did so before; scores are of the test set."""
    row = _summary(recipe, [trained_run(recipe, overrides | {"seed": seed}) for seed in seeds])
    accuracy, seconds = row["test_accuracy"], row["train_seconds"]
    print(
        f"{recipe:<16} test {100 * accuracy['mean']:.3f} ± {100 * accuracy['spread']:.3f} %, {len(row['seeds'])} seeds,"
        f" lowest {100 * accuracy['min']:.2f} %, {seconds['mean']:.1f} s",
        flush=True,
    )
    return row


def trained_run(recipe: str, overrides: dict[str, Any]) -> Run:
    """The run of a recipe with these overrides: the one that is there already, or a new one."""
    return pipeline.finished_run(recipe, RUNS, overrides) or pipeline.train(recipe, overrides=overrides, out=RUNS)


def _summary(recipe: str, runs: list[Run]) -> dict[str, Any]:
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
        "val_accuracy": spread([row["val_accuracy"] for row in kept]),
        "epochs": spread([t["epochs"] for t in training]),
        "train_seconds": spread([t["train_seconds"] for t in training]),
        "precision": runs[0].environment["precision"],
    }


def spread(values: list[float]) -> dict[str, float]:
    """Mean, standard deviation over seeds, lowest and highest."""
    spread = statistics.stdev(values) if len(values) > 1 else 0.0
    return {"mean": statistics.fmean(values), "spread": spread, "min": min(values), "max": max(values)}
