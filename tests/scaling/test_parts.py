"""A plan needs no cluster: what is refused is refused before one starts; what is damaged is read again."""

import io
import json

import numpy as np
import pytest
from PIL import Image

from tenfold import scaling
from tenfold.cli import main
from tenfold.errors import UsageError
from tenfold.reading import Classifier
from tenfold.scaling import part_files, plan_parts, read_in_parts, read_planned


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
