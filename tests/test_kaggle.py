"""`tenfold read test.csv --kaggle submission.csv`: what the digit recogniser takes, from what it gives."""

import json

import numpy as np
import pytest
from tests.prototypes import write_model

from tenfold.cli import main
from tenfold.data.synthetic.strokes import strokes
from tenfold.reading import Classifier

HEAD = ",".join(f"pixel{place}" for place in range(784))


@pytest.fixture(scope="module")
def images():
    return strokes(30, seed=4).images


def _table(path, images, head=HEAD, end="\n"):
    rows = [",".join(map(str, image.ravel())) for image in images]
    path.write_text(end.join([head, *rows] if head else rows) + end, encoding="utf-8", newline="")
    return path


@pytest.mark.parametrize("head", [HEAD, ""])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_submission_has_a_row_an_image_as_the_model_reads_it(images, tmp_path, capsys, head, end):
    table = _table(tmp_path / "test.csv", images, head, end)
    assert main(["read", str(table), "--kaggle", str(tmp_path / "submission.csv")]) == 0
    assert capsys.readouterr().out.startswith("30 images read in ")
    expected = Classifier().probabilities(images)[:, :10].argmax(axis=1)
    lines = (tmp_path / "submission.csv").read_text().splitlines()
    assert lines[0] == "ImageId,Label"
    assert lines[1:] == [f"{number},{digit}" for number, digit in enumerate(expected, 1)]


def test_json_says_what_was_written(images, tmp_path, capsys):
    table = _table(tmp_path / "test.csv", images)
    assert main(["read", str(table), "--kaggle", str(tmp_path / "out.csv"), "--json"]) == 0
    assert {"out": str(tmp_path / "out.csv"), "images": 30}.items() <= json.loads(capsys.readouterr().out).items()


def test_a_run_of_ones_own_reads_it_too(images, tmp_path):
    table = _table(tmp_path / "test.csv", images)
    weights = tmp_path / "mine.onnx"
    Classifier().save(weights)
    assert main(["read", str(table), "--kaggle", str(tmp_path / "out.csv"), "--model", str(weights)]) == 0
    assert len((tmp_path / "out.csv").read_text().splitlines()) == 31


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("label," + HEAD + "\n" + ",".join(["1"] * 785), "785 columns where 784 pixels were expected"),
        (HEAD + "\n" + ",".join(["1"] * 783 + ["x"]), "test.csv: "),
        (HEAD + "\n" + ",".join(["1"] * 783), "test.csv: "),
        (HEAD + "\n" + ",".join(["300"] * 784), "test.csv: "),
        (HEAD + "\n", "no images in it"),
        ("", "columns where 784 pixels were expected"),
    ],
)
def test_what_is_no_such_table_is_one_line_and_leaves_nothing(tmp_path, capsys, text, message):
    (tmp_path / "test.csv").write_text(text)
    assert main(["read", str(tmp_path / "test.csv"), "--kaggle", str(tmp_path / "out.csv")]) == 1
    error = capsys.readouterr().err
    assert message in error
    assert len(error.splitlines()) == 1
    assert not (tmp_path / "out.csv").exists()


def test_two_files_are_wrong_usage(tmp_path, capsys):
    assert main(["read", "a.csv", "b.csv", "--kaggle", str(tmp_path / "out.csv")]) == 2
    assert "--kaggle reads one file" in capsys.readouterr().err


def test_numbers_are_as_numpy_reads_them(tmp_path):
    from tenfold.data.tables import load_unlabelled_csv

    table = np.random.default_rng(0).integers(0, 256, (7, 784))
    path = _table(tmp_path / "test.csv", table)
    np.testing.assert_array_equal(load_unlabelled_csv(path).reshape(7, 784), table)


def test_a_model_of_other_things_than_digits_is_one_line(tmp_path, capsys):
    model = write_model(tmp_path / "clothes.onnx", ("shirt", "shoe", "bag"))
    (tmp_path / "test.csv").write_text(HEAD + "\n" + ",".join(["1"] * 784))
    command = ["read", str(tmp_path / "test.csv"), "--kaggle", str(tmp_path / "out.csv"), "--model", str(model)]
    assert main(command) == 2
    assert "a submission is of digits, and this model knows shirt, shoe, bag" in capsys.readouterr().err
    assert not (tmp_path / "out.csv").exists()


def test_numbers_apart_by_spaces_are_read_as_those_without(tmp_path):
    from tenfold.data.tables import load_unlabelled_csv

    table = np.random.default_rng(0).integers(0, 256, (3, 784))
    for name, comma in (("close.csv", ","), ("apart.csv", ", ")):
        (tmp_path / name).write_text("".join(comma.join(map(str, row)) + "\n" for row in table))
    np.testing.assert_array_equal(*(load_unlabelled_csv(tmp_path / name) for name in ("close.csv", "apart.csv")))
