"""What the terminal shows of a model's scores: every number whole, however narrow the terminal."""

import io
import math
import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from rich.console import Console
from tests.prototypes import make_dataset, make_run

from tenfold.cli.actions import inspect
from tenfold.cli.actions.lists import print_datasets
from tenfold.cli.terminal import console
from tenfold.cli.terminal.progress import training_progress
from tenfold.cli.terminal.scores import print_robustness, print_run, print_scores
from tenfold.data import CATALOG, Dataset, Presence
from tenfold.evaluation import Predictions, score
from tenfold.pipeline import explore, mistakes
from tenfold.reading import ModelCard


def _scores(classes=tuple("0123456789"), n=1000, absent=()):
    """Scores of answers of which a tenth are wrong."""
    card = ModelCard(classes, "mnist-1", 2.0, 0.5, "stub", "00", "1")
    labels = np.arange(n) % len(classes)
    labels = labels[~np.isin(labels, absent)]
    random = np.random.default_rng(0)
    logits = random.normal(size=(len(labels), len(classes))).astype(np.float32)
    logits[np.arange(len(labels)), labels] += np.where(random.uniform(size=len(labels)) < 0.9, 6, -6)
    data = Dataset("stub", "test", np.zeros((len(labels), 28, 28), np.uint8), labels, classes)
    return score(Predictions(card, data, labels, logits)).to_json()


@pytest.fixture
def shown(monkeypatch):
    """The lines that a terminal of some width shows of scores."""

    def shown(scores, width=80):
        screen = Console(file=io.StringIO(), width=width, highlight=False, markup=False)
        monkeypatch.setattr(console, "out", screen)
        print_scores(scores)
        return [line.rstrip() for line in screen.file.getvalue().splitlines()]

    return shown


def _matrix(lines):
    start = next(index for index, line in enumerate(lines) if line.startswith("confusion"))
    return [line.split() for line in lines[start + 1 : start + 12]]


def test_the_confusion_matrix_is_shown_within_80_columns(shown):
    scores = _scores(n=10_000)
    lines = shown(scores)
    heads, *rows = _matrix(lines)
    assert heads == list("0123456789")
    assert [[int(cell.replace("·", "0")) for cell in row[1:]] for row in rows] == scores["confusion"]
    assert max(map(len, lines)) <= 80


def test_long_class_names_stand_before_their_row_only(shown):
    lines = shown(_scores(("T-shirt/top", "an uncommonly long class name", *"23456789")))
    heads, first, *_ = _matrix(lines)
    assert heads == list("0123456789")
    assert first[:2] == ["0", "T-shirt/top"]
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize(("classes", "width"), [(17, 200), (10, 30)])
def test_a_matrix_without_room_is_left_out_and_said_to_be_in_the_json(shown, classes, width):
    text = " ".join(shown(_scores(tuple(map(chr, range(65, 65 + classes)))), width))
    assert "confusion matrix: in --json" in text


def test_loss_and_confidence_are_shown_before_and_after_calibration_and_the_gap_beside_them(shown):
    scores = _scores()
    text = " ".join(shown(scores))
    for name in ("loss", "loss_calibrated"):
        assert f"{scores[name]:.4f}" in text
    assert "in validation" not in text
    gap = {"epoch": 3, "train_accuracy": 0.98765, "validation_accuracy": 0.95432, "validation_n": 1234, "gap": 0.03333}
    text = " ".join(shown(scores | {"train_validation_gap": gap}))
    assert "98.77 %" in text
    assert "95.43 %" in text
    assert "+3.33 points" in text


def test_a_class_without_images_has_dashes(shown):
    lines = shown(_scores(absent=[9]))
    [row] = [line.split() for line in lines if re.match(r"9 +[-–]", line)]
    assert row == ["9", "–", "–", "–", "–", "0"]


@pytest.mark.parametrize("width", [20, 40, 80])
def test_no_number_is_cut_off(shown, width):
    text = "\n".join(shown(_scores(n=10_000), width))
    rows = re.findall(r"^\d( +\d+\.\d\d %){4} +1,000$", text, re.MULTILINE)
    assert len(rows) == 10


def test_robustness_names_every_corruption_with_its_errors_and_fits_80_columns(monkeypatch):
    row = {
        "corruption": "shot_noise",
        "severity": 5,
        "error": 0.05,
        "error_by_severity": [0.01, 0.02, 0.03, 0.04, 0.05],
    }
    alone = {"corruption": "canny_edges", "severity": 1, "error": 0.9999, "error_by_severity": None}
    found = {
        "mean_error": 0.52495, "clean_error": 0.01, "relative_to_clean": 52.495,
        "mean_error_by_severity": row["error_by_severity"], "corruptions": [row, alone],
    }  # fmt: skip
    screen = Console(file=io.StringIO(), width=80, highlight=False, markup=False)
    monkeypatch.setattr(console, "out", screen)
    print_robustness(found, None)
    lines = [line.rstrip() for line in screen.file.getvalue().splitlines()]
    assert max(map(len, lines)) <= 80
    cells = [re.split(r" {2,}", line) for line in lines]
    assert ["shot noise", "5", "5.00 %", "1.00", "2.00", "3.00", "4.00", "5.00"] in cells
    assert ["canny edges", "–", "99.99 %"] in cells
    assert "(52.5 times as many)" in " ".join(lines)
    print_robustness(found | {"clean_error": 0.0, "relative_to_clean": None}, None)
    assert screen.file.getvalue().count("52.5 times") == 1


@pytest.fixture
def printed(monkeypatch):
    """What has been printed so far on a terminal of 120 columns, by lines."""
    screen = Console(file=io.StringIO(), width=120, highlight=False, markup=False)
    monkeypatch.setattr(console, "out", screen)
    monkeypatch.setattr(console, "err", screen)
    return lambda: screen.file.getvalue().splitlines()


def test_an_epoch_without_a_validation_split_says_nothing_of_one(printed):
    row = SimpleNamespace(epoch=3, seconds=1.5, train_loss=0.25, train_accuracy=0.91, val_loss=0.5, val_accuracy=0.875)
    with training_progress() as (_on_step, on_epoch):
        on_epoch(row)
        on_epoch(SimpleNamespace(**vars(row) | {"val_loss": math.nan, "val_accuracy": math.nan}))
    with_split, without = printed()
    assert with_split.split() == [
        "epoch",
        "3",
        "1.5",
        "s",
        "train",
        "0.2500",
        "91.00",
        "%",
        "validation",
        "0.5000",
        "87.50",
        "%",
    ]
    assert without.split() == ["epoch", "3", "1.5", "s", "train", "0.2500", "91.00", "%"]


def test_a_run_that_was_not_scored_is_shown_without_scores(printed, tmp_path):
    run = make_run(tmp_path / "blobs-1")
    run.environment.update(device="cpu", precision="float32")
    print_run(run)
    assert "7,850 parameters" in " ".join(printed())
    assert "accuracy" not in " ".join(printed())


def test_where_no_dataset_is_here_no_folder_is_named(printed, tmp_path):
    entry = CATALOG["mnist"]
    print_datasets([Presence(entry, "not here", missing=("a",))])
    assert not any(line.startswith("found in") for line in printed())
    print_datasets([Presence(entry, "complete", tmp_path / "mnist")])
    assert f"found in {tmp_path}" in printed()


def test_a_dataset_of_blank_images_has_no_handwriting_and_too_few_no_doubts(printed):
    blank = Dataset("blank", "train", np.zeros((20, 28, 28), np.uint8), np.arange(20) % 10)
    inspect.print_exploration(explore(blank))
    lines = printed()
    assert "blank images: 20" in " ".join(lines)
    assert not any(line.startswith(("handwriting", "a judge", "page:")) for line in lines)


def test_a_page_and_doubts_are_named_where_there_are_some(printed, tmp_path):
    found = explore(make_dataset(400), out=tmp_path)
    inspect.print_exploration(found)
    assert printed()[-1] == f"page: {tmp_path / 'index.html'}"
    assert any(line.startswith("a judge that agrees with ") for line in printed())


def test_of_many_confusions_the_commonest_are_shown_and_how_many_there_are_besides(printed, tmp_path):
    data = make_dataset(300)
    wrong = replace(data, labels=(data.labels + 1 + np.arange(300) // 10 % 9) % 10)
    found = mistakes(make_run(tmp_path / "blobs-1"), wrong, neighbours=0)
    inspect.print_mistakes(found)
    rows = [line for line in printed() if "→" in line][1:]
    assert len(rows) == 20
    assert f"and {len(found.confusions) - 20} rarer confusions: on the page, and in --json" in printed()


def test_of_labels_that_nobody_judged_no_doubts_are_counted(printed, tmp_path):
    found = mistakes(make_run(tmp_path / "blobs-1"), make_dataset(30, noise=2.0), neighbours=0)
    assert found.to_json()["judge"] is None
    inspect.print_mistakes(found)
    assert not any("labels in doubt" in line for line in printed())
