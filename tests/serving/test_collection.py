import io

import numpy as np
import pytest
from PIL import Image, PngImagePlugin
from tests.reading import drawings
from tests.serving.conftest import png

import tenfold
from tenfold.errors import TenfoldError
from tenfold.serving.collection import Collection


def test_a_correction_is_kept_once_and_the_last_label_counts(tmp_path, seven):
    collection = Collection(tmp_path / "new")
    assert collection.keep(seven, "1") == collection.keep(seven, "1")
    path = collection.keep(seven, "7")
    assert path.parent.name == "7"
    assert len(list(collection.folder.rglob("*.png"))) == 1


def test_nothing_but_pixels_is_kept(tmp_path):
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", "somebody")
    file = io.BytesIO()
    Image.fromarray(255 - drawings.digits()[3]).save(file, "PNG", pnginfo=notes)
    kept = Collection(tmp_path).keep(file.getvalue(), "3")
    assert b"somebody" not in kept.read_bytes()


@pytest.mark.parametrize("label", ["", "10", "../7", "not a digit", "７"])
def test_a_label_that_is_no_digit_is_refused(tmp_path, seven, label):
    with pytest.raises(TenfoldError, match="0 to 9"):
        Collection(tmp_path).keep(seven, label)
    assert list(tmp_path.iterdir()) == []


def test_one_turn_of_the_loop_serve_correct_train_serve(serving, tmp_path, bars_run):
    """What the model gets wrong is corrected on the page, learned from, and then right."""
    client = serving(model=str(bars_run.path), collect=str(tmp_path / "corrections"))
    picture = {digit: png(255 - drawings.digits()[digit]) for digit in range(10)}
    read = {digit: client.post("/v1/read?single", content=picture[digit]).json()["text"] for digit in picture}
    wrong = next(digit for digit in picture if read[digit] != str(digit))
    random = np.random.default_rng(0)
    for digit in 30 * (wrong, (wrong + 1) % 10):
        ink = drawings.scaled(drawings.digits()[digit], 0.8 + 0.4 * random.random())
        content = png(np.pad(255 - ink, random.integers(0, 20), constant_values=255))
        assert client.post(f"/v1/corrections?label={digit}", content=content).status_code == 200
    second = tenfold.train(
        "mlp-sgd",
        overrides={"data.name": str(tmp_path / "corrections"), "init.run": str(bars_run.path), "epochs": 30},
        out=tmp_path / "runs",
    )
    again = serving(model=str(second.path)).post("/v1/read?single", content=picture[wrong])
    assert again.json()["text"] == str(wrong)
