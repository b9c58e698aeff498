"""A .csv that a spreadsheet opens right: rows and columns, names that are letters and never formulas."""

import csv
import json

import numpy as np
import pytest
from PIL import Image
from tests.page_networks import Fixed, laid_out

import tenfold
from tenfold.cli import main
from tenfold.errors import TenfoldError, UsageError
from tenfold.reading import Failure, Reading, reader
from tenfold.reading.table_file import TableFile, write_table


def _reading(source, rows=(), page=0, **more):
    lines = tuple("".join(row) for row in rows)
    words = tuple(map(tuple, rows))
    views = np.zeros((0, 28, 28), np.uint8)
    return Reading(source, page, lines, (), (), not rows, "dark-on-light", "stub", views, words=words, **more)


TABLE = _reading("a.png", [["21", "5"]], table=(("21", "20.5"), ("", "7")))


def _rows(path):
    return list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))


def test_of_one_reading_there_are_its_rows_alone(tmp_path):
    assert write_table(TABLE, tmp_path / "out.CSV") == 2
    assert (tmp_path / "out.CSV").read_bytes() == b"21,20.5\n,7\n"
    assert write_table(_reading("a.png", [["21", "5"], ["7"]]), tmp_path / "out.CSV") == 2
    assert (tmp_path / "out.CSV").read_bytes() == b"21,5\n7,\n"


def test_of_several_each_row_says_its_source_and_page_and_all_are_as_wide(tmp_path):
    several = [TABLE, _reading("b.tiff", [["3"]]), Failure("c.png", "broken"), _reading("b.tiff", [["4", "5"]], page=1)]
    assert write_table([*several, _reading("blank.png")], tmp_path / "out.csv") == 4
    assert _rows(tmp_path / "out.csv") == [
        ["source", "page", "1", "2"],
        ["a.png", "0", "21", "20.5"],
        ["a.png", "0", "", "7"],
        ["b.tiff", "0", "3", ""],
        ["b.tiff", "1", "4", "5"],
    ]


@pytest.mark.parametrize(
    ("source", "cell"),
    [
        ("=1+1.png", "./=1+1.png"), ("@x", "./@x"), ("+1.png", "./+1.png"), ("-1.png", "./-1.png"), ("-", "-"),
        ("七.png", "七.png"), ("line\nbreak\udcff.png", "line\\nbreak\\udcff.png"), ('a "b", c', 'a "b", c'),
    ],
)  # fmt: skip
def test_a_name_is_text_on_one_line_and_no_formula(source, cell, tmp_path):
    write_table([_reading(source, [["7"]])], tmp_path / "out.csv")
    assert _rows(tmp_path / "out.csv")[1] == [cell, "0", "7"]
    # Excel takes a file without this mark for one of its country's alphabet.
    assert (tmp_path / "out.csv").read_bytes().startswith(b"\xef\xbb\xbf") == (not cell.isascii())


def test_what_cannot_be_written_is_one_line_and_leaves_what_was_there(tmp_path):
    with pytest.raises(UsageError, match=r"out\.xlsx: a table is written to a file whose name ends in \.csv"):
        TableFile(tmp_path / "out.xlsx")
    with pytest.raises(TenfoldError, match=r"cannot be written \(there is no folder"):
        TableFile(tmp_path / "none" / "out.csv")
    (tmp_path / "out.csv").write_text("before")
    with pytest.raises(TenfoldError, match="no picture could be read"):
        write_table([Failure("a.png", "broken")], tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text() == "before"
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(TenfoldError, match=r"folder\.csv: cannot be written"):
        write_table(TABLE, tmp_path / "folder.csv")
    assert {path.name for path in tmp_path.iterdir()} == {"folder.csv", "out.csv"}


@pytest.fixture
def page(tmp_path, monkeypatch):
    """A picture on which a table is found, whatever it shows."""
    found = Fixed(*laid_out(["21", "20.5"], ["", "7"], ["3", "4"]))
    monkeypatch.setattr(reader, "Detector", lambda *_: found)
    Image.fromarray(np.full((300, 500), 235, np.uint8)).save(tmp_path / "page.png")
    return str(tmp_path / "page.png")


def test_read_writes_the_table_beside_what_it_prints(page, make_model, tmp_path, capsys):
    model = str(make_model(np.zeros((784, 10)), np.zeros(10)))
    table, out = tmp_path / "table.csv", tmp_path / "out.jsonl"
    read = ["read", page, "--model", model]
    for more in (["--json"], []):
        assert main([*read, *more]) == 0
        plain = capsys.readouterr().out
        assert main([*read, *more, "--table", str(table)]) == 0
        assert capsys.readouterr() == (plain, f"3 rows written to {table}\n")
        assert table.read_bytes() == b"21,20.5\n,7\n3,4\n"
    assert main(["read", page, *read[1:], "--table", str(table), "--out", str(out)]) == 0
    assert [row[0] for row in _rows(table)] == ["source", *[page] * 6]
    assert [json.loads(line)["table"][0] for line in out.read_text().splitlines()] == [["21", "20.5"]] * 2
    assert tenfold.write_table(tenfold.read(page, model=model), table) == 3


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (["--table", "t.xlsx"], 2, "ends in .csv"),
        (["--table", "none/t.csv"], 1, "there is no folder none"),
        (["--table", "t.csv", "--out", "o.csv", "--resume"], 2, "what --out holds already is not read again"),
        (["--table", "t.csv", "--out", "t.csv"], 2, "--out names the same file"),
        (["--table", "t.csv", "--out", "parts", "--ray", "local"], 2, "takes no --table"),
    ],
)
def test_a_table_that_cannot_be_had_is_one_line_before_anything_is_read(
    page, tmp_path, monkeypatch, capsys, options, code, message
):
    monkeypatch.chdir(tmp_path)
    assert main(["read", page, *options]) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert message in captured.err
    assert len(captured.err.splitlines()) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["page.png"]
