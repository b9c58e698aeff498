import io
import json
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import onnx
import pytest
from PIL import Image

import tenfold
from tenfold.cli import main
from tenfold.errors import TenfoldError, UsageError
from tenfold.explanation import explain, neighbours
from tenfold.explanation.contrast import contrast
from tenfold.explanation.maps import FOR, RIVAL, coloured, difference, on
from tenfold.explanation.piece import choose_piece
from tenfold.inference.classifier import NOT_A_DIGIT, Classifier
from tenfold.inference.graph import OnnxGraph
from tenfold.reading import Reader, Reading, Rejected


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """Where the index of neighbours is kept: it takes seconds to make, and is the same for all of these tests."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def cache(kept, monkeypatch):
    monkeypatch.setattr(neighbours, "cache_folder", lambda: kept)


@pytest.mark.parametrize("shape", [[-1, 784], [1, 784]])
def test_a_model_that_another_tool_made_is_explained_as_its_like_of_our_own(run, picture, digits, shape, tmp_path):
    path = _as_another_tool_makes_it(run.onnx, shape, tmp_path / "foreign.onnx")
    ours, theirs = explain(picture, model=run), explain(picture, model=path)
    assert theirs.contrast.names == ours.contrast.names
    np.testing.assert_allclose(theirs.occlusion.erased, ours.occlusion.erased, atol=1e-3)
    if shape[0] == -1:  # into what is called for each image nobody looks
        near = neighbours.find_neighbours(
            OnnxGraph(Classifier(path)), digits.images[0], Path(run.recipe["data"]["name"])
        )
        assert near.space == "features"


def _as_another_tool_makes_it(model, shape, path):
    """The same model, whose input has other sizes, another name, and levels from 0 to 255."""
    proto = onnx.load(model)
    del proto.metadata_props[:], proto.graph.output[1:]
    wanted = proto.graph.input[0].name
    constants = {"scale": np.float32(1 / 255), "view": np.array([shape[0], 1, 28, 28])}
    proto.graph.initializer.extend(onnx.numpy_helper.from_array(np.array(v), name) for name, v in constants.items())
    make = onnx.helper.make_node
    proto.graph.node.insert(0, make("Reshape", ["scaled", "view"], [wanted]))
    proto.graph.node.insert(0, make("Mul", ["x", "scale"], ["scaled"]))
    sizes = ["n" if size == -1 else size for size in shape]
    proto.graph.input[0].CopyFrom(onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, sizes))
    onnx.save(proto, path)
    return path


@pytest.fixture
def number(digits):
    """A page with three digits side by side, dark on light."""
    page = np.full((60, 170), 255, np.uint8)
    for place, view in enumerate(digits.images[[0, 1, 2]]):
        page[16:44, 20 + 50 * place : 48 + 50 * place] = 255 - view
    return page


@pytest.fixture
def picture(digits, tmp_path):
    """A picture file of one digit, and the digit."""
    row = int(np.flatnonzero(digits.labels == 4)[0])
    page = np.pad(255 - digits.images[row], 20, constant_values=255)
    Image.fromarray(page).resize((272, 272)).save(tmp_path / "four.png")
    return tmp_path / "four.png"


def test_of_several_digits_the_least_sure_is_explained_or_the_one_asked_for(number):
    reader = Reader()
    reading = reader.read(number)
    least = int(np.argmin([digit.confidence for digit in reading.digits]))
    found = choose_piece(reader, number)
    assert (found.number, found.of) == (least + 1, 3)
    np.testing.assert_array_equal(found.view, reading.views[least])
    assert choose_piece(reader, number, 2).box == reading.digits[1].box
    with pytest.raises(UsageError, match="holds digits 1 to 3: there is no digit 4 in it"):
        choose_piece(reader, number, 4)


def test_ink_that_was_left_out_is_explained_as_such():
    left = tuple(Rejected((0, 0, side, side), "unsure", 0.4, 0.6) for side in (5, 9, 7))
    views = np.arange(3, dtype=np.uint8)[:, None, None].repeat(28, 1).repeat(28, 2)
    reading = Reading("a.png", 0, (), (), left, False, "dark-on-light", "m", views)
    found = choose_piece(SimpleNamespace(read=lambda *_, **__: reading), "a.png")
    assert (found.number, found.box, found.reason) == (None, (0, 0, 9, 9), "left out: unsure")
    assert (found.view == 1).all()


def test_a_blank_picture_has_nothing_to_explain():
    with pytest.raises(TenfoldError, match="no ink"):
        explain(np.full((50, 50), 255, np.uint8))


def test_not_a_digit_is_no_runner_up_unless_it_is_asked_for(digits):
    shipped = Classifier()
    for view in digits.images[:20]:
        assert NOT_A_DIGIT not in contrast(shipped, view).names[1]
    assert contrast(shipped, digits.images[0], NOT_A_DIGIT).names[1] == NOT_A_DIGIT
    with pytest.raises(UsageError, match="the model knows 0, 1"):
        contrast(shipped, digits.images[0], "x")


def test_explain_answers_as_the_reader_does_and_says_why(picture, run, tmp_path):
    found = tenfold.explain(picture, model=run.path, gradients=True, layers=True, out=tmp_path / "out")
    view = Reader(run.path).read(picture).views[0]
    logits = Classifier(run.onnx).logits(view[None])[0]
    assert found.answer == str(logits.argmax())
    assert found.rival == str(np.argsort(-logits)[1])
    assert found.contrast.margin == pytest.approx(np.sort(logits)[-1] - np.sort(logits)[-2], abs=1e-5)
    assert found.new_answer != found.answer
    assert [path.name for path in found.files] == ["index.html", "explanation.png", "layers.png"]
    assert found.notes == ()
    record = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert np.array(record["occlusion"]["erased"]).shape == (28, 28)
    assert len(record["layers"]["layers"]) == 4


def test_the_page_asks_nothing_of_the_network_and_is_small(picture, run, tmp_path):
    found = explain(picture, model=run.path, layers=True, out=tmp_path / "out")
    text = found.files[0].read_text()
    assert not re.findall(r'(?:src|href)="(?!data:)|https?://|<script', text)
    assert len(text) < 300_000
    assert explain(picture, model=run.path, layers=True, out=tmp_path / "again").files[0].read_text() == text


def test_names_from_files_are_escaped(picture, run, tmp_path):
    evil = picture.rename(tmp_path / "<b>four.png")
    text = explain(evil, model=run.path, out=tmp_path / "out").files[0].read_text()
    assert "<b>four" not in text
    assert "&lt;b&gt;four" in text


def test_what_nobody_asked_for_is_left_out_with_a_note(picture, run, tmp_path, monkeypatch):
    monkeypatch.setenv("TENFOLD_DATA", str(tmp_path))
    monkeypatch.setattr("tenfold.data.inventory.cache_folder", lambda: tmp_path / "none")
    found = explain(picture)
    assert found.neighbours is None
    assert found.notes == ("no neighbours: mnist is not here: tenfold data fetch mnist",)


def test_what_was_asked_for_and_cannot_be_had_is_an_error(picture, run, monkeypatch):
    with pytest.raises(TenfoldError, match="gradients need a run's weights"):
        explain(picture, gradients=True)
    monkeypatch.delitem(sys.modules, "tenfold.explanation.gradients", raising=False)
    monkeypatch.setitem(sys.modules, "captum.attr", None)
    with pytest.raises(TenfoldError, match=r"needs the 'explain' extra: pip install 'tenfold\[explain\]'"):
        explain(picture, model=run.path, gradients=True)


@pytest.mark.parametrize("arguments", [["four.png"], ["RUN", "four.png", "--against", "7"]])
def test_the_command_says_it_in_a_few_lines(arguments, picture, run, monkeypatch, capsys):
    monkeypatch.chdir(picture.parent)
    assert main(["explain", *(str(run.path) if one == "RUN" else one for one in arguments)]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert re.match(r"four.png: \d \([\d.]+.%\), not \d", printed[0])
    assert len(printed) <= 9
    assert printed[-1] == "page: explain/four/index.html"
    assert (picture.parent / "explain" / "four" / "explanation.png").is_file()


def test_the_command_takes_standard_input_and_refuses_a_mistyped_option(picture, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(picture.read_bytes())))
    assert main(["explain", "-", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["files"][0] == "explain/picture/index.html"
    assert main(["explain", str(picture), "--layer"]) == 2
    assert "--layer" in capsys.readouterr().err


def test_the_command_prints_json_and_fails_in_one_line(picture, run, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["explain", str(picture), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["answer"] in "0123456789"
    assert main(["explain", str(tmp_path / "none.png")]) == 1
    assert main(["explain", str(picture), "--against", "x"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 2


def test_explaining_without_gradients_loads_neither_torch_nor_matplotlib(picture, run, tmp_path):
    arguments = f"{str(picture)!r}, model={str(run.path)!r}, out={str(tmp_path / 'out')!r}, layers=True"
    script = f"import sys, tenfold; tenfold.explain({arguments}); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert {"torch", "matplotlib", "onnx", "sklearn"}.isdisjoint(loaded)


def test_colours_say_which_side_and_how_strongly():
    values = np.array([[1.0, -1.0, 0.0, 0.5]])
    found = coloured(values)
    assert tuple(found[0, 0]) == (*FOR, 255)
    assert tuple(found[0, 1]) == (*RIVAL, 255)
    assert found[0, 2, 3] == 0
    assert 0 < found[0, 3, 3] < 255


def test_a_difference_shows_what_was_added_and_what_is_gone():
    before, after = np.zeros((28, 28), np.uint8), np.zeros((28, 28), np.uint8)
    before[5, 5], after[6, 6] = 255, 255
    shown = on((255, 255, 255), difference(before, after))
    assert tuple(shown[6, 6]) == RIVAL
    assert tuple(shown[0, 0]) == (255, 255, 255)
    assert shown[5, 5].min() > shown[6, 6].min()  # fainter
