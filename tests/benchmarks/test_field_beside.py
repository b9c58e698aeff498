"""The field benchmark's pages and cases, and what stands beside RapidOCR."""

import json
from pathlib import Path

import pytest
from benchmarks.field import beside, rapidocr
from tests.benchmarks.field_cases import answer, case

from benchmarks import field, peers


def _read(whole, alone):
    return rapidocr.Read({"whole": whole, "alone": alone}, {"whole": 300.0, "alone": 10.0})


def test_the_longest_common_subsequence_keeps_the_order_and_may_leave_gaps():
    pairs = [("", "1"), ("123", "123"), ("1923", "123"), ("321", "123"), ("1212", "2121"), (["12", "3"], ["1", "12"])]
    assert [field.metrics.common_length(*pair) for pair in pairs] == [0, 3, 3, 1, 3, 1]


def test_pages_are_scored_by_their_digits_in_order_and_by_cells_of_their_rows():
    # Of 12 34 / 56 7: one digit is missed, two are made up; the second row's cells are swapped, the first's are right.
    read = answer("1234", "5678", "8", table=(("12", "", "34"), ("7", "56")))
    found = field.summary.pages([case("12 34/56 7", read), case("1 2/3 -", answer("12", "3"), collection="b")])
    assert found["a"]["recall"] == 1
    assert found["a"]["precision"] == pytest.approx(7 / 9)
    assert found["a"]["f1"] == pytest.approx(14 / 16)
    assert (found["a"]["cells"]["count"], found["a"]["cells"]["n"]) == (3, 4)
    # A mark that is no digit is a cell, but no digit that was missed.
    assert (found["b"]["f1"], found["b"]["cells"]["count"], found["b"]["cells"]["n"]) == (1, 0, 4)


def test_a_reading_with_a_table_is_answered_with_its_cells():
    class Reading:
        lines, confidence, digits, blank, views, table = ("12",), 1.0, (), False, (), [["1", "2"], ["", "3"]]

    assert field.answers._answer(Reading, 0.1).table == (("1", "2"), ("", "3"))
    del Reading.table
    assert field.answers._answer(Reading, 0.1).table == ()


def test_the_worst_kind_of_case_is_stated_beside_all():
    kinds = {"date": ("140647", "1406", "47"), "mark": ("", "", "")}
    lines = {"date": [("140647",), ("14", "06"), ("41",)], "mark": [(), (), ("1",)]}
    cases = [
        case(label, answer(*read), collection=f"case-{kind}")
        for kind, labels in kinds.items()
        for label, read in zip(labels, lines[kind], strict=True)
    ]
    found = field.summary.cases(cases)
    assert {kind: part["count"] for kind, part in found["by_kind"].items()} == {"date": 2, "mark": 2}
    assert (found["exact"]["count"], found["worst_kind"]) == (4, pytest.approx(2 / 3))


def test_only_wrong_numbers_can_be_surely_wrong():
    answers = [answer("12", confidence=0.99), answer("13", confidence=0.95), answer("", confidence=0.0)]
    found = field.summary.surely_wrong([case("12", one) for one in answers])
    assert (found["count"], found["n"]) == (1, 2)
    assert field.summary.surely_wrong([])["share"] is None


def test_kinds_of_pages_and_cases_have_pictures_in_both_halves(tmp_path):
    rows = [f"cases/{number}.png,7,made,case-corner\n" for number in range(30)]
    (tmp_path / "cases.csv").write_text("file,label,kind,collection\n" + "".join(rows))
    assert {picture.looked_at for picture in field.lists.read_lists(tmp_path).cases} == {True, False}


@pytest.fixture
def lists():
    paths = [Path(f"{place}.png") for place in range(6)]
    return {
        "singles": [
            case("7", answer("7"), path=paths[0]),
            case("8", answer(), answer("8"), path=paths[1], collection="b", kind="scan"),
        ],
        "letters": [case("k", answer(), path=paths[2])],
        "strings": [case("12/3", answer("123"), path=paths[3]), case("45", answer("4"), path=paths[4])],
        "pages": [case("1 2/3 4", answer("12", "4"), path=paths[5], collection="grids")],
        "cases": [],
    }


@pytest.fixture
def peer(lists):
    reads = [_read("", "7"), _read("3", "8"), _read("", "4"), _read("12", "123"), _read("45", "9"), _read("134", "8")]
    pictures = [one.picture.path for cases in lists.values() for one in cases]
    order = sorted(pictures, key=str)
    times = {"n": 1, "tenfold": 20.0, "whole": 300.0, "alone": 10.0}
    return beside.Peer(
        dict(zip(order, reads, strict=True)), dict.fromkeys(("singles", "pages"), times), {"size_bytes": 800}
    )


def test_in_each_row_the_better_way_of_rapidocr_counts(lists, peer):
    found = beside.figures(lists, peer, size_bytes=100)
    rows = {row["what"]: row for row in found["rows"]}
    assert {name: (row["tenfold"], row["rapidocr"], row["way"]) for name, row in rows.items()} == {
        "one digit, told so": (1, 1, "alone"),
        "one digit, told so: mean over collections": (1, 1, "alone"),
        "one digit, told so: canvas": (1, 1, "alone"),
        "one digit, told so: scan": (1, 1, "alone"),
        "one digit, unasked: exactly it": (0.5, 1, "alone"),
        "letters: some digit read": (0, 0, "whole"),
        "other numbers: exact": (0.5, 0.5, "whole"),
        "pages, grids: F1 of digits in order": (pytest.approx(6 / 7), pytest.approx(6 / 7), "whole"),
    }
    # A picture's mistakes count once, and a tie is not better.
    assert (found["mistakes"], found["mistakes_of_rapidocr"], found["rows_not_better"]) == (1, 1, 8)
    assert found["share_of_size"] == 1 / 8
    assert found["times_as_fast"] == {"whole": 15, "better": 0.5}
    assert found["times"]["pages"]["way"] == "whole"


def test_fewer_letters_read_are_better(lists, peer):
    peer.read[lists["letters"][0].picture.path].digits["whole"] = "1"
    rows = {row["what"]: row for row in beside.figures(lists, peer, 100)["rows"]}
    assert rows["letters: some digit read"]["better"]
    assert rows["letters: some digit read"]["mistakes_of_rapidocr"] == 1


def test_rapidocr_is_asked_about_a_picture_once_and_only_its_digits_are_kept(tmp_path, monkeypatch):
    asked = []

    def answers(environment, script, paths):
        for path in paths:
            asked.append(Path(path).name)
            sha256 = rapidocr.hashlib.sha256(Path(path).read_bytes()).hexdigest()
            yield {"sha256": sha256, "whole": "No. 1\n2,5 ٣²", "alone": "", "whole_ms": 9.0, "alone_ms": 1.0}
        yield {"versions": {}, "size_bytes": 1}

    monkeypatch.setattr(rapidocr, "ask_peer", answers)
    pictures = [tmp_path / name for name in ("a.png", "b.png", "c.png")]
    for picture, content in zip(pictures, (b"a", b"b", b"a"), strict=True):
        picture.write_bytes(content)
    kept = tmp_path / "answers.jsonl"
    first = rapidocr.recall(pictures[:1], kept)
    assert [read.digits for read in first] == [{"whole": "125", "alone": ""}]
    assert [read.digits for read in rapidocr.recall(pictures, kept)] == [first[0].digits] * 3
    assert asked == ["a.png", "b.png"]
    assert len([json.loads(line) for line in kept.read_text().splitlines()]) == 2


def test_a_peer_that_is_given_lines_answers_each_and_its_last_words_are_heard(tmp_path, monkeypatch):
    script = tmp_path / "peer.py"
    script.write_text("import sys\nfor line in sys.stdin: print(len(line.strip()))\n")
    monkeypatch.setattr(peers, "_command", lambda *_: [peers.sys.executable, str(script)])
    assert list(peers.ask_peer("any", "peer", ["abc", "", "de"])) == [3, 0, 2]
    script.write_text("raise SystemExit('no such model')")
    with pytest.raises(SystemExit, match="no such model"):
        list(peers.ask_peer("any", "peer", []))
