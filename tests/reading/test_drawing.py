"""Drawings of readings: boxes where the digits are, colours by what became of them, sizes that can be looked at."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageColor
from tests.reading.drawings import on_paper, scaled, written

from tenfold.errors import TenfoldError, UsageError
from tenfold.reading import Page, Reader, Rejected
from tenfold.reading.drawing import LEFT, LINE, TAKEN, Cell, draw_reading, share, sheet


@pytest.fixture(scope="module")
def reader():
    return Reader(threads=1)


def _where(drawing, colour):
    """Where a drawing has exactly a colour: bool [h, w]."""
    return (np.asarray(drawing) == ImageColor.getrgb(colour)).all(axis=2)


def _page_at(drawing):
    """Row and column of the page's upper left pixel: inside the thin line around it."""
    rows, columns = np.nonzero(_where(drawing, LINE))
    return rows[0] + 1, columns[0] + 1


@pytest.mark.parametrize("scale", [1.0, 4.0])
def test_a_digits_box_is_drawn_round_its_ink(scale, reader):
    page = np.pad(on_paper(written("7")), 220, constant_values=235)  # large enough to be shown as it is
    reading = reader.read(page)
    [digit] = reading.digits
    enlarged = replace(digit, box=tuple(int(value * scale) for value in digit.box))
    drawing = draw_reading(replace(reading, digits=(enlarged,)), Page(page, scale))
    top, left = _page_at(drawing)
    x, y, width, height = digit.box
    blue = _where(drawing, TAKEN)[top : top + page.shape[0], left : left + page.shape[1]]
    for row in (y - 3, y + height + 1):
        assert blue[row, x : x + width].all()
    for column in (x - 3, x + width + 1):
        assert blue[y : y + height, column].all()
    assert not blue[y - 1 : y + height, x - 1 : x + width].any()  # nothing on the ink itself


def test_what_was_left_is_drawn_in_another_colour_and_dashed(reader):
    page = np.pad(on_paper(written("7")), 220, constant_values=235)
    reading = reader.read(page)
    assert not _where(draw_reading(reading, page), LEFT).any()
    left = Rejected(reading.digits[0].box, "not a digit", 0.2, 0.2)
    drawing = draw_reading(replace(reading, digits=(), lines=(), rejected=(left,)), page)
    assert not _where(drawing, TAKEN).any()
    top, from_left = _page_at(drawing)
    x, y, width, _height = left.box
    line = _where(drawing, LEFT)[top + y + left.box[3] + 1, from_left + x : from_left + x + width]
    assert 0.4 < line.mean() < 0.9


@pytest.mark.parametrize(
    ("by", "sides"), [(0.15, (500, 1300)), (1, (500, 1300)), (20, (1600, 1900))], ids=["small", "middle", "large"]
)
def test_any_picture_is_drawn_at_a_size_to_look_at(by, sides, reader):
    page = on_paper(scaled(written("7"), by))
    drawing = draw_reading(reader.read(page), page)
    assert drawing.mode == "RGB"
    assert sides[0] <= max(drawing.size) <= sides[1]


@pytest.mark.parametrize("shape", [(1, 1), (2, 3000), (3000, 2), (28, 28)])
def test_any_shape_can_be_drawn(shape, reader):
    reading = reader.read(on_paper(written("7")))
    drawing = draw_reading(reading, np.zeros(shape, np.uint8))  # whatever its boxes say
    assert 480 <= drawing.width <= 1800
    assert drawing.height <= 1900


def test_every_view_is_below_the_page_enlarged(reader):
    page = on_paper(written("2 7"))
    reading = reader.read(page)
    drawing = np.asarray(draw_reading(reading, page).convert("L"))
    for view in reading.views:
        enlarged = np.kron(view, np.ones((3, 3), np.uint8))
        # The row of the view with most ink is found as it is.
        row = enlarged[3 * int(view.sum(axis=1).argmax())]
        windows = np.lib.stride_tricks.sliding_window_view(drawing, len(row), axis=1)
        assert (windows == row).all(axis=2).any()


def test_a_picture_is_opened_again_where_it_is_not_given(reader, tmp_path):
    pixels = on_paper(written("7"))
    path = tmp_path / "seven.png"
    Image.fromarray(pixels).save(path)
    reading = reader.read(path)
    assert draw_reading(reading) == draw_reading(reading, path) == draw_reading(reading, pixels)
    path.unlink()
    with pytest.raises(UsageError, match="give the picture"):
        draw_reading(reading)
    with pytest.raises(UsageError, match="give the picture"):
        draw_reading(reader.read(pixels))


def test_the_readings_own_page_is_drawn(reader, tmp_path):
    first, second = (Image.fromarray(on_paper(written(text))) for text in ("7", "2 5"))
    first.save(tmp_path / "two.tiff", save_all=True, append_images=[second])
    readings = list(reader.read_pages(tmp_path / "two.tiff"))
    assert draw_reading(readings[1]) == draw_reading(readings[1], Page(np.asarray(second), 1.0))
    assert draw_reading(readings[0]) != draw_reading(readings[1])
    with pytest.raises(TenfoldError, match="no page 3"):
        draw_reading(replace(readings[1], page=2))


@pytest.mark.parametrize("count", [0, 1, 30, 31, 1000])
def test_a_sheet_holds_as_many_views_as_fit_and_says_how_many_it_leaves_out(count):
    cells = [Cell(np.full((28, 28), 255, np.uint8), ("7", "0.999"))] * count
    drawn = sheet(cells, 600)
    white = int((np.asarray(drawn) == 255).all(axis=2).sum())
    side = 84 if count <= 30 else 56
    assert white == min(count, 400) * side**2


def test_a_name_that_is_too_long_stays_inside(reader):
    pixels = on_paper(written("7"))
    reading = reader.read(pixels, source=f"{Path('x' * 3000)}.png")
    assert draw_reading(reading, pixels).size == draw_reading(reader.read(pixels), pixels).size


@pytest.mark.parametrize(
    ("confidence", "shown"), [(0.0, "0.000"), (0.5004, "0.500"), (0.9986, "0.999"), (0.9999, "0.999"), (1, "1.000")]
)
def test_a_confidence_is_never_rounded_up_to_certainty(confidence, shown):
    assert share(confidence) == shown
