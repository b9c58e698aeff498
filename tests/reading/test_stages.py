"""The stages of a page read as one symbol, drawn; and folders of drawings, in which none takes another's place."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageColor
from tests.reading.drawings import on_paper, written

from tenfold.errors import TenfoldError
from tenfold.reading import Page, Reader, Rejected
from tenfold.reading.drawing import LEFT, TAKEN, draw_reading
from tenfold.reading.gallery import Gallery, StagesGallery
from tenfold.reading.stages import draw_stages, explain_stages
from tenfold.reading.stages_symbol import SYMBOL_STAGES
from tenfold.reading.trace import retrace


@pytest.fixture(scope="module")
def reader(matcher):
    return Reader(matcher, threads=1)


@pytest.fixture
def page():
    return Page(on_paper(written("7")), 1.0)


def _ruled():
    pixels = on_paper(written("7", margin=80))
    pixels[20::50] = np.minimum(pixels[20::50], 150)
    return Page(pixels, 1.0)


def _has(drawing, colour):
    return bool((np.asarray(drawing) == ImageColor.getrgb(colour)).all(axis=2).any())


def test_ink_without_rules_is_used_where_the_reading_was_made_of_it(reader):
    page = _ruled()
    reading = reader.read(page.pixels, single=True)
    trace = retrace(page, reading)
    assert trace.bare is not None
    assert trace.used is trace.bare


def test_every_stage_is_drawn(reader, page):
    reading = reader.read(page.pixels, single=True)
    drawings = draw_stages(retrace(page, reading))
    assert set(drawings) == set(SYMBOL_STAGES) - {"3-rules.png"}
    assert (np.asarray(drawings["1-page.png"].convert("L")) == page.pixels).all()
    assert _has(drawings["4-view.png"], TAKEN)
    assert not _has(drawings["4-view.png"], LEFT)
    assert drawings["5-reading.png"] == draw_reading(reading, page)
    refused = Rejected(reading.digits[0].box, "unsure", 0.4, 0.6)
    left = draw_stages(retrace(page, replace(reading, digits=(), lines=(), rejected=(refused,))))
    assert _has(left["4-view.png"], LEFT)
    assert not _has(left["4-view.png"], TAKEN)


def test_rules_are_drawn_where_there_are_some(reader):
    page = _ruled()
    trace = retrace(page, reader.read(page.pixels, single=True))
    rules = np.asarray(draw_stages(trace)["3-rules.png"]).astype(int)
    assert (rules[..., 0] > rules[..., 2] + 50).sum() > page.pixels.shape[1]  # orange
    assert "taken away" in explain_stages(trace)


@pytest.mark.parametrize("pixels", [np.full((50, 50), 255, np.uint8), np.zeros((1, 1), np.uint8)])
def test_a_blank_page_has_stages_too(pixels, reader):
    page = Page(pixels, 1.0)
    trace = retrace(page, reader.read(pixels, single=True))
    assert set(draw_stages(trace)) == set(SYMBOL_STAGES) - {"3-rules.png"}
    assert "blank" in explain_stages(trace)


def test_every_stage_is_explained(reader, page):
    text = explain_stages(retrace(page, reader.read(page.pixels, single=True, source="x.png")))
    assert all(name in text for name in SYMBOL_STAGES)
    assert "x.png" in text
    assert "it may be 7" in text


def _add(gallery, reader, page, source):
    return gallery(reader, page, reader.read(page.pixels, single=True, source=source))


def test_no_drawing_takes_anothers_place(reader, page, tmp_path):
    gallery = Gallery(tmp_path / "new" / "out")
    sources = ["a/1.jpg", "b/1.jpg", "c/1.jpg", "a/1.png", "a/2.png", "-"]
    paths = [_add(gallery, reader, page, source) for source in sources]
    assert [path.name for path in paths] == ["1.png", "1.jpg.png", "1.jpg.2.png", "1.png.png", "2.png", "stdin.png"]
    # The same pictures again, even alone, get the same drawings.
    assert [_add(Gallery(gallery.folder), reader, page, source) for source in reversed(sources)] == paths[::-1]
    assert len(list(gallery.folder.iterdir())) == len(sources)


def test_a_file_that_is_no_drawing_is_left_alone(reader, page, tmp_path):
    for name, content in (("1.png", b"mine"), ("1.jpg.png", b"")):
        (tmp_path / name).write_bytes(content)
    Image.new("L", (9, 9)).save(tmp_path / "1.jpg.2.png")
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    assert _add(Gallery(tmp_path), reader, page, "1.jpg").name == "1.jpg.3.png"
    assert all(path.read_bytes() == content for path, content in before.items())


def test_a_second_page_has_a_drawing_of_its_own(reader, page, tmp_path):
    second = Page(page.pixels, 1.0, 1)
    reading = reader.read(page.pixels, single=True, source="scan.tiff")
    paths = [Gallery(tmp_path)(reader, one, reading.__class__(**{**vars(reading), "page": one.number}))
             for one in (page, second)]  # fmt: skip
    assert [path.name for path in paths] == ["scan.png", "scan-2.png"]


def test_stages_have_a_folder_a_picture_and_old_ones_go(reader, page, tmp_path):
    gallery = StagesGallery(tmp_path)
    first = _add(gallery, reader, _ruled(), "a/1.png")
    assert {path.name for path in first.iterdir()} == {*SYMBOL_STAGES, "stages.txt"}
    assert _add(gallery, reader, page, "b/1.png").name == "1.png"
    assert _add(gallery, reader, page, "a/1.png") == first
    assert "3-rules.png" not in {path.name for path in first.iterdir()}


def test_a_folder_that_cannot_be_is_one_line(reader, page, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(TenfoldError, match="cannot be made a folder"):
        Gallery(tmp_path / "file")
    with pytest.raises(TenfoldError, match="cannot be made a folder"):
        StagesGallery(tmp_path / "file" / "below")


def test_a_drawing_that_cannot_be_written_is_one_line(reader, page, tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Image.Image, "save", full)
    with pytest.raises(TenfoldError, match="No space left"):
        _add(Gallery(tmp_path), reader, page, "1.png")
