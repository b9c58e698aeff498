"""A plan needs no cluster: what is refused is refused before one starts; what is damaged is read again."""

import io
import json
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.page_networks import write_network

from tenfold import cluster as scaling
from tenfold.cli import main
from tenfold.cluster import part_files, plan_parts, read_in_parts, read_planned
from tenfold.errors import UsageError
from tenfold.reading import Classifier


class OneProcess:
    """What stands in for a cluster."""

    def map(self, function, tasks, **_):
        return map(function, tasks)


@pytest.fixture
def pictures(tmp_path):
    (tmp_path / "pictures").mkdir()
    for number in range(5):
        image = np.full((60, 60), 255, np.uint8)
        image[12:48, 24 + number : 28 + number] = 20
        Image.fromarray(image).save(tmp_path / "pictures" / f"{number}.png")
    return tmp_path / "pictures"


def _read(pictures, out, **options):
    return read_in_parts([str(pictures)], out, OneProcess(), **options)


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"garbage",
        lambda content: content[:-30],
        lambda content: b"".join(content.splitlines(keepends=True)[:-1]),
        lambda content: b"\xff" + content,
        lambda content: b"[]\n",
        lambda content: b"",
    ],
)
@pytest.mark.parametrize("format", ["jsonl", "parquet"])
def test_a_damaged_part_is_read_again(pictures, tmp_path, format, damage):
    if format == "parquet":
        pytest.importorskip("pyarrow")
    before = _read(pictures, tmp_path / "out", size=2, format=format)
    part = tmp_path / "out" / f"part-000000.{format}"
    whole = part.read_bytes()
    part.write_bytes(damage(whole))
    assert _read(pictures, tmp_path / "out", resume=True, format=format) == before
    assert part.read_bytes() == whole


def test_no_byte_of_a_parquet_parts_values_is_another_unnoticed():
    parquet = pytest.importorskip("pyarrow.parquet")
    rows = [{"source": f"{number}.png", "confidence": 0.9 + number / 100, "blank": False} for number in range(5)]
    whole = part_files.to_bytes(rows, "parquet")
    group = parquet.ParquetFile(io.BytesIO(whole)).metadata.row_group(0)
    column = group.column(next(one for one in range(99) if group.column(one).path_in_schema == "confidence"))
    table = parquet.read_table(io.BytesIO(whole))
    noticed = 0
    for place in range(column.dictionary_page_offset, column.dictionary_page_offset + column.total_compressed_size):
        content = whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]
        try:
            part_files.sources_in(content, "parquet")
        except ValueError:
            noticed += 1
        else:  # a note of the page that nobody reads
            assert parquet.read_table(io.BytesIO(content)) == table, place
    assert noticed > 40


def test_a_part_of_other_pictures_is_read_again(pictures, tmp_path):
    before = _read(pictures, tmp_path / "out", size=2)
    parts = tmp_path / "out"
    (parts / "part-000000.jsonl").write_bytes((parts / "part-000001.jsonl").read_bytes())
    assert _read(pictures, parts, resume=True) == before


def test_another_size_of_parts_is_refused(pictures, tmp_path):
    _read(pictures, tmp_path / "out", size=2)
    for other in (1, 3, 500):
        with pytest.raises(UsageError, match=f"--part-size {other}: .*out was begun in parts of 2: leave it out"):
            _read(pictures, tmp_path / "out", size=other, resume=True)
    assert len(_read(pictures, tmp_path / "out", size=2, resume=True)["parts"]) == 3


def test_a_model_that_was_adopted_lies_beside_the_parts_and_reads_them(pictures, tmp_path):
    plan = plan_parts([str(pictures)], tmp_path / "out", adopted=Classifier())
    assert plan.model == str(tmp_path / "out" / "model.onnx")
    assert read_planned(plan, OneProcess())["pictures"] == 5
    row = json.loads((tmp_path / "out" / "part-000000.jsonl").read_text().splitlines()[0])
    assert row["model"] == Classifier().card.name


def test_what_is_refused_is_refused_before_a_cluster_starts(pictures, tmp_path, monkeypatch, capsys):
    _read(pictures, tmp_path / "out")

    def connected(_address):
        pytest.fail("a cluster was asked for")

    monkeypatch.setattr(scaling, "connected", connected)
    assert main(["read", str(pictures), "--ray", "local", "--out", str(tmp_path / "out")]) == 2
    assert "--resume goes on with it" in capsys.readouterr().err


@pytest.mark.parametrize("option", [["--part-size", "5"], ["--part-format", "parquet"]])
def test_what_is_of_parts_asks_for_ray(pictures, tmp_path, capsys, option):
    assert main(["read", str(pictures), "--out", str(tmp_path / "digits.jsonl"), *option]) == 2
    assert f"{' '.join(option)} is of --ray, which reads into parts" in capsys.readouterr().err
    assert not (tmp_path / "digits.jsonl").exists()


@pytest.fixture
def here(monkeypatch):
    """This process in the cluster's stead."""

    @contextmanager
    def connected(_address):
        yield OneProcess()

    monkeypatch.setattr(scaling, "connected", connected)


def test_the_command_says_how_many_were_read_and_fails_where_one_was_not(pictures, tmp_path, here, capsys):
    command = ["read", str(pictures), "--ray", "local", "--part-size", "2", "--out"]
    assert main([*command, str(tmp_path / "all")]) == 0
    captured = capsys.readouterr()
    assert captured.out == f"5 pictures read into {tmp_path / 'all'}, 3 parts (0 failed)\n"
    assert captured.err.splitlines()[-1] == "5 pictures, 0 failed"
    (pictures / "4.png").write_bytes(b"no picture")
    assert main([*command, str(tmp_path / "some"), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["pictures"], told["readings"], told["failed"]) == (5, 5, 1)


def test_every_machine_reads_with_the_detector_that_was_named(pictures, tmp_path, here, monkeypatch, capsys):
    """By the whole name of its file, for a machine may stand elsewhere; and what was begun so goes on so."""
    write_network(tmp_path / "page.onnx", digit=3)
    monkeypatch.chdir(tmp_path)
    read = ["read", "pictures", "--ray", "local", "--out", "out", "--part-size", "2", "--detector"]
    assert main([*read, "page.onnx"]) == 0
    parts = plan_parts(["pictures"], Path("out"), detector="page.onnx", resume=True).parts
    assert {part.detector for part in parts} == {str(tmp_path / "page.onnx")}
    rows = [json.loads(line) for path in Path("out").glob("part-*") for line in path.read_text().splitlines()]
    assert len(rows) == 5
    assert {digit["digit"] for row in rows for digit in row["digits"]} == {3}
    assert main([*read[:-1], "--resume"]) == 2
    assert main([*read, "none.onnx", "--resume"]) == 1
    assert "none.onnx: no such page network" in capsys.readouterr().err.splitlines()[-1]


def test_a_picture_that_kills_whoever_reads_it_fails_alone(pictures, tmp_path):
    class Deadly(OneProcess):
        def map(self, function, tasks, on_death, **_):
            for task in tasks:
                dies = any("3.png" in source for source in task.sources)
                yield on_death(task, "killed by signal 9") if dies else function(task)

    told = read_in_parts([str(pictures)], tmp_path / "out", Deadly(), size=2)
    parts = sorted((tmp_path / "out").glob("part-*"))
    rows = [json.loads(line) for path in parts for line in path.read_text().splitlines()]
    assert [row["source"].rpartition("/")[2] for row in rows] == [f"{number}.png" for number in range(5)]
    assert [row["error"] for row in rows if "error" in row] == [
        "the process that read it died (killed by signal 9; was there not enough memory?)"
    ]
    assert "error" in rows[3]
    assert (told["pictures"], told["failed"]) == (5, 1)


@pytest.mark.parametrize(
    ("names", "size", "says"),
    [(["PICTURES"], 0, "--part-size 0: give 1 or more"), (["PICTURES", "-"], None, "standard input is one machine's")],
)
def test_a_plan_that_cannot_be_is_one_line_and_leaves_nothing(pictures, tmp_path, names, size, says):
    with pytest.raises(UsageError, match=says):
        plan_parts([str(pictures) if name == "PICTURES" else name for name in names], tmp_path / "out", size=size)
    assert not (tmp_path / "out").exists()


def test_parts_of_which_nobody_knows_the_plan_are_left_alone(pictures, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "part-000000.jsonl").write_text("somebody's")
    with pytest.raises(UsageError, match="holds parts without a plan: name another --out"):
        plan_parts([str(pictures)], tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["part-000000.jsonl"]


def test_what_was_begun_with_an_adopted_model_goes_on_with_the_same_bytes(pictures, tmp_path):
    first = plan_parts([str(pictures)], tmp_path / "out", adopted=Classifier())
    before = Path(first.model).stat().st_mtime_ns
    again = plan_parts([str(pictures)], tmp_path / "out", adopted=Classifier(), resume=True)
    assert again == first
    assert Path(again.model).stat().st_mtime_ns == before
