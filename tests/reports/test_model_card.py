"""The model card says what scores.json says, in the form that the Hugging Face hub reads."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from tests.prototypes import make_dataset, make_run

from tenfold.data import Dataset
from tenfold.evaluation import evaluate
from tenfold.reports import report, write_report
from tenfold.run import Run, note_environment


@pytest.fixture(autouse=True)
def _without_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures take most of a report's time, and the card only links to them."""
    monkeypatch.setattr(report, "_draw", lambda run, scores: {})


def _card(run: Run, data: Dataset) -> tuple[dict[str, Any], str]:
    """The front matter, each of whose values is JSON and so YAML, and the text under it."""
    write_report(run, evaluate(run, data))
    opening, matter, text = (run.path / "README.md").read_text(encoding="utf-8").split("---\n", 2)
    assert opening == ""
    return {key: json.loads(value) for key, value in (line.split(": ", 1) for line in matter.splitlines())}, text


def test_the_front_matter_holds_the_test_result(run: Run, blobs: Dataset) -> None:
    matter, _ = _card(run, blobs)
    assert matter["license"] == "apache-2.0"
    assert matter["datasets"] == ["ylecun/mnist"]
    [model] = matter["model-index"]
    [result] = model["results"]
    scores = run.scores
    assert scores is not None
    assert model["name"] == "blobs-1"
    assert result["task"]["type"] == "image-classification"
    assert result["dataset"] == {"type": "blobs", "name": "blobs", "split": "test"}
    values = {metric["type"]: metric["value"] for metric in result["metrics"]}
    assert values == {name: round(scores[name], 6) for name in ("accuracy", "recall", "precision", "f1")}


def test_the_text_states_the_verdict_and_the_data(run: Run, blobs: Dataset) -> None:
    _, text = _card(run, blobs)
    verdict = evaluate(run, blobs).verdict
    assert text.startswith(f"\n# blobs-1\n\n{verdict.sentence} Grade {verdict.grade}.\n")
    assert "900 images for training and 100 images held out for validation" in text
    assert "7,850 parameters" in text


def test_a_run_of_several_datasets_names_them_all(run: Run, blobs: Dataset) -> None:
    told = run.environment["data"] | {"name": "strokes + mnist"}
    told["train"] |= {"parts": {"strokes": {"n": 700, "times": 1}, "mnist": {"n": 200, "times": 3}}}
    note_environment(run.path, {"data": told})
    (run.path / "recipe.toml").write_text('model = "x"\n[data]\nname = "strokes"\nalso = { mnist = 3 }\n')
    matter, text = _card(Run.open(run.path), blobs)
    assert matter["datasets"] == ["ylecun/mnist"]
    assert (
        "`strokes + mnist`, 900 images for training (700 of `strokes`, 200 of `mnist`, each 3 times an epoch)" in text
    )
    assert "Handwriting unlike that of `strokes` and `mnist` is read less well" in text
    page = (run.path / "report.html").read_text(encoding="utf-8")
    words = " ".join(re.sub("<[^>]+>", "", page).split())
    assert (
        "trained on strokes (700 images) and mnist (200 images, each 3 times an epoch), scored on 1,000 images" in words
    )


def test_a_run_that_says_little_about_itself_still_has_a_card(run: Run, blobs: Dataset) -> None:
    (run.path / "environment.json").write_text("{}")
    (run.path / "recipe.toml").write_text('model = "x"\n[data]\nname = "digits/"\n')
    matter, text = _card(Run.open(run.path), blobs)
    assert "datasets" not in matter
    assert "Everything that decided the run" in text


def test_a_model_of_clothes_is_not_said_to_read_digits(tmp_path: Path) -> None:
    names = ("T-shirt/top", "Trouser", "7")
    run = make_run(tmp_path / "clothes-1", names)
    (run.path / "recipe.toml").write_text('model = "x"\n[data]\nname = "fashion-mnist"\n')
    matter, text = _card(Run.open(run.path), make_dataset(100, classes=names))
    assert "digit" not in json.dumps(matter).lower() + text.lower()
    assert "handwrit" not in json.dumps(matter).lower() + text.lower()
    assert matter["model-index"][0]["results"][0]["task"]["name"] == "Image classification"


def test_a_model_of_a_few_digits_is_said_to_read_digits(tmp_path: Path) -> None:
    names = ("3", "7")
    matter, text = _card(make_run(tmp_path / "few-1", names), make_dataset(100, classes=names))
    assert matter["model-index"][0]["results"][0]["task"]["name"] == "Handwritten digit recognition"
    assert {"handwriting", "digits"} <= set(matter["tags"])
    assert "Handwriting unlike that of `mnist`" in text
