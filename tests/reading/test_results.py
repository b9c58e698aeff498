import csv
import json
from dataclasses import replace

import numpy as np
import pytest

from tenfold import system
from tenfold.errors import TenfoldError, UsageError
from tenfold.reading import Reading
from tenfold.reading.outcome import Digit
from tenfold.reading.results import COLUMNS, ResultsFile
from tenfold.reading.sources import Failure


def _reading(source, page=0, *digits):
    return Reading(
        source=source,
        page=page,
        lines=tuple(map(str, digits)),
        digits=tuple(Digit(digit, str(digit), 0.9, (0, 0, 9, 9), line) for line, digit in enumerate(digits)),
        rejected=(),
        blank=not digits,
        polarity="dark-on-light",
        model="stub",
        views=np.zeros((0, 28, 28), np.uint8),
    )


ALL = [
    (_reading("a.png", 0, 1, 7),),
    (_reading("pages, of.tiff"), _reading("pages, of.tiff", 1, 3)),
    (_reading('line\nbreak"s.png'), Failure('line\nbreak"s.png', "page 2: broken")),
    (_reading('line\\nbreak"s.png'),),
    (_reading("\x1b[31mred\t\r\x85\u202e\\x1b\\.png"),),
    (_reading("not-utf-8-\udcff.png"),),
    (_reading("七.png"),),
]


@pytest.fixture(params=["out.jsonl", "out.CSV"])
def path(request, tmp_path):
    return tmp_path / request.param


ASKED = {"model_sha256": "0" * 64, "detector_sha256": None, "options": {}, "tenfold": "1.0"}


def _write(path, results, **options):
    with ResultsFile(path, question=ASKED, **options) as file:
        for one in results:
            file.write(one)


def test_a_csv_has_a_row_a_page(tmp_path):
    _write(tmp_path / "out.csv", ALL[:3])
    header, *rows = csv.reader((tmp_path / "out.csv").read_text(encoding="utf-8").splitlines())
    assert tuple(header) == COLUMNS
    assert rows == [
        ["a.png", "0", "1 / 7", "0.81", "false", "2", "0", "", ""],
        ["pages, of.tiff", "0", "", "0.0", "true", "0", "0", "", ""],
        ["pages, of.tiff", "1", "3", "0.9", "false", "1", "0", "", ""],
        ['line\\nbreak"s.png', "0", "", "0.0", "true", "0", "0", "", ""],
        ['line\\nbreak"s.png', "", "", "", "", "", "", "", "page 2: broken"],
    ]


def test_a_csv_holds_the_prediction_sets_that_were_asked_for(tmp_path):
    one, other = (replace(_reading("a", 0, d).digits[0], prediction_set=s) for d, s in ((4, ("4",)), (1, ("1", "7"))))
    _write(tmp_path / "out.csv", [(replace(_reading("a.png"), digits=(one, other)),)])
    [row] = csv.DictReader((tmp_path / "out.csv").read_text(encoding="utf-8").splitlines())
    assert row["prediction_sets"] == "4 1|7"


def test_json_lines_are_what_the_command_prints(tmp_path):
    _write(tmp_path / "out.jsonl", ALL)
    lines = (tmp_path / "out.jsonl").read_text(encoding="ascii").splitlines()
    assert [json.loads(line) for line in lines] == [result.to_json() for one in ALL for result in one]


def test_wherever_it_was_cut_it_goes_on_to_the_same_file(path):
    single = [one[:1] for one in ALL]
    _write(path, single)
    whole = path.read_bytes()
    for length in range(0, len(whole), 7):
        path.write_bytes(whole[:length])
        with ResultsFile(path, question=ASKED, resume=True) as file:
            for one in single:
                if one[0].source not in file:
                    file.write(one)
        assert path.read_bytes() == whole


def test_a_csv_shows_nothing_that_a_terminal_obeys(tmp_path):
    _write(tmp_path / "out.csv", ALL)
    content = (tmp_path / "out.csv").read_text(encoding="utf-8")
    assert all(line.isprintable() for line in content.split("\n"))
    assert r"\x1b[31mred\t\r\x85\u202e\\x1b\\.png" in content
    assert "not-utf-8-\\udcff.png" in content


def test_what_an_older_csv_holds_is_not_read_again(tmp_path):
    """It escaped the ends of lines only, and doubled no backslash."""
    names = {r"a\nb.png": "a\nb.png", r"c:\scans\7.png": r"c:\scans\7.png", "\x1bd.png": "\x1bd.png"}
    rows = [",".join(COLUMNS), *(f"{name},0,7,0.9,false,1,0,," for name in names)]
    (tmp_path / "out.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    with ResultsFile(tmp_path / "out.csv", question=ASKED, resume=True) as file:
        assert all(name in file for name in names.values())
        assert r"a\nb.png" not in file


def test_what_one_picture_gives_is_written_at_once(path):
    with ResultsFile(path, question=ASKED) as file:
        file.write(ALL[0])
        before = path.read_bytes()
        file.write(ALL[1])
        assert path.read_bytes().count(b"\n") == before.count(b"\n") + 2


def test_results_are_not_overwritten(path):
    _write(path, ALL[:1])
    with pytest.raises(UsageError, match="--resume"):
        ResultsFile(path, question=ASKED)
    assert path.stat().st_size > 0


def test_readings_of_another_model_or_other_options_are_never_mixed(path):
    _write(path, ALL[:1])
    before = path.read_bytes()
    changed = {"model_sha256": "1" * 64, "detector_sha256": "1" * 64, "options": {"single": True}, "tenfold": "2.0"}
    for other in ({key: value} for key, value in changed.items()):
        with pytest.raises(
            UsageError, match="was begun with another model or detector, other options or another tenfold"
        ):
            ResultsFile(path, question=ASKED | other, resume=True)
    assert path.read_bytes() == before
    _write(path, ALL[1:2], resume=True)
    assert path.read_bytes().startswith(before)
    assert path.stat().st_size > len(before)


@pytest.mark.parametrize(
    "content", ["precious", "precious\n", '{"a": 1}\n', '{"source": \n', "a,b\n1,2\n", "source,p\n"]
)
def test_the_file_of_another_program_is_left_alone(path, content):
    path.write_text(content)
    with pytest.raises(TenfoldError, match="is no result of tenfold read"):
        ResultsFile(path, question=ASKED, resume=True)
    assert path.read_text() == content


def test_lines_that_no_parser_takes_are_left_alone(tmp_path):
    """A return within a line ends a row of a table, and so deep a list no one unfolds."""
    for name, start, rest in (("a.csv", ",".join(COLUMNS) + "\n", "a,0\r7,1\n"), ("a.jsonl", "", "[" * 100_000 + "\n")):
        content = start + (rest if start else '{"source": ' + rest)
        (tmp_path / name).write_bytes(content.encode())
        with pytest.raises(TenfoldError, match="is no result of tenfold read"):
            ResultsFile(tmp_path / name, question=ASKED, resume=True)
        assert (tmp_path / name).read_bytes() == content.encode()


def test_another_kind_of_file_is_refused(tmp_path):
    with pytest.raises(UsageError, match=r"\.jsonl or \.csv"):
        ResultsFile(tmp_path / "out.xlsx", question=ASKED)


def test_where_the_system_has_no_locks_results_are_written_all_the_same(path, monkeypatch):
    monkeypatch.setattr(system, "fcntl", None)
    _write(path, ALL)
    assert len(path.read_bytes().splitlines()) >= len(ALL)


def test_a_file_that_another_process_writes_to_is_left_to_it(path):
    with (
        ResultsFile(path, question=ASKED),
        pytest.raises(TenfoldError, match="another process is writing results there"),
    ):
        ResultsFile(path, question=ASKED, resume=True)
