"""Opens a file's bytes as images, a page at a time: limits first, then decoding.

Nothing here trusts a file's name or its claims; whatever is wrong with it becomes one line.
"""

import io
import math
import os
import warnings
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from tenfold.errors import TenfoldError, needs_extra

MAX_BYTES = 64 * 1024 * 1024
MAX_PIXELS = 100_000_000
MAX_PAGES = 1000

# fmt: off
SUFFIXES = frozenset((
    ".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".mpo", ".webp", ".bmp", ".dib", ".gif", ".tif", ".tiff",
    ".ppm", ".pgm", ".pbm", ".pnm", ".pdf", ".heic", ".heif", ".hif",
))
# fmt: on
"""How files in these formats are usually called."""

_FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF", "PPM")
"""Pillow knows many more; some hand the file to other programs, and none of those is what people scan to."""

_PNG = b"\x89PNG\r\n\x1a\n"

_HEIC_BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"))

_DPI = 200
"""A PDF's resolution, where the page is not larger than _PDF_PIXELS then: A4 just fits."""

_PDF_PIXELS = 4_000_000

_SUBFILE, _REDUCED_OR_MASK = 254, 0b101
"""TIFF's tag for a page that is only a smaller copy of another, or its mask."""


def read_bytes(path: Path) -> bytes:
    """A file's content. Raises TenfoldError where it cannot be read, or is larger than MAX_BYTES."""
    try:
        if path.is_dir():
            raise TenfoldError("is a folder, not a picture")
        with open(path, "rb", opener=_open_at_once) as file:
            content = file.read(MAX_BYTES + 1)  # pipes and devices do not say how large they are
        if not content and path.is_fifo():
            raise TenfoldError("a pipe that nothing came from: start what writes to it first, or pipe that into '-'")
        return content
    except OSError as error:
        raise TenfoldError(f"cannot be opened: {error.strerror}") from None
    except ValueError as error:  # a NUL in the name
        raise TenfoldError(f"cannot be opened: {error}") from None


def _open_at_once(name: str, flags: int) -> int:
    """A file, opened without waiting for somebody who may never write to a pipe; reading waits for who does."""
    if not hasattr(os, "O_NONBLOCK"):  # Windows
        return os.open(name, flags)
    opened = os.open(name, flags | os.O_NONBLOCK)
    os.set_blocking(opened, True)
    return opened


def open_images(content: bytes) -> Iterator[Image.Image]:
    """Each page of a file, undecoded where the format allows it; of an animation the first frame.

    An image is good until the next one is asked for. Raises TenfoldError, on the page that it concerns, where the
    file is no picture, broken, or beyond MAX_BYTES, MAX_PIXELS a page or MAX_PAGES.
    """
    if not content:
        raise TenfoldError("is empty")
    if len(content) > MAX_BYTES:
        raise TenfoldError(f"larger than {MAX_BYTES // 2**20} MiB")
    if b"%PDF-" in content[:1024]:
        return _pdf_pages(content)
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS:
        return _heic_image(content)
    return _pillow_pages(content)


def check_size(width: int, height: int) -> None:
    """Raises TenfoldError where a picture of so many pixels is none, or too large."""
    if width * height > MAX_PIXELS:
        raise TenfoldError(f"{width}×{height} is more than {MAX_PIXELS // 10**6} megapixels")
    if width * height == 0:
        raise TenfoldError("has no pixels")


def _pillow_pages(content: bytes) -> Iterator[Image.Image]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's own size warning; the limit is ours
            image = _image(content)
    except UnidentifiedImageError:
        raise TenfoldError(
            "not a picture in a known format (PNG, JPEG, WebP, BMP, GIF, TIFF, PPM, PDF, HEIC)"
        ) from None
    except Image.DecompressionBombError:
        raise TenfoldError(f"more than {MAX_PIXELS // 10**6} megapixels") from None
    with image:
        yield image
        if image.format != "TIFF":
            return
        for page in range(1, MAX_PAGES + 1):
            try:
                image.seek(page)
            except EOFError:
                return
            _check_pages(page + 1)
            if not image.tag_v2.get(_SUBFILE, 0) & _REDUCED_OR_MASK:  # type: ignore[attr-defined]
                yield image


def _image(content: bytes) -> Image.Image:
    """The image in a file of Pillow's. A PNG is given to its own decoder, for `Image.open` loads all the usual ones."""
    if content.startswith(_PNG):
        from PIL.PngImagePlugin import PngImageFile

        with suppress(SyntaxError):  # it is none: what it may be instead, or is called, is for Image.open to say
            return PngImageFile(io.BytesIO(content))
    return Image.open(io.BytesIO(content), formats=_FORMATS)


def _pdf_pages(content: bytes) -> Iterator[Image.Image]:
    with needs_extra("pdf", "reading PDF files"):
        import pypdfium2

    document = pypdfium2.PdfDocument(content)
    try:
        if len(document) == 0:
            raise TenfoldError("has no pages")
        _check_pages(len(document))
        for page in document:
            width, height = (max(side, 1.0) for side in page.get_size())  # in points, 1/72 inch
            scale = min(_DPI / 72, math.sqrt(_PDF_PIXELS / (width * height)))
            yield page.render(scale=scale, rev_byteorder=True).to_pil()
            page.close()
    finally:
        document.close()


def _heic_image(content: bytes) -> Iterator[Image.Image]:
    with needs_extra("heic", "reading HEIC files"):
        import pi_heif

    image = pi_heif.open_heif(io.BytesIO(content))
    check_size(*image.size)
    yield image.to_pillow()


def _check_pages(count: int) -> None:
    if count > MAX_PAGES:
        raise TenfoldError(f"has more than {MAX_PAGES} pages: split it")
