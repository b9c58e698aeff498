"""The field benchmark's measures, its halves, and that it runs on a folder of a few pictures."""

import csv
import json
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from tests.benchmarks.field_cases import answer as _answer
from tests.benchmarks.field_cases import case as _case

from benchmarks import __main__ as command
from benchmarks import field, machine, render, untrained
from tenfold.errors import TenfoldError


def _write_list(path, *rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, dict.fromkeys(key for row in rows for key in row))
        table.writeheader()
        table.writerows(rows)


def _draw(path, text):
    image = Image.new("L", (60 * len(text), 100), 235)
    ImageDraw.Draw(image).text((12, 10), text, fill=25, font=ImageFont.load_default(64))
    image.save(path)


def test_auroc_counts_a_tie_as_half():
    assert field.metrics.auroc(np.array([1.0, 2.0]), np.array([1.0, 0.0])) == 3.5 / 4
    assert field.metrics.auroc(np.ones(5), np.ones(7)) == 0.5
    with pytest.raises(ValueError, match="0 positives"):
        field.metrics.auroc(np.array([]), np.ones(1))


def test_a_threshold_keeps_at_least_its_share_of_the_digits():
    digits = np.arange(1, 101) / 100
    assert field.metrics.accepted_at(digits, np.array([0.02, 0.03, 0.04]), 0.98) == 2 / 3
    assert field.metrics.accepted_at(digits, np.array([0.0, 0.01]), 1.0) == 0.5


def test_characters_wrong_are_edits_over_the_length_of_the_labels():
    assert [
        field.metrics.edit_distance(*pair) for pair in (("", "12"), ("123", "13"), ("1234", "1324"), ("5", "5"))
    ] == [2, 1, 2, 0]
    assert field.metrics.character_error_rate(["123", ""], ["13", "42"]) == 3 / 4


def test_the_calibration_error_is_of_the_answer_also_where_it_is_less_likely_than_not():
    confidence = np.array([0.82] * 5 + [0.3] * 5)
    right = np.array([True] * 4 + [False] + [True] + [False] * 4)
    assert field.metrics.answer_reliability(confidence, right).error == pytest.approx(0.5 * 0.02 + 0.5 * 0.1)


def test_halves_are_by_collection_and_by_file_in_large_ones():
    files = [f"singles/{number}.png" for number in range(50)]
    for collection in ("w001", "w002", "anna"):
        assert len({field.lists.is_looked_at(file, collection) for file in files}) == 1
    for collection in ("w127", "w021", None):
        assert 10 < sum(field.lists.is_looked_at(file, collection) for file in files) < 40
    # Half of what was measured would be of other pictures if this rule changed.
    assert [field.lists.is_looked_at("singles/1.png", f"w00{n}") for n in range(1, 6)] == [
        True,
        True,
        True,
        False,
        False,
    ]


def test_by_half_divides_every_list():
    cases = [_case("1", _answer("1"), looked_at=looked_at) for looked_at in (True, True, False)]
    assert field.lists.by_half(lambda a, b: (len(a), len(b)), cases, cases[:1]) == {
        "all": (3, 1),
        "looked_at": (2, 1),
        "only_scored": (1, 0),
    }


def test_a_list_that_is_missing_is_empty_and_ambiguous_pictures_are_left_out(tmp_path):
    _write_list(
        tmp_path / "singles.csv",
        {"file": "a.png", "label": "7", "ambiguous": "0", "collection": "w001", "kind": "scan"},
        {"file": "b.png", "label": "1", "ambiguous": "1", "collection": "w001", "kind": "scan"},
    )
    lists = field.lists.read_lists(tmp_path)
    assert [(picture.path, picture.kind) for picture in lists.singles] == [(tmp_path / "a.png", "scan")]
    assert lists.strings == lists.letters == ()


def test_the_labels_of_a_plain_folder_say_which_list_a_picture_is_on(tmp_path):
    labels = ("7", "12/3 4", "k", "")
    _write_list(tmp_path / "labels.csv", *({"file": f"{label[:1]}.png", "label": label} for label in labels))
    lists = field.lists.read_lists(tmp_path)
    found = [[picture.label for picture in part] for part in (lists.singles, lists.strings, lists.letters)]
    assert found == [["7"], ["12/3 4"], ["k", ""]]


@pytest.mark.parametrize("content", [None, "name,digit\na.png,7\n"])
def test_a_folder_without_a_list_is_one_line(tmp_path, content):
    if content:
        (tmp_path / "labels.csv").write_text(content)
    with pytest.raises(TenfoldError, match=r"has none of singles\.csv|needs the columns file and label"):
        field.lists.read_lists(tmp_path)


def test_a_number_is_exact_with_its_lines_and_without_its_gaps():
    cases = [_case("12 34/5", _answer("1234", "5")), _case("12/34", _answer("1234")), _case("77", _answer("71"))]
    found = field.summary.strings(cases)["others"]
    assert (found["exact"]["count"], found["exact_without_lines"]["count"]) == (1, 2)
    assert found["character_error_rate"] == pytest.approx(1 / 11)


def test_singles_are_counted_forced_and_unasked():
    blank, two = _answer(blank=True, confidence=0.0, score=0.0), _answer("73")
    cases = [
        _case("7", _answer("7"), peers={"other": "1"}),
        _case("7", two, _answer("1"), collection="b", peers={"other": "1"}),
        _case("7", blank, collection="b"),
        _case("7", _answer(), _answer("7"), collection="b"),
    ]
    found = field.summary.singles(cases)
    assert (found["mistakes"], found["called_blank"], found["none_found"], found["several_found"]) == (2, 1, 2, 1)
    assert found["mean_over_collections"] == pytest.approx((1 + 1 / 3) / 2)
    assert found["one_found"]["count"] == found["one_and_right"]["count"] == 1
    assert found["peers"]["other"] | {"right": None} == {
        "right": None,
        "mistakes": 2,
        "mistakes_of_tenfold": 1,
        "times_as_many": 2,
    }


def test_what_is_blank_is_the_surest_rejection():
    digits = [_case("7", _answer("7", score=score)) for score in (0.9, 0.8)]
    others = [_case("k", _answer("4", score=0.85)), _case("k", _answer(blank=True, score=0.0))]
    found = field.summary.rejection(digits, others)
    assert (found["auroc"], found["accepted"]["count"], found["accepted_at_98"]) == (0.75, 1, 0.5)
    assert field.summary.rejection([], others) is None


def test_only_mistakes_of_the_half_that_may_be_seen_are_drawn(tmp_path):
    _draw(tmp_path / "7.png", "7")
    cases = [_case("7", _answer("1"), looked_at=seen, path=tmp_path / "7.png") for seen in (True, False, False)]
    (tmp_path / "singles-2.png").touch()  # of an earlier run with more mistakes
    assert field.sheets.draw_sheets(tmp_path, "singles", cases, lambda case: not case.right, forced=True) == 1
    assert [path.name for path in tmp_path.glob("singles-*")] == ["singles-1.png"]
    with Image.open(tmp_path / "singles-1.png") as sheet:
        assert sheet.width < 300  # one cell


def test_the_tutorial_sees_the_picture_at_28_by_28_and_its_inversion(tmp_path, monkeypatch):
    seen = []

    def probabilities(views):
        seen.append(views)
        return np.eye(11)[[3, 8]] + 2 * np.eye(11)[[10, 10]]

    classifier = SimpleNamespace(probabilities=probabilities, card=SimpleNamespace(classes=(*"0123456789", "none")))
    monkeypatch.setattr(field.peers, "reader", lambda model: SimpleNamespace(classifier=classifier))
    Image.new("RGB", (90, 40), (255, 255, 255)).save(tmp_path / "white.png")
    assert field.peers.tutorial(None, tmp_path / "white.png") == ("3", "8")
    assert seen[0].shape == (2, 28, 28)
    assert (seen[0][0] == 255).all()
    assert (seen[0][1] == 0).all()


@pytest.mark.skipif(field.peers.tesseract_version() is None, reason="Tesseract is not installed")
def test_tesseract_reads_typeface(tmp_path):
    _draw(tmp_path / "42.png", "42")
    assert field.peers.tesseract(tmp_path / "42.png", "line") == ("42",)


def test_blank_pictures_are_always_the_same():
    assert {name: pixels.sum() for name, pixels in field.distractors.blanks()} == {
        name: pixels.sum() for name, pixels in field.distractors.blanks()
    }


def test_processes_answer_in_order():
    with field.answers.Workers(2) as workers:
        assert workers.each(abs, range(-40, 0)) == list(range(40, 0, -1))


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """A folder of three of the lists and a model, and nothing that would need data or Tesseract."""
    for text in ("7", "1", "k", "402"):
        _draw(tmp_path / f"{text}.png", text)
    digit = {"kind": "canvas", "polarity": "dark-on-light", "ambiguous": "0"}
    singles = [digit | {"file": f"{n}.png", "label": n, "collection": c} for n in "71" for c in ("w001", "w004")]
    _write_list(tmp_path / "singles.csv", *singles)
    _write_list(tmp_path / "strings.csv", digit | {"file": "402.png", "label": "402", "collection": "w001"})
    _write_list(tmp_path / "letters.csv", {"file": "k.png", "label": "k", "kind": "photo"})

    def none(name, split):
        raise TenfoldError("not here")

    monkeypatch.setattr(field.question, "load_dataset", none)
    monkeypatch.setattr(field.asking, "distractors", lambda n: {"noise": [np.full((30, 30), 99, np.uint8)]})
    for module in (field.asking, field.question):
        monkeypatch.setattr(module, "tesseract_version", lambda: None)
    monkeypatch.setattr(field.beside.rapidocr, "is_there", lambda: False)
    monkeypatch.setattr(machine, "RESULTS", tmp_path / "results")
    return tmp_path


def test_it_runs_on_any_folder_and_keeps_that_result_apart(tiny, capsys):
    model = untrained.untrained_onnx("fast", tiny)
    options = ["--folder", tiny, "--model", model, "--sheets", tiny / "sheets", "--processes", "1"]
    assert command.main(["field", *map(str, options)]) == 0
    printed = capsys.readouterr().out
    assert "MNIST is left out: not here" in printed
    assert "Tesseract is left out" in printed
    assert not machine.RESULTS.exists()
    found = json.loads((tiny / "sheets" / "field.json").read_text(encoding="utf-8"))
    assert [found["singles"][half]["right"]["n"] for half in found["singles"]] == [4, 2, 2]
    assert found["letters"]["all"]["n"] == found["strings"]["all"]["others"]["exact"]["n"] == 1
    assert found["blanks"]["n"] == 45
    assert "7.png" not in json.dumps(found)  # figures only: the other half's mistakes must stay unknown
    assert "| one digit, told so: right | ≥ 99.00 % |" in field.page.page(found)


def test_the_shipped_models_result_is_kept_among_the_results(tiny, monkeypatch):
    monkeypatch.setenv("TENFOLD_FIELD", str(tiny))
    monkeypatch.setattr(field.question, "ask", lambda lists, plan: field.asking.Answered([], [], [], [], [], {}, {}))
    monkeypatch.setattr(field.question, "figures", lambda answered, plan: {"versions": {}})
    monkeypatch.setattr(field.page, "printed", lambda found: "")
    field.question.main(["--sheets", str(tiny / "sheets")])
    assert json.loads((machine.RESULTS / "field.json").read_text())["question"] == "field"


def test_without_pictures_it_says_what_to_name(monkeypatch, capsys):
    monkeypatch.delenv("TENFOLD_FIELD", raising=False)
    assert command.main(["field"]) == 0
    assert "--folder or TENFOLD_FIELD" in capsys.readouterr().out


def test_the_page_is_what_the_result_says():
    results = render.results()
    if "field" not in results:
        pytest.skip("benchmarks/results/field.json: not measured yet")
    assert (render.DOCS / "field.md").read_text(encoding="utf-8") == field.page.page(results["field"])
