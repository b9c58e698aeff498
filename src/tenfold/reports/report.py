"""A run's scores as files that a person opens: report.html, figures, scores.json and the model card."""

import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from tenfold.errors import TenfoldError, cannot_write, need_report_extra
from tenfold.evaluation.predictions import Predictions, open_run
from tenfold.evaluation.scores import Scores
from tenfold.evaluation.training_gap import kept_epoch
from tenfold.files import read_json, write_atomically, write_json
from tenfold.formatting import count, percent, plural, rounded, size_text
from tenfold.reports import canvas, cost_figures, figures
from tenfold.reports.class_cards import class_cards
from tenfold.reports.model_card import model_card
from tenfold.reports.page import data_uri, picture, render
from tenfold.reports.robustness_figures import draw_robustness
from tenfold.run import Run

_SHOWN_MISTAKES = 120
"""Enough to see what goes wrong; the page says how many there are."""

_PICTURED_MISTAKES = 36
_PAIR_EXAMPLES = 6


def write_report(run: Run, scores: Scores) -> Path:
    """Write scores.json, figures/*.png, README.md and report.html into the run's folder; returns the report's path.

    scores: of this run's model, from `evaluate` or `score`. The same run and scores give the same bytes. Raises
    TenfoldError where the 'report' extra is not installed or the folder cannot be written.
    """
    need_report_extra("the report")
    try:
        write_json(run.path / "scores.json", scores.to_json())
        drawings = _draw(run, scores)
        (run.path / "figures").mkdir(exist_ok=True)
        for name, figure in drawings.items():
            write_atomically(run.path / "figures" / f"{name}.png", canvas.png(figure))
        write_atomically(run.path / "README.md", model_card(run))
        report = run.path / "report.html"
        write_atomically(report, render("report.html.jinja", _contents(run, scores, drawings)))
    except OSError as error:
        raise cannot_write(run.path, error, "the report cannot be written there") from None
    return report


def refresh_report(model: str | Path | Run | None, scores: Scores) -> None:
    """Draw a run's report again, as after its robustness was measured; no other model or page is touched.

    Only where there is a report of a scoring on these very images, and the folder can be written.
    """
    run = open_run(model)
    if run is None or not (run.path / "report.html").is_file() or run.scores is None:
        return
    if run.scores["dataset"]["sha256"] == scores.predictions.dataset.sha256:
        with suppress(TenfoldError):
            write_report(run, replace(scores, robustness=None))  # it has a page of its own


def _draw(run: Run, scores: Scores) -> dict[str, Any]:
    """The figures by file name; what the run has no data for is left out."""
    predictions, confusion = scores.predictions, np.array(scores.confusion)
    labels, classes = predictions.labels, predictions.card.classes
    drawings = {
        "confusion-counts": figures.draw_confusion(confusion, classes, shares=False),
        "confusion-shares": figures.draw_confusion(confusion, classes, shares=True),
        "confidence": figures.draw_confidence(*scores.confidence_counts),
        "reliability": figures.draw_reliability(scores.reliability_uncalibrated, scores.reliability),
        "rejection": cost_figures.draw_rejection(scores.rejection),
    }
    if "steps" in run.environment.get("seconds", {}):
        drawings["anatomy"] = cost_figures.draw_anatomy(run.environment["seconds"])
    robustness = _robustness(run)
    if robustness is not None:
        drawings["robustness"] = draw_robustness(robustness)
    kept = kept_epoch(run)
    if kept is not None:
        drawings["curves"] = figures.draw_curves(run.history, int(kept["epoch"]), run.steps)
    rows = predictions.mistakes[:_PICTURED_MISTAKES]
    if len(rows):
        captions = [f"{classes[labels[row]]} read as {classes[predictions.predicted[row]]}" for row in rows]
        drawings["mistakes"] = figures.draw_mistakes(predictions.dataset.images[rows], captions)
    return drawings


def _contents(run: Run, measured: Scores, drawings: Mapping[str, Any]) -> dict[str, Any]:
    """What the template shows. Its numbers are those of the run's files, scores.json as just written among them."""
    from markupsafe import Markup

    scores, predictions = run.scores or {}, measured.predictions
    inline = {
        name.replace("-", "_"): Markup(canvas.svg(drawings[name], description)) if name in drawings else ""
        for name, description in _DESCRIPTIONS.items()
    }
    own_test = scores["dataset"]["sha256"] == run.environment.get("data", {}).get("test", {}).get("sha256")
    lowest = min(row["accuracy_ci95"][0] for row in scores["per_class"] if row["support"])
    low = math.floor(lowest * 20) / 20
    return inline | {
        "run": run.name,
        "recipe_name": scores["model"]["recipe"],
        "model_name": run.recipe["model"],
        "scores": scores,
        "facts": _facts(run, scores),
        "trained_on": run.trained_on,
        "data": run.environment.get("data", {}),
        "members": run.members,
        "unseen": own_test and not predictions.seen,
        # What a source reported is about its own test set; beside another dataset's figures it would mislead.
        "reference": _reference(run, scores) if own_test and _reported_on(run) == scores["dataset"]["name"] else [],
        "reference_note": run.recipe.get("reference", {}).get("note", ""),
        "range_low": low,
        "place": lambda share: round(100 * (share - low) / (1 - low), 2) if low < 1 else 100,
        "pairs": [pair | {"images": _examples(predictions, pair)} for pair in scores["most_confused"]],
        "mistakes": _mistakes(predictions),
        "cards": class_cards(predictions, measured.per_class),
        "calibration": _calibration(measured),
        "cost": _cost(run),
        "measured_robustness": _robustness(run),
        "recipe": _tables("recipe", {key: value for key, value in run.recipe.items() if key != "reference"}),
        "environment": _tables("machine and versions", _without_own_seconds(run.environment)),
    }


def _reported_on(run: Run) -> str:
    return str(run.recipe.get("reference", {}).get("data", "mnist"))


_DESCRIPTIONS = {
    "curves": "Loss and accuracy as training went on, for training and validation",
    "confusion-counts": "Confusion matrix in numbers of images",
    "confusion-shares": "Confusion matrix in percent of each true class",
    "confidence": "How sure the model was, for right and for wrong answers",
    "reliability": "Accuracy against confidence, before and after calibration",
    "rejection": "Wrong answers among the rest, against the share of images refused",
    "anatomy": "Where the seconds of the run went",
    "robustness": "Share of wrong answers under each corruption",
}


def _facts(run: Run, scores: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Name, value and a note: the figures at the top of the report."""
    training = run.environment.get("training", {})
    facts = [
        ("Mistakes", count(scores["errors"]), f"of {count(scores['n'])}"),
        ("Loss", f"{scores['loss']:.4f}", f"{scores['loss_calibrated']:.4f} calibrated"),
        ("Recall", percent(scores["recall"]), "mean over classes"),
        ("Precision", percent(scores["precision"]), "mean over classes"),
        ("F1", percent(scores["f1"]), "mean over classes"),
        ("Calibration error", percent(scores["ece"]), f"{percent(scores['ece_uncalibrated'])} before"),
    ]
    if "train_seconds" in training:
        seconds, epochs = training["train_seconds"], training.get("epochs", len(run.history))
        facts.append(("Training", f"{seconds:.1f} s", plural(epochs, "epoch")))
    if "parameters" in training:
        folded = training.get("folded_parameters", training["parameters"])
        note = f"{count(folded)} in all with batch norm folded; " if folded != training["parameters"] else ""
        note += f"{size_text(run.onnx.stat().st_size)} as ONNX"
        facts.append(("Parameters", count(training["parameters"]), note))
    return facts


def _calibration(scores: Scores) -> list[tuple[str, str, str]]:
    """What the temperature changed: a name, the value before and after."""
    before, after = scores.reliability_uncalibrated, scores.reliability
    said = [float(found.confidence @ found.counts / found.counts.sum()) for found in (before, after)]
    return [
        ("Confidence, on average", percent(said[0]), percent(said[1])),
        ("Right, on average", percent(scores.accuracy), percent(scores.accuracy)),
        ("Calibration error", percent(before.error), percent(after.error)),
        ("Loss", f"{scores.loss:.4f}", f"{scores.loss_calibrated:.4f}"),
    ]


def _cost(run: Run) -> list[tuple[str, str, str]]:
    """What answering with the model takes, as facts; empty where it was not measured."""
    cost, training = run.environment.get("cost"), run.environment.get("training", {})
    if cost is None:
        return []
    facts = [("One image", f"{cost['latency_ms']:.3g} ms", "median of a call, one at a time")]
    if cost["operations"] is not None:
        facts.append(("Operations", rounded(cost["operations"]), "floating-point, for one image"))
    facts.append(("File", size_text(cost["size_bytes"]), "model.onnx"))
    if "parameters" in training:
        folded = training.get("folded_parameters", training["parameters"])
        facts.append(("Parameters", count(folded), "batch norm folded" if folded != training["parameters"] else ""))
    return facts


def _robustness(run: Run) -> dict[str, Any] | None:
    """What `tenfold evaluate --robustness` kept of the images that the run was scored on; None before it was asked."""
    test = run.environment.get("data", {}).get("test", {})
    for path in sorted((run.path / "robustness").glob("*/robustness.json")):
        found: dict[str, Any] = read_json(path)
        if found["dataset"]["sha256"] == test.get("sha256"):
            return found | {"page": str(path.with_name("index.html").relative_to(run.path))}
    return None


def _without_own_seconds(environment: Mapping[str, Any]) -> dict[str, Any]:
    """The environment less the time that this very page took: it is known only after, and would change the page."""
    seconds = {part: took for part, took in environment.get("seconds", {}).items() if part != "report"}
    return {**environment, **({"seconds": seconds} if seconds else {})}


def _reference(run: Run, scores: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """What the recipe's source reported beside what this run measured; empty where the recipe names none."""
    reported, kept = run.recipe.get("reference", {}), kept_epoch(run)
    rows = [
        ("test_accuracy", "Test accuracy", percent, scores["accuracy"]),
        ("test_loss", "Test loss", "{:.4f}".format, scores["loss"]),
        ("test_recall", "Test recall", percent, scores["recall"]),
        ("train_accuracy", "Train accuracy", percent, kept["train_accuracy"] if kept else None),
    ]
    return [
        (name, show(reported[key]), show(measured))
        for key, name, show, measured in rows
        if reported.get(key) is not None and measured is not None
    ]


def _examples(predictions: Predictions, pair: Mapping[str, Any]) -> list[str]:
    """A few images of a confused pair, the surest mistakes first."""
    classes = predictions.card.classes
    true, other = classes.index(pair["label"]), classes.index(pair["predicted"])
    rows = predictions.mistakes
    rows = rows[(predictions.labels[rows] == true) & (predictions.predicted[rows] == other)][:_PAIR_EXAMPLES]
    return [data_uri(picture(image)) for image in predictions.dataset.images[rows]]


def _mistakes(predictions: Predictions) -> list[dict[str, Any]]:
    classes = predictions.card.classes
    return [
        {
            "image": data_uri(picture(predictions.dataset.images[row])),
            "predicted": classes[predictions.predicted[row]],
            "confidence": float(predictions.confidence[row]),
            "label": classes[predictions.labels[row]],
            "index": int(row),
        }
        for row in predictions.mistakes[:_SHOWN_MISTAKES]
    ]


def _tables(name: str, values: Mapping[str, Any]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Nested values as titled tables: those on top under the name, then a table a key."""
    plain = [(key, _text(value)) for key, value in values.items() if not isinstance(value, dict)]
    nested = [(key, _flat(value)) for key, value in values.items() if isinstance(value, dict)]
    return [(title, rows) for title, rows in [(name, plain), *nested] if rows]


def _flat(values: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    rows = []
    for key, value in values.items():
        rows += _flat(value, f"{prefix}{key}.") if isinstance(value, dict) else [(prefix + key, _text(value))]
    return rows


def _text(value: Any) -> str:
    """A value as a recipe would spell it, floats without their noise."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.6g}"
    if value is None:
        return "–"
    return ", ".join(map(_text, value)) if isinstance(value, list) else str(value)
