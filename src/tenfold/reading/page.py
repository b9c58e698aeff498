"""Any picture as pages of one kind: 8-bit, grey or RGB, upright, nothing transparent, of bounded size."""

import math
import os
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tenfold.errors import TenfoldError
from tenfold.reading.formats import check_size, open_images, read_bytes
from tenfold.reading.levels import as_levels

Picture = str | Path | bytes | Image.Image | NDArray[np.generic]

_PAGE_PIXELS = 4_000_000
"""Larger pictures are read at a reduced size: digits of a page photographed at 12 megapixels are still 50 high at 3."""

_PAGE_SIDE = 32_000
"""OpenCV counts pixels of a side in 16 bits."""

_LIGHT, _DARK_SHARE, _OPAQUE = 128, 0.005, 0.9
"""What is drawn on a transparent canvas is light where fewer of its opaque pixels than this share are darker than this.
Opaque are those not far below the most opaque one: soft edges may have any colour."""

_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What turns a picture upright whose EXIF says how the camera was held."""

_ORIENTATION = 0x0112


@dataclass(frozen=True, eq=False)
class Page:
    """One page of a picture, as everything after it sees it.

    pixels: uint8 [h, w] grey, or [h, w, 3] RGB where the picture has colour. scale: the picture's own pixels a pixel
    of the page, 1 or more. number: which page of its file, from 0.
    """

    pixels: NDArray[np.uint8]
    scale: float
    number: int = 0

    @cached_property
    def grey(self) -> NDArray[np.uint8]:
        """The page without its colours: uint8 [h, w]."""
        return self.pixels if self.pixels.ndim == 2 else np.asarray(Image.fromarray(self.pixels).convert("L"))


def open_page(picture: Picture) -> Page:
    """The first page of a picture; as open_pages."""
    with closing(open_pages(picture)) as pages:
        return next(pages)


def open_pages(picture: Picture) -> Generator[Page]:
    """Each page of a picture: turned upright, laid on white or, where what is drawn is light, on black.

    picture: a path, a file's bytes, a Pillow image (its present frame), or an array [h, w], [h, w, 3] or [h, w, 4] of
    uint8, uint16, bool or float in [0, 1]. TIFF and PDF files have several pages; they are decoded as they are asked
    for. Raises TenfoldError where a page cannot be read, or is larger than 100 megapixels, or its file than 64 MiB.
    """
    name = str(picture) if isinstance(picture, str | Path) else "picture"
    number = 0
    try:
        for image in _images(picture):
            yield _as_page(image, number)
            number += 1
    except Exception as error:  # decoders raise whatever they like on broken files
        # A file of that name stays with whoever reads the message.
        raise TenfoldError(f"{name}: {f'page {number + 1}: ' if number else ''}{_reason(error)}") from None


def _images(picture: Picture) -> Iterator[Image.Image]:
    if isinstance(picture, np.ndarray):
        return iter([_image_from_array(picture)])
    if isinstance(picture, Image.Image):
        check_size(*picture.size)
        picture.load()  # at full size: to decode it smaller would change the caller's image
        return iter([picture])
    if not isinstance(picture, str | bytes | os.PathLike):
        kind = type(picture).__name__
        raise TenfoldError(f"{kind} is no picture: give a path, a file's bytes, a Pillow image or an array")
    return open_images(picture if isinstance(picture, bytes) else read_bytes(Path(picture)))


def _reason(error: Exception) -> str:
    if isinstance(error, TenfoldError):
        return str(error)
    if isinstance(error, MemoryError):
        return "not enough memory"
    return f"broken picture ({' '.join(str(error).split()) or type(error).__name__})"


def _image_from_array(array: NDArray[np.generic]) -> Image.Image:
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (3, 4)):
        raise TenfoldError(f"shape {list(array.shape)} is no picture: [h, w], [h, w, 3] or [h, w, 4] is")
    check_size(array.shape[1], array.shape[0])
    return Image.fromarray(np.ascontiguousarray(as_levels(array)))


def _as_page(image: Image.Image, number: int) -> Page:
    width, height = image.size
    check_size(width, height)
    factor = max(math.ceil(math.sqrt(width * height / _PAGE_PIXELS)), math.ceil(max(width, height) / _PAGE_SIDE))
    sixteen_bit = any(";16" in str(tile.args) for tile in getattr(image, "tile", ()))
    image.draft(None, (width // factor, height // factor))  # a JPEG is decoded at a half, a quarter or an eighth
    image.load()
    turn = _UPRIGHT.get(_orientation(image))
    decoded_at = round(max(width, height) / max(image.size))
    image = _eight_bit(image)
    if sixteen_bit and image.mode == "RGB":
        image = _brought_up(image)
    if decoded_at == 1 and factor > 1:
        image = image.reduce(factor)
    elif decoded_at < factor:
        left = factor / decoded_at
        size = (math.ceil(image.width / left), math.ceil(image.height / left))
        image = image.resize(size, Image.Resampling.BOX)
    if image.mode == "RGBA":
        image = _laid_on_paper(image)
    return Page(
        _without_needless_colour(np.asarray(image if turn is None else image.transpose(turn))), float(factor), number
    )


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # a picture whose EXIF is broken can still be seen
        return 1


def _eight_bit(image: Image.Image) -> Image.Image:
    """A decoded image as L, RGB, or RGBA where something is transparent."""
    if image.mode.startswith(("I", "F")):
        return Image.fromarray(as_levels(np.asarray(image)))
    if image.has_transparency_data:
        return image.convert("RGBA")
    return image.convert("L" if image.mode in ("1", "L") else "RGB")


def _brought_up(image: Image.Image) -> Image.Image:
    """An RGB image of which Pillow has kept the upper 8 of 16 bits, brightened where they are not used: see as_levels.

    What the lower bits held is lost: 12-bit colours come out in 16 levels, enough to tell ink from paper.
    """
    unused = 8 - int(np.asarray(image).max()).bit_length()
    return image.point([min(level << unused, 255) for level in range(256)] * 3) if 0 < unused < 8 else image


def _laid_on_paper(image: Image.Image) -> Image.Image:
    """An RGBA image without transparency: on white, or on black where what is drawn would vanish on white."""
    alpha = np.asarray(image.getchannel("A"))
    if alpha.min() == alpha.max():  # it sets nothing apart
        return image.convert("RGB")
    opaque = alpha >= _OPAQUE * alpha.max()
    light = np.mean(np.asarray(image.convert("L"))[opaque] < _LIGHT) < _DARK_SHARE
    paper = Image.new("RGBA", image.size, "black" if light else "white")
    return Image.alpha_composite(paper, image).convert("RGB")


def _without_needless_colour(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """RGB [h, w, 3] whose channels are all equal as grey [h, w]."""
    if pixels.ndim == 2:
        return pixels
    few, red, green, blue = pixels[::16, ::16], pixels[..., 0], pixels[..., 1], pixels[..., 2]
    # A coloured picture shows it in few of its pixels: only a grey one is looked through.
    if (few != few[..., :1]).any() or (red != green).any() or (green != blue).any():
        return pixels
    return np.ascontiguousarray(red)
