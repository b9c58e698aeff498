import io
from dataclasses import FrozenInstanceError

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from tenfold.errors import TenfoldError
from tenfold.reading import open_page, open_pages, page


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
        page = open_page(picture)
        assert np.array_equal(page.pixels, grey)
        assert (page.scale, page.number) == (1.0, 0)


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "CMYK", "P", "1", "LA", "I;16", "PA", "YCbCr", "I", "F"])
def test_a_grey_picture_of_every_mode_comes_back_grey(mode, grey):
    binary = np.where(grey > 127, 255, 0).astype(np.uint8)
    image = Image.fromarray(binary)
    if mode == "I;16":
        image = Image.fromarray(binary.astype(np.uint16) * 257)
    elif mode == "PA":
        image = image.convert("RGBA").convert("PA")
    else:
        image = image.convert(mode)
    page = open_page(image if mode in ("PA", "YCbCr") else _file(image, "TIFF"))
    assert page.pixels.shape == binary.shape
    assert np.abs(page.pixels.astype(int) - binary).max() <= 2


@pytest.mark.parametrize("channel", [0, 1, 2])
def test_one_coloured_pixel_makes_a_coloured_picture(channel):
    pixels = np.full((40, 40, 3), 255, np.uint8)
    pixels[17, 23, channel] = 20
    assert np.array_equal(open_page(pixels).pixels, pixels)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "CMYK", "P"])
def test_colour_is_kept(mode):
    pixels = np.full((40, 40, 3), 255, np.uint8)
    pixels[17, 23] = (20, 20, 230)
    image = Image.fromarray(pixels)
    image = image.quantize(2) if mode == "P" else image.convert(mode)
    page = open_page(_file(image, "TIFF"))
    assert np.abs(page.pixels.astype(int) - pixels).max() <= 8
    assert page.grey.shape == (40, 40)
    assert page.grey[17, 23] < 70


@pytest.mark.parametrize("ink", [(0, 0, 0), (0, 0, 255), (120, 120, 120), (200, 200, 60), (255, 255, 255)])
def test_ink_on_a_transparent_canvas_never_vanishes(ink):
    canvas = np.zeros((50, 50, 4), np.uint8)
    canvas[10:40, 20:30, :3] = ink
    canvas[10:40, 20:30, 3] = 255
    canvas[10:40, (19, 30), :] = (*(part // 2 for part in ink), 128)  # soft edges, as a careless program mixes them
    page = open_page(_file(Image.fromarray(canvas))).grey.astype(int)
    assert abs(page[20, 25] - page[0, 0]) >= 100


def test_an_opaque_sheet_with_transparent_corners_lies_on_white():
    sheet = np.full((50, 50, 4), 255, np.uint8)
    sheet[20:30, 20:30, :3] = 30
    sheet[:5, :5, 3] = 0
    assert open_page(sheet).grey[0, 0] == 255


def test_transparency_that_is_the_same_everywhere_hides_nothing(grey):
    assert np.array_equal(open_page(np.dstack([grey] * 3 + [np.zeros_like(grey)])).pixels, grey)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_rotation_is_turned_upright(form, orientation):
    upright = np.full((32, 48), 255, np.uint8)
    upright[8:16, 8:16] = 0  # top left
    # How the camera's sensor lies in the picture, as the EXIF standard numbers it.
    stored = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.T,
        6: np.rot90(upright, 1),
        7: np.rot90(upright, 2).T,
        8: np.rot90(upright, -1),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    page = open_page(_file(Image.fromarray(np.ascontiguousarray(stored)).convert("RGB"), form, exif=exif))
    assert page.grey.shape == upright.shape
    assert np.abs(page.grey.astype(int) - upright).mean() < 5


@pytest.mark.parametrize(
    ("form", "size", "scale", "shape"),
    [
        ("JPEG", (4000, 3000), 2, (1500, 2000)),
        ("JPEG", (4001, 2999), 2, (1500, 2001)),
        ("PNG", (4001, 2999), 2, (1500, 2001)),
        ("JPEG", (6000, 4000), 3, (1334, 2000)),
        ("PNG", (2000, 2000), 1, (2000, 2000)),
        ("PNG", (1, 64_000), 2, (32_000, 1)),
    ],
)
def test_a_large_picture_is_read_at_a_reduced_size(form, size, scale, shape):
    image = Image.new("L", size, 255)
    image.paste(0, (0, 0, size[0] // 2, size[1]))
    page = open_page(_file(image, form))
    assert page.scale == scale
    assert page.pixels.shape == shape
    assert page.pixels[5, : shape[1] // 2 - 1].max(initial=0) <= 5
    assert page.pixels[5, shape[1] // 2 + 1 :].min(initial=255) >= 250


def test_the_callers_image_is_left_as_it_was():
    with Image.open(io.BytesIO(_file(Image.new("RGB", (3000, 2000)), "JPEG"))) as image:
        open_page(image)
        assert image.size == (3000, 2000)


def test_every_page_of_a_file_is_read_when_it_is_asked_for(grey):
    pages = [Image.fromarray(grey), Image.fromarray(grey[::-1].copy()), Image.fromarray(grey.T.copy()).convert("1")]
    content = _file(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    found = list(open_pages(content))
    assert [page.number for page in found] == [0, 1, 2]
    assert np.array_equal(found[0].pixels, grey)
    assert np.array_equal(found[1].pixels, grey[::-1])
    assert found[2].pixels.shape == grey.T.shape


def test_the_pages_before_a_broken_one_are_read(grey):
    page = Image.fromarray(grey)
    content = _file(page, "TIFF", save_all=True, append_images=[page])
    pages = open_pages(content[:-20])
    assert np.array_equal(next(pages).pixels, grey)
    with pytest.raises(TenfoldError, match=r"^picture: page 2: broken picture"):
        next(pages)


@pytest.mark.parametrize("content", [b"", b"no picture"])
def test_an_unreadable_file_is_named(content, tmp_path):
    (tmp_path / "a: b.png").write_bytes(content)
    with pytest.raises(TenfoldError, match=r"a: b\.png: (is empty|not a picture)") as caught:
        open_page(tmp_path / "a: b.png")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("picture", "message"),
    [
        (np.zeros((0, 5), np.uint8), "has no pixels"),
        (np.zeros((2, 2, 7), np.uint8), "is no picture"),
        (np.zeros(5, np.uint8), "is no picture"),
        (np.full((2, 2), np.nan), "NaN"),
        (np.full((2, 2), "x"), "no kind of pixel"),
        (np.broadcast_to(np.uint16(0), (10**6, 10**6)), "megapixels"),
        (np.broadcast_to(np.uint8(0), (10**6, 101)), "101×1000000 is more than 100 megapixels"),
        (np.broadcast_to(np.uint8(0), (101, 10**6)), "1000000×101 is more than 100 megapixels"),
        (Image.new("L", (0, 5)), "has no pixels"),
        (io.BytesIO(b"P5"), "BytesIO is no picture: give a path, a file's bytes"),
        ([[0, 255]], "list is no picture"),
        (None, "NoneType is no picture"),
    ],
)
def test_what_is_no_picture_is_one_line(picture, message):
    with pytest.raises(TenfoldError, match=message) as caught:
        open_page(picture)
    assert "\n" not in str(caught.value)


def _is_page_or_one_line(picture):
    said = "one line"
    try:
        for page in open_pages(picture):
            assert page.pixels.dtype == np.uint8
            assert page.pixels.ndim == 2 or page.pixels.shape[2:] == (3,)
            assert page.grey.size > 0
            assert page.scale >= 1
    except TenfoldError as error:
        said = str(error)
    assert len(said.splitlines()) == 1


_SMALL = Image.new("RGB", (9, 7), (200, 30, 30))
_FILES = [_file(_SMALL, form) for form in ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF", "PPM", "PDF")]


@settings(max_examples=150)
@given(
    st.sampled_from(_FILES),
    st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=4),
    st.integers(0, 2000),
)
def test_damaged_files_are_a_page_or_one_line(content, changes, length):
    damaged = bytearray(content)
    for place, value in changes:
        damaged[place % len(damaged)] = value
    _is_page_or_one_line(bytes(damaged[: max(length, 1)]))


@settings(max_examples=50)
@given(st.sampled_from([b"", b"%PDF-", b"\x89PNG\r\n\x1a\n", b"II*\0", b"\0\0\0\x18ftypheic"]), st.binary(max_size=200))
def test_any_bytes_are_a_page_or_one_line(start, rest):
    _is_page_or_one_line(start + rest)


_KINDS = st.one_of(
    arrays.boolean_dtypes(), arrays.integer_dtypes(), arrays.unsigned_integer_dtypes(), arrays.floating_dtypes(),
    arrays.complex_number_dtypes(), arrays.datetime64_dtypes(), arrays.unicode_string_dtypes(),
)  # fmt: skip


@settings(max_examples=150)
@given(arrays.arrays(_KINDS, arrays.array_shapes(min_dims=1, max_dims=4, min_side=0, max_side=5)))
def test_any_array_is_a_page_or_one_line(array):
    _is_page_or_one_line(array)


def test_a_picture_that_the_memory_cannot_hold_is_one_line(grey, monkeypatch):
    def none(*_):
        raise MemoryError

    monkeypatch.setattr(page, "_as_page", none)
    with pytest.raises(TenfoldError, match=r"^picture: not enough memory$"):
        open_page(grey)


def _canvas(*strokes):
    """A transparent canvas of 100 by 100 with opaque pixels: how many, their level, their alpha."""
    canvas, start = np.zeros((10_000, 4), np.uint8), 5000
    for count, level, alpha in strokes:
        canvas[start : start + count] = (level, level, level, alpha)
        start += count
    return canvas.reshape(100, 100, 4)


@pytest.mark.parametrize(
    ("strokes", "paper"),
    [
        ([(1000, 128, 255)], 0),  # light from 128 on
        ([(1000, 127, 255)], 255),
        ([(996, 200, 255), (4, 100, 255)], 0),  # fewer than five in a thousand are dark
        ([(995, 200, 255), (5, 100, 255)], 255),
        ([(950, 200, 255), (50, 100, 229)], 0),  # soft edges, of less than nine tenths, may have any colour
        ([(950, 200, 255), (50, 100, 230)], 255),
        ([(950, 200, 100), (50, 100, 89)], 0),  # of what the most opaque pixel has
        ([(950, 200, 100), (50, 100, 90)], 255),
    ],
)
def test_what_is_drawn_light_on_a_transparent_canvas_lies_on_black(strokes, paper):
    assert open_page(_canvas(*strokes)).grey[0, 0] == paper


def test_a_page_cannot_be_changed(grey):
    with pytest.raises(FrozenInstanceError):
        open_page(grey).scale = 2.0
