import io

import numpy as np
import pytest
from PIL import Image

from tenfold.errors import TenfoldError
from tenfold.reading import open_page
from tenfold.reading.formats import MAX_PIXELS


def _file(image, form="PNG", **options):
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


@pytest.fixture
def grey():
    return np.random.default_rng(0).integers(0, 256, (20, 30), np.uint8)


def test_a_path_bytes_an_image_and_an_array_give_the_same_page(grey, tmp_path):
    image = Image.fromarray(grey)
    (tmp_path / "page.png").write_bytes(_file(image))
    for picture in (grey, image, _file(image), tmp_path / "page.png", str(tmp_path / "page.png")):
        assert np.array_equal(open_page(picture).pixels, grey)


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "CMYK", "P", "1", "LA", "I;16"])
def test_every_colour_mode_becomes_grey_of_its_size(mode, grey):
    binary = np.where(grey > 127, 255, 0).astype(np.uint8)
    image = Image.fromarray(binary.astype(np.uint16) * 257) if mode == "I;16" else Image.fromarray(binary).convert(mode)
    page = open_page(_file(image, "TIFF")).pixels
    assert page.shape == binary.shape
    assert np.abs(page.astype(int) - binary).max() <= 2


def test_transparency_is_laid_on_white(grey):
    rgba = np.dstack([np.zeros_like(grey)] * 3 + [np.where(grey > 127, 255, 0).astype(np.uint8)])
    page = open_page(_file(Image.fromarray(rgba))).pixels
    assert np.array_equal(page, np.where(grey > 127, 0, 255))


def test_exif_rotation_is_turned_upright(grey):
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held a quarter turn to the right
    page = open_page(_file(Image.fromarray(grey), "TIFF", exif=exif)).pixels
    assert np.array_equal(page, np.rot90(grey, -1))


@pytest.mark.parametrize(
    ("array", "value"),
    [
        (np.full((4, 4), 0.5), 128),
        (np.full((4, 4), 1.0, np.float32), 255),
        (np.full((4, 4), True), 255),
        (np.full((4, 4), 32768, np.uint16), 128),
        (np.full((4, 4), 200.0), 200),
        (np.full((4, 4, 3), 77, np.uint8), 77),
        (np.full((4, 4, 1), 77, np.uint8), 77),
    ],
)
def test_arrays_of_every_kind_of_pixel_are_pages(array, value):
    assert (open_page(array).pixels == value).all()


@pytest.mark.parametrize(
    ("picture", "message"),
    [
        (b"", "is empty"),
        (b"no picture", "not a picture in a known format"),
        (np.zeros((0, 5), np.uint8), "has no pixels"),
        (np.zeros((2, 2, 7), np.uint8), "is no picture"),
        (np.zeros(5, np.uint8), "is no picture"),
        (np.full((2, 2), np.nan), "NaN"),
        (np.full((2, 2), "x"), "no kind of pixel"),
        (np.zeros((2, 2), complex), "no kind of pixel"),
    ],
)
def test_what_is_no_picture_is_one_line(picture, message):
    with pytest.raises(TenfoldError, match=message) as caught:
        open_page(picture)
    assert "\n" not in str(caught.value)


def test_a_file_that_cannot_be_opened_is_named(tmp_path):
    with pytest.raises(TenfoldError, match=r"none\.png: cannot be opened: No such file"):
        open_page(tmp_path / "none.png")
    with pytest.raises(TenfoldError, match="is a folder"):
        open_page(tmp_path)


def test_a_truncated_picture_is_one_line(grey):
    content = _file(Image.fromarray(grey.repeat(10, 0)))
    with pytest.raises(TenfoldError, match="broken picture"):
        open_page(content[: len(content) // 2])


def test_a_decompression_bomb_is_refused_before_it_is_decoded():
    bomb = _file(Image.new("1", (20_000, MAX_PIXELS // 20_000 + 1)))
    assert len(bomb) < 100_000
    with pytest.raises(TenfoldError, match="megapixels"):
        open_page(bomb)
