"""A model's errors on corrupted images: counted right, said in full, and drawn."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from tests.prototypes import make_dataset, make_run, write_model

from tenfold import evaluation
from tenfold.cli import main
from tenfold.data.corruptions import CORRUPTIONS, corrupt
from tenfold.errors import TenfoldError, UsageError
from tenfold.evaluation import evaluate, measure_robustness
from tenfold.evaluation.robustness import CorruptedScore, Robustness
from tenfold.reports import robustness_folder, write_robustness
from tenfold.reports.robustness_figures import draw_robustness


@pytest.fixture(scope="module")
def few():
    return make_dataset(60)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return make_run(tmp_path_factory.mktemp("runs") / "blobs-1")


@pytest.fixture(scope="module")
def found(run, few):
    return measure_robustness(run, few, seed=2)


def test_each_error_is_that_of_the_images_corrupted_so(found, run, few):
    assert [row.corruption for row in found.corruptions] == list(CORRUPTIONS)
    for row in found.corruptions:
        for severity in CORRUPTIONS[row.corruption].severities:
            images = corrupt(few.images, row.corruption, severity, seed=2)
            assert row.wrong[severity - 1] == evaluate(run, replace(few, images=images)).errors
        assert row.error == row.wrong[CORRUPTIONS[row.corruption].benchmark - 1] / 60
    assert found.clean_error == evaluate(run, few).errors / 60


def test_evaluate_measures_it_where_it_is_asked_for(found, run, few):
    scores = evaluate(run, few, robustness=True)
    assert scores.robustness.clean_error == found.clean_error
    assert scores.to_json()["robustness"] == measure_robustness(run, few).to_json()
    assert "robustness" not in evaluate(run, few).to_json()


def test_the_means_are_over_corruptions_and_by_severity_over_those_that_have_five(found):
    rows = (
        CorruptedScore("shot_noise", 2, (1, 2, 3, 4, 5), 60),
        CorruptedScore("fog", 5, (0, 0, 0, 0, 6), 60),
        CorruptedScore("stripe", 1, (30,), 60),
    )
    made = Robustness(found.clean, rows, 0)
    assert made.mean_error == pytest.approx((2 + 6 + 30) / 3 / 60)
    assert made.mean_by_severity == pytest.approx([1 / 120, 2 / 120, 3 / 120, 4 / 120, 11 / 120])
    if made.clean_error:
        assert made.relative_to_clean == pytest.approx(made.mean_error / made.clean_error)


def test_without_a_clean_mistake_there_is_no_ratio(run, tmp_path):
    easy = make_dataset(20, noise=0.0)
    made = measure_robustness(run, easy)
    assert made.clean_error == 0
    assert made.relative_to_clean is None
    assert "–" in write_robustness(made, "easy", tmp_path).read_text(encoding="utf-8")


def test_json_is_plain_and_says_what_was_measured(found, few):
    scores = found.to_json()
    assert list(scores) == [
        "mean_error", "clean_error", "relative_to_clean", "mean_error_by_severity", "corruptions", "seed",
        "dataset", "model",
    ]  # fmt: skip
    assert list(scores["corruptions"][0]) == [
        "corruption", "severity", "error", "error_ci95", "errors", "error_by_severity",
    ]  # fmt: skip
    assert json.loads(json.dumps(scores, allow_nan=False)) == scores
    assert scores["seed"] == 2
    assert scores["dataset"]["sha256"] == few.sha256
    by_name = {row["corruption"]: row for row in scores["corruptions"]}
    assert len(by_name["fog"]["error_by_severity"]) == 5
    assert by_name["stripe"]["error_by_severity"] is None
    low, high = by_name["fog"]["error_ci95"]
    assert low <= by_name["fog"]["error"] <= high


def test_progress_is_told_of_every_set_of_images(run, few):
    told = []
    measure_robustness(run, few, on_scored=lambda done, total: told.append((done, total)))
    assert told == [(done, 59) for done in range(1, 60)]


def test_a_model_file_needs_data_and_the_shipped_model_is_there(tmp_path, few):
    model = write_model(tmp_path / "blobs.onnx")
    with pytest.raises(UsageError, match="name a dataset"):
        measure_robustness(model)
    with pytest.raises(UsageError, match="name a dataset"):
        measure_robustness(None)
    assert measure_robustness(None, few.take(np.arange(3))).clean.card.recipe == "reader"


def test_the_page_lies_beside_the_run_or_under_the_models_name(run, few, tmp_path):
    assert robustness_folder(run, few) == run.path / "robustness" / "blobs"
    assert robustness_folder(run.path, replace(few, split="train")) == run.path / "robustness" / "blobs-train"
    assert robustness_folder(tmp_path / "mine.onnx", few).parts == ("robustness", "mine", "blobs")
    assert robustness_folder(None, few).parts == ("robustness", "digits", "blobs")


def test_the_page_holds_every_corruption_and_error_and_nothing_from_elsewhere(found, tmp_path):
    page = write_robustness(found, "a <model>", tmp_path / "new" / "folder")
    assert {path.name for path in page.parent.iterdir()} == {
        "index.html", "errors.png", "samples.png", "robustness.json",
    }  # fmt: skip
    assert json.loads((page.parent / "robustness.json").read_text(encoding="utf-8")) == found.to_json()
    text = page.read_text(encoding="utf-8")
    assert "a &lt;model&gt;" in text
    assert all(name.replace("_", " ") in text for name in CORRUPTIONS)
    assert text.count('class="benchmark"') == len(CORRUPTIONS)
    assert text.count("<img") == len(CORRUPTIONS) + 59
    assert text.count("one strength only") == 4
    assert not re.search(r'(?:src|href)="(?!data:|#)', text)
    again = write_robustness(found, "a <model>", tmp_path / "again")
    for path in page.parent.iterdir():
        assert path.read_bytes() == again.with_name(path.name).read_bytes()


def test_the_figure_has_the_worst_on_top_and_each_benchmark_severity_as_a_bar(found):
    [axes] = draw_robustness(found.to_json()).axes
    widths = [bar.get_width() for bar in axes.patches]
    assert widths == sorted((row.error for row in found.corruptions), reverse=True)
    assert len(axes.texts) == len(CORRUPTIONS)


def test_a_folder_that_cannot_be_written_is_one_line(found, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(TenfoldError, match="cannot be written there"):
        write_robustness(found, "blobs", tmp_path / "file" / "page")


def test_the_command_sees_a_folder_that_cannot_be_written_before_it_scores(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(evaluation, "evaluate", lambda *_, **__: pytest.fail("scored for nothing"))
    (tmp_path / "file").write_text("")
    assert main(["evaluate", "--robustness", "--out", str(tmp_path / "file" / "page")]) == 1
    assert "cannot be written there" in capsys.readouterr().err
