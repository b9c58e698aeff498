"""The README.md of a run: a model card with Hugging Face front matter, generated from the run's files."""

import json
from typing import Any

from tenfold.reports.page import render
from tenfold.run import Run

_HUB_DATASETS = {"mnist": "ylecun/mnist", "fashion-mnist": "zalando-datasets/fashion_mnist"}
"""Datasets that the Hugging Face hub holds under another name; the card links to no others."""


def model_card(run: Run) -> str:
    """The card's text. The run must have been scored: scores.json holds the result that the card states."""
    scores = run.scores
    assert scores is not None
    data = run.environment.get("data", {})
    return render(
        "model_card.md.jinja",
        {
            "front_matter": _front_matter(run, scores),
            "run": run.name,
            "recipe": run.recipe,
            "trained_on": run.trained_on,
            "scores": scores,
            "members": run.members,
            "training": run.environment.get("training", {}),
            "data": data,
            "size_bytes": run.onnx.stat().st_size,
            "digits": _reads_digits(scores),
        },
    )


def _reads_digits(scores: dict[str, Any]) -> bool:
    """Whether every class is a digit: a model of clothes must not be said to read handwriting."""
    return all(row["class"] in set("0123456789") for row in scores["per_class"])


def _front_matter(run: Run, scores: dict[str, Any]) -> str:
    """YAML between its fences. Every value is written as JSON, which YAML reads: no name can break it."""
    name, split = scores["dataset"]["name"], scores["dataset"]["split"]
    digits = _reads_digits(scores)
    trained_on = [_HUB_DATASETS[name] for name in run.trained_on if name in _HUB_DATASETS]
    result = {
        "task": {
            "type": "image-classification",
            "name": "Handwritten digit recognition" if digits else "Image classification",
        },
        "dataset": {"type": _HUB_DATASETS.get(name, name), "name": name, "split": split},
        "metrics": [
            {"type": metric, "value": round(scores[metric], 6), "name": f"{title} ({split})"}
            for metric, title in _METRICS.items()
        ],
    }
    entries: dict[str, Any] = {
        "license": "apache-2.0",
        "library_name": "tenfold",
        "pipeline_tag": "image-classification",
        "tags": ["tenfold", "onnx", "image-classification", *(("handwriting", "digits") if digits else ())],
        **({"datasets": trained_on} if trained_on else {}),
        "metrics": list(_METRICS),
        "model-index": [{"name": run.name, "results": [result]}],
    }
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in entries.items()]
    return "\n".join(["---", *lines, "---"])


_METRICS = {"accuracy": "Accuracy", "recall": "Macro recall", "precision": "Macro precision", "f1": "Macro F1"}
