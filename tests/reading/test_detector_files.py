"""Which page network reads: the same in every process, part of what results are kept for, and nothing else is one."""

import json

import numpy as np
import pytest
from PIL import Image
from tests.page_networks import write_glyphs, write_lines, write_network

import tenfold
from tenfold.cli import main
from tenfold.errors import TenfoldError
from tenfold.inference.classifier import SHIPPED
from tenfold.reading import Reader
from tenfold.reading.batch import read_many
from tenfold.reading.detector import Detector, detector_sha256
from tenfold.reading.results import asked


@pytest.fixture(scope="module")
def threes(tmp_path_factory):
    """The folder of a run that holds a page network which takes everything for a 3; the model `seven` does for a 7."""
    folder = tmp_path_factory.mktemp("run")
    write_network(folder / "page.onnx")
    return folder


@pytest.fixture
def pictures(tmp_path):
    page = np.full((60, 60), 240, np.uint8)
    page[10:50, 25:32] = 20
    for number in range(18):
        Image.fromarray(page).save(tmp_path / f"{number:02}.png")
    return tmp_path


def _digits(readings):
    return {digit.digit for reading in readings for digit in reading.digits}


def test_a_file_and_the_run_that_holds_it_read_alike(threes, pictures, seven):
    picture = pictures / "00.png"
    by_run, by_file = (tenfold.read(picture, model=seven, detector=one) for one in (threes, threes / "page.onnx"))
    assert by_run == by_file
    assert _digits([by_run, Reader(seven, 1, Detector(threes)).read(picture)]) == {3}


@pytest.mark.parametrize("workers", [1, 2])
def test_every_process_reads_with_the_detector_that_was_named(workers, threes, pictures, seven):
    readings = list(tenfold.read_many(pictures, model=seven, detector=str(threes), workers=workers))
    assert len(readings) == 18
    assert _digits(readings) == {3}


def test_the_command_takes_a_file_or_a_run(threes, pictures, seven, capsys):
    read = ["read", str(pictures / "00.png"), "--model", str(seven), "--json", "--detector"]
    for detector in (threes, threes / "page.onnx"):
        assert main([*read, str(detector)]) == 0
        assert {one["digit"] for one in json.loads(capsys.readouterr().out)["digits"]} == {3}
    assert main(["doctor", str(pictures / "00.png"), "--model", str(seven), "--json", "--detector", str(threes)]) == 0
    assert "3" in json.loads(capsys.readouterr().out)["text"]


def test_results_go_on_with_the_detector_that_they_were_begun_with(threes, pictures, seven, capsys):
    questions = [asked(seven, {}, detector) for detector in (threes, threes / "page.onnx", None)]
    assert questions[0] == questions[1]
    assert questions[2] == questions[0] | {"detector_sha256": detector_sha256(None)}
    out = pictures / "out.csv"
    read = ["read", str(pictures), "--model", str(seven), "--out", str(out)]
    assert main(read) in (0, 1)
    whole = out.read_bytes()
    assert main([*read, "--detector", str(threes), "--resume"]) == 2
    assert "begun with another model or detector" in capsys.readouterr().err
    assert main([*read, "--resume"]) == 0
    assert out.read_bytes() == whole


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (None, "no such page network (did you mean pages.onnx?): give a page.onnx, or the run"),
        (b"no ONNX", "not a page network ("),
        (SHIPPED.read_bytes(), "not a page network (tenfold.kind is missing in its metadata"),
        ({"kind": "digits"}, "tenfold.kind is digits in its metadata, not page detector"),
        ({"channels": 19}, "answers [n, 19, h4, w4]; a reader needs pages [n, 1, h, w], answers [n, 23, h/4, w/4]"),
        ({"answer": "logits"}, "logits [n, 23, h4, w4]; a reader needs"),
    ],
)
@pytest.mark.parametrize("command", [["read"], ["read", "--out", "out.jsonl"], ["doctor"]])
def test_what_is_no_page_network_is_one_line(command, made, message, pictures, monkeypatch, capsys):
    monkeypatch.chdir(pictures)
    (pictures / "pages.onnx").write_bytes(b"")
    if isinstance(made, bytes):
        write_network(pictures / "page.onnx")
        (pictures / "page.onnx").write_bytes(made)
    elif made:
        write_network(pictures / "page.onnx", **made)
    name, *options = command
    assert main([name, "00.png", *options, "--detector", "page.onnx"]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("tenfold: page.onnx: ")
    assert message in captured.err
    assert len(captured.err.splitlines()) == 1


@pytest.mark.parametrize("made", [{"stride": 8}, {"scale": np.inf}])
def test_a_network_that_gives_no_sense_is_one_line_a_picture(made, pictures, seven, tmp_path):
    path = write_network(tmp_path / "page.onnx", **made)
    [[failure]] = read_many([str(pictures / "00.png")], seven, detector=path)
    assert "not all of them finite, where [1, 23, " in failure.error


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (None, "no such file: a detector is page.onnx, glyph.onnx and line.onnx in one folder"),
        ({"kind": "digits"}, "not a glyph network (tenfold.kind is digits in its metadata, not glyph network)"),
        ({"glyphs": 10}, " 10] numbers, not all of them finite, where ["),
        ({"bias": np.nan}, " 11] numbers, not all of them finite, where ["),
    ],
)
def test_what_is_no_glyph_network_is_one_line(made, message, pictures, seven):
    path = write_network(pictures / "page.onnx")
    (pictures / "glyph.onnx").unlink()
    if made:
        write_glyphs(pictures / "glyph.onnx", **made)
    with pytest.raises(TenfoldError) as caught:
        tenfold.read(pictures / "00.png", model=seven, detector=path)
    assert str(caught.value).startswith(f"{pictures / 'glyph.onnx'}: ")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (None, "no such file: a detector is page.onnx, glyph.onnx and line.onnx in one folder"),
        ({"kind": "digits"}, "not a line network (tenfold.kind is digits in its metadata, not line network)"),
        ({"cell": 8}, " numbers, not all of them finite, where [1, 11, "),
        ({"bias": np.nan}, " numbers, not all of them finite, where [1, 11, "),
    ],
)
def test_what_is_no_line_network_is_one_line(made, message, seven, tmp_path):
    path = write_network(tmp_path / "page.onnx")
    (tmp_path / "line.onnx").unlink()
    if made:
        write_lines(tmp_path / "line.onnx", **made)
    line = np.full((80, 140), 240, np.uint8)
    for x in (30, 70):
        line[30:54, x : x + 24] = 80
        line[38:46, x + 8 : x + 16] = 10  # darkest in its middle: there is one peak
    with pytest.raises(TenfoldError) as caught:
        tenfold.read(line, model=seven, detector=path)
    assert str(caught.value).startswith(f"{tmp_path / 'line.onnx'}: ")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_results_are_kept_for_all_networks(threes, seven, tmp_path):
    path = write_network(tmp_path / "page.onnx")
    assert asked(seven, {}, path) == asked(seven, {}, threes)
    write_glyphs(tmp_path / "glyph.onnx", digit=4)
    assert asked(seven, {}, path) != asked(seven, {}, threes)
    write_network(tmp_path / "page.onnx")
    write_lines(tmp_path / "line.onnx", digit=4)
    assert asked(seven, {}, path) != asked(seven, {}, threes)


def test_a_run_without_a_page_network_is_one_line(pictures, seven):
    with pytest.raises(TenfoldError, match="no such page network"):
        Reader(seven, 1, seven.parent)
