"""The report is one page that needs nothing else, says what the run's files say, and is always the same."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from tests.prototypes import make_dataset, make_run

from tenfold.data import Dataset
from tenfold.errors import TenfoldError
from tenfold.evaluation import evaluate
from tenfold.files import write_json
from tenfold.formatting import percent
from tenfold.reports import refresh_report, report, write_report
from tenfold.reports.class_cards import class_cards
from tenfold.run import UNFINISHED, Run, note_environment

FIGURES = {"curves", "confusion-counts", "confusion-shares", "confidence", "reliability", "rejection", "mistakes"}
VOID = {"meta", "img", "br"}


class _Tags(HTMLParser):
    """Every tag with its attributes; complains where one is left open."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory, blobs: Dataset) -> Run:
    """A run with its report, to be looked at only."""
    run = make_run(tmp_path_factory.mktemp("runs") / "blobs-1")
    write_report(run, evaluate(run, blobs))
    return run


@pytest.fixture
def without_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """For promises about text alone: figures take most of a report's time."""
    monkeypatch.setattr(report, "_draw", lambda run, scores: {})


def _page(run: Run) -> str:
    return (run.path / "report.html").read_text(encoding="utf-8")


def _report(run: Run, data: Dataset) -> str:
    return write_report(run, evaluate(run, data)).read_text(encoding="utf-8")


def _contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_report_leaves_what_the_run_folder_promises_and_nothing_else(reported: Run, run: Run) -> None:
    made = set(_contents(reported.path)) - set(_contents(run.path))
    assert made == {"scores.json", "README.md", "report.html"} | {f"figures/{name}.png" for name in FIGURES}


def test_the_same_run_gives_the_same_bytes(reported: Run, run: Run, blobs: Dataset) -> None:
    assert write_report(run, evaluate(run, blobs)) == run.path / "report.html"
    assert _contents(run.path) == _contents(reported.path)


def test_the_page_needs_no_network_no_script_and_little_room(run: Run) -> None:
    page = _report(run, make_dataset(10_000, noise=4.0))
    assert len(page.encode()) < 1_000_000
    tags = _Tags(page).tags
    assert not {"script", "link", "iframe", "object"} & {tag for tag, _ in tags}
    for _, attributes in tags:
        for name in ("src", "href", "xlink:href"):
            assert (attributes.get(name) or "data:").startswith(("data:", "#"))
    assert "url(http" not in page
    assert "@import" not in page


def test_the_page_is_light_and_dark_and_fits_a_phone(reported: Run) -> None:
    page = _page(reported)
    assert "prefers-color-scheme: dark" in page
    assert '<meta name="viewport" content="width=device-width, initial-scale=1">' in page
    used, defined = set(re.findall(r"var\(--([\w-]+)\)", page)), set(re.findall(r"--([\w-]+):", page))
    assert used <= defined


def test_the_pages_numbers_are_those_of_the_files(reported: Run, blobs: Dataset) -> None:
    page = _page(reported)
    scores = json.loads((reported.path / "scores.json").read_text())
    assert scores == evaluate(reported, blobs).to_json()
    for number in (scores["accuracy"], *scores["accuracy_ci95"], scores["recall"], scores["f1"], scores["ece"]):
        assert percent(number) in page
    assert scores["verdict"]["sentence"] in page
    for text in (f"{scores['loss']:.4f}", "7,850", "4.3 s", "kept: epoch 2", scores["dataset"]["sha256"]):
        assert text in page


@pytest.mark.usefixtures("without_figures")
def test_a_changed_file_of_the_run_changes_the_page(run: Run, blobs: Dataset) -> None:
    environment = run.environment
    environment["training"]["parameters"] = 1234567
    (run.path / "environment.json").write_text(json.dumps(environment))
    assert "1,234,567" in _report(Run.open(run.path), blobs)


@pytest.mark.usefixtures("without_figures")
def test_mistakes_are_shown_surest_first_and_their_cap_is_said(run: Run) -> None:
    data = make_dataset(10_000, noise=4.0)
    scores = evaluate(run, data)
    assert scores.errors > 120
    page = write_report(run, scores).read_text()
    shown = [int(index) for index in re.findall(r'alt="image (\d+)"', page)]
    assert shown == scores.predictions.mistakes[:120].tolist()
    assert f"The 120 surest of {scores.errors:,} mistakes" in page


def test_a_run_without_mistakes_says_so(run: Run) -> None:
    page = _report(run, make_dataset(500, noise=0.0))
    assert "None on these 500 images." in page
    assert "Most confused pairs" not in page
    assert not (run.path / "figures" / "mistakes.png").exists()


def test_names_are_escaped(tmp_path: Path) -> None:
    names = ("<script>", "a & b", *"cdefghij")
    page = _report(make_run(tmp_path / "<b>x", names), make_dataset(100, classes=names, noise=4.0))
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "<b>x" not in page
    _Tags(page)


def test_a_run_without_history_has_no_curves(run: Run, blobs: Dataset) -> None:
    (run.path / "history.csv").unlink()
    page = _report(Run.open(run.path), blobs)
    assert "Loss and accuracy over the epochs" not in page
    assert not (run.path / "figures" / "curves.png").exists()


@pytest.mark.usefixtures("without_figures")
def test_what_a_source_reported_is_shown_beside_its_own_test_set_only(run: Run, blobs: Dataset) -> None:
    assert "Against its source" not in _report(run, blobs)
    own = Dataset("mnist", "test", blobs.images, blobs.labels)
    page = _report(run, own)
    assert "Against its source" in page
    assert percent(0.9746) in page
    assert "12.5 s &lt;on a laptop&gt;" in page


@pytest.mark.parametrize("n", [1, 7])
def test_a_handful_of_images_makes_a_report_without_a_grade(run: Run, n: int) -> None:
    page = _report(run, make_dataset(n))
    assert "Too little to judge" in page
    assert "no images" in page  # the classes that the handful leaves out


@pytest.mark.usefixtures("without_figures")
def test_a_run_in_the_making_is_reported_under_its_final_name(tmp_path: Path, blobs: Dataset) -> None:
    making = Run(make_run(tmp_path / "blobs-2").path.rename(tmp_path / f"blobs-2{UNFINISHED}"))
    page = _report(making, blobs)
    assert "<h1>blobs-2</h1>" in page
    assert UNFINISHED not in page + (making.path / "README.md").read_text()


def test_a_folder_that_cannot_be_written_is_one_clear_line(run: Run, blobs: Dataset) -> None:
    (run.path / "figures").write_text("in the way")
    with pytest.raises(TenfoldError, match=r"the report cannot be written there \(File exists\)"):
        write_report(run, evaluate(run, blobs))
    assert not list(run.path.glob("*.partial"))


@pytest.mark.usefixtures("without_figures")
def test_each_class_is_shown_by_its_surest_and_its_hardest_images(run: Run) -> None:
    scores = evaluate(run, make_dataset(2000, noise=4.0))
    predictions = scores.predictions
    [nine] = [card for card in class_cards(predictions, scores.per_class) if card["score"].name == "9"]
    rows = np.flatnonzero(predictions.labels == 9)
    order = rows[np.argsort(predictions.probabilities[rows, 9], kind="stable")]
    assert [example["index"] for example in nine["worst"]] == order[:8].tolist()
    assert nine["worst"][0]["read_as"] == predictions.card.classes[predictions.predicted[order[0]]] != "9"
    assert all(example["read_as"] is None for example in nine["best"])
    assert nine["best"][0]["index"] == order[-1]


@pytest.mark.usefixtures("without_figures")
def test_costs_and_where_the_seconds_went_are_those_of_the_environment(run: Run, blobs: Dataset) -> None:
    assert "What it costs" not in _report(run, blobs)
    note_environment(
        run.path,
        {"cost": {"operations": 5_023_000, "size_bytes": 161_000, "latency_ms": 0.0391}, "seconds": {"steps": 4.5}},
    )
    page = _report(Run.open(run.path), blobs)
    for text in ("5.02 million", "161 kB", "0.0391 ms", "4.5"):
        assert text in page
    note_environment(run.path, {"seconds": {"steps": 4.5, "report": 7.25}})
    assert _report(Run.open(run.path), blobs) == page  # what it took to draw a page is no part of it


@pytest.mark.usefixtures("without_figures")
def test_robustness_is_shown_once_it_was_measured_on_the_same_images(run: Run, blobs: Dataset) -> None:
    assert "Not measured" in _report(run, blobs)
    found = {"mean_error": 0.1234, "relative_to_clean": 3.5, "dataset": {"sha256": "other"}, "corruptions": []}
    folder = run.path / "robustness" / "blobs"
    folder.mkdir(parents=True)
    write_json(folder / "robustness.json", found)
    assert "Not measured" in _report(run, blobs)
    write_json(folder / "robustness.json", found | {"dataset": {"sha256": blobs.sha256}})
    refresh_report("nowhere.onnx", evaluate(run, blobs))  # no run, nothing to draw
    refresh_report(run, evaluate(run, blobs))
    assert percent(0.1234) in _page(run)
    assert "3.5 times as many" in _page(run)


def test_a_report_of_other_images_stays_as_it_is(run: Run, blobs: Dataset) -> None:
    _report(run, blobs)
    before = _contents(run.path)
    refresh_report(run, evaluate(run, blobs.take(np.arange(50))))
    assert _contents(run.path) == before
