import io
import struct
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFile

from tenfold.errors import TenfoldError
from tenfold.reading import formats, open_page, open_pages
from tenfold.reading.formats import MAX_BYTES, MAX_PAGES, MAX_PIXELS, check_size

SHEET = Image.new("RGB", (96, 72), (240, 240, 230))
SHEET.paste((20, 20, 120), (30, 10, 40, 60))


def _file(form, image=SHEET, **options):
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def _heic(name="sheet"):
    """SHEET as a HEIC file, made once by another library: the one that reads them here cannot write them."""
    pytest.importorskip("pi_heif")
    return Path(__file__).with_name("golden").joinpath(f"{name}.heic").read_bytes()


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF", "PPM", "MPO"])
def test_every_format_is_opened_whatever_it_is_called(form, tmp_path):
    (tmp_path / "page.txt").write_bytes(_file(form))
    page = open_page(tmp_path / "page.txt")
    assert page.pixels.shape == (72, 96, 3)
    assert page.grey[30, 35] < 60
    assert page.grey[5, 5] > 220


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG", "MPO"])
def test_of_an_animation_the_first_frame_is_read(form):
    other = Image.new("RGB", SHEET.size, "black")
    pages = list(open_pages(_file(form, save_all=True, append_images=[other])))
    assert len(pages) == 1
    assert pages[0].grey[5, 5] > 220


def test_a_pdf_is_drawn_at_200_dots_an_inch_page_by_page():
    pytest.importorskip("pypdfium2")
    content = _file("PDF", save_all=True, append_images=[SHEET.rotate(90, expand=True)], resolution=36)
    pages = list(open_pages(content))
    assert [page.pixels.shape[:2] for page in pages] == [(400, 534), (534, 400)]
    assert pages[0].grey[200, 195] < 60


def test_a_pdf_of_any_size_of_paper_is_drawn_at_a_bounded_size():
    pdfium = pytest.importorskip("pypdfium2")
    document = pdfium.PdfDocument.new()
    document.new_page(14_400, 14_400)  # 5 metres
    file = io.BytesIO()
    document.save(file)
    assert open_page(file.getvalue()).pixels.size <= 4_100_000
    for _ in range(1000):
        document.new_page(10, 10)
    file = io.BytesIO()
    document.save(file)
    with pytest.raises(TenfoldError, match="more than 1000 pages: split it"):
        open_page(file.getvalue())


def test_a_heic_photo_is_opened_and_turned_upright():
    assert open_page(_heic()).pixels.shape == (72, 96, 3)
    page = open_page(_heic("sheet-turned"))
    assert page.pixels.shape == (96, 72, 3)
    assert page.grey[35, 40] < 60


@pytest.mark.parametrize(("module", "extra"), [("pypdfium2", "pdf"), ("pi_heif", "heic")])
def test_where_an_extra_is_missing_the_error_says_which(module, extra, monkeypatch):
    content = _file("PDF") if extra == "pdf" else _heic()
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(TenfoldError, match=rf"^picture: reading .* needs the '{extra}' extra: pip install"):
        open_page(content)


def test_a_smaller_copy_within_a_tiff_is_no_page():
    small = SHEET.resize((24, 18))
    small.encoderinfo = {"tiffinfo": {254: 1}}
    assert len(list(open_pages(_file("TIFF", save_all=True, append_images=[small])))) == 1
    assert len(list(open_pages(_file("TIFF", save_all=True, append_images=[SHEET])))) == 2


@pytest.mark.parametrize("content", [b'<svg xmlns="http://www.w3.org/2000/svg"/>', b"%!PS-Adobe-3.0 EPSF-3.0\n", b"x"])
def test_what_is_drawn_by_programs_is_no_picture(content):
    with pytest.raises(TenfoldError, match="not a picture in a known format"):
        open_page(content)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "BMP", "TIFF", "PPM", "HEIC", "PDF"])
def test_a_truncated_picture_is_one_line(form):
    content = _heic() if form == "HEIC" else _file(form)
    with pytest.raises(TenfoldError, match="broken picture") as caught:
        open_page(content[: len(content) // 2])
    assert len(str(caught.value).splitlines()) == 1


def _png_that_claims(width, height):
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    claimed = struct.pack(">I", len(header) - 4) + header + struct.pack(">I", zlib.crc32(header))
    content = _file("PNG")
    return content[:8] + claimed + content[8 + len(claimed) :]


def test_a_decompression_bomb_is_refused_before_it_is_unpacked(monkeypatch):
    bombs = [_png_that_claims(9_000, MAX_PIXELS // 9_000 + 1), _png_that_claims(2**31 - 1, 2**31 - 1)]
    bombs.append(_file("TIFF", Image.new("1", (20_000, MAX_PIXELS // 20_000 + 1)), compression="group4"))
    assert open_page(_png_that_claims(*SHEET.size)).pixels.shape == (72, 96, 3)
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda _: pytest.fail("it was unpacked"))
    for bomb in bombs:
        assert len(bomb) < 100_000
        with pytest.raises(TenfoldError, match="megapixels"):
            open_page(bomb)


def test_a_heic_bomb_costs_nothing():
    size = b"ispe\0\0\0\0" + struct.pack(">II", *SHEET.size)
    content = _heic()
    assert size in content
    with pytest.raises(TenfoldError, match="megapixels"):
        open_page(content.replace(size, size[:8] + struct.pack(">II", 30_000, 30_000)))


def test_a_file_that_cannot_be_opened_is_named(tmp_path):
    with pytest.raises(TenfoldError, match=r"none\.png: cannot be opened: No such file"):
        open_page(tmp_path / "none.png")
    with pytest.raises(TenfoldError, match="is a folder"):
        open_page(tmp_path)
    with pytest.raises(TenfoldError, match="null byte"):
        open_page("a\0b")


def test_more_bytes_than_the_limit_are_not_read(tmp_path):
    with (tmp_path / "large.png").open("wb") as file:
        file.truncate(MAX_BYTES + 1)  # a hole: it takes no room
    for picture in (tmp_path / "large.png", bytes(MAX_BYTES + 1)):
        with pytest.raises(TenfoldError, match="larger than 64 MiB"):
            open_page(picture)


def test_noise_beyond_the_last_page_is_not_read():
    assert np.array_equal(open_page(_file("PNG") + b"trailing").pixels, open_page(_file("PNG")).pixels)


def test_the_limits_are_those_that_are_documented():
    assert (MAX_BYTES, MAX_PIXELS, MAX_PAGES) == (64 * 2**20, 100_000_000, 1000)
    check_size(10_000, 10_000)
    check_size(1, 1)
    with pytest.raises(TenfoldError, match="10001×10000 is more than 100 megapixels"):
        check_size(10_001, 10_000)
    for size in ((0, 5), (5, 0)):
        with pytest.raises(TenfoldError, match="has no pixels"):
            check_size(*size)


def test_so_many_bytes_as_the_limit_allows_are_read(monkeypatch):
    content = _file("PNG")
    monkeypatch.setattr(formats, "MAX_BYTES", len(content))
    assert open_page(content).pixels.shape == (72, 96, 3)
    monkeypatch.setattr(formats, "MAX_BYTES", len(content) - 1)
    with pytest.raises(TenfoldError, match="larger than 0 MiB"):
        open_page(content)


@pytest.mark.parametrize(("most", "whole"), [(3, True), (2, False)])
def test_so_many_pages_as_the_limit_allows_are_read(most, whole, monkeypatch):
    monkeypatch.setattr(formats, "MAX_PAGES", most)
    pages = open_pages(_file("TIFF", save_all=True, append_images=[SHEET, SHEET]))
    assert len([next(pages) for _ in range(min(most, 3))]) == min(most, 3)
    if whole:
        assert list(pages) == []
    else:
        with pytest.raises(TenfoldError, match="has more than 2 pages: split it"):
            next(pages)


@pytest.mark.parametrize(("before", "found"), [(1019, True), (1020, False)])
def test_a_pdf_may_begin_within_its_first_kibibyte(before, found):
    pytest.importorskip("pypdfium2")
    content = b" " * before + _file("PDF")
    if found:
        assert open_page(content).pixels.shape[2] == 3
    else:
        with pytest.raises(TenfoldError, match="not a picture in a known format"):
            open_page(content)


@pytest.mark.parametrize(("tag", "pages"), [(0, 2), (1, 1), (2, 2), (4, 1), (5, 1)])
def test_of_a_tiff_neither_smaller_copies_nor_masks_are_pages(tag, pages):
    other = SHEET.copy()
    other.encoderinfo = {"tiffinfo": {254: tag}}
    assert len(list(open_pages(_file("TIFF", save_all=True, append_images=[other])))) == pages
