"""Opens a picture safely: limits first, then decoding, then one grey page.

Whatever is wrong with a picture becomes one line; nothing here trusts a file's name or its claims.
"""

import io
import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from tenfold.errors import TenfoldError

MAX_BYTES = 64 * 1024 * 1024
MAX_PIXELS = 100_000_000

_FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF", "PPM")
"""Pillow knows many more; some hand the file to other programs, and none of those is what people scan to."""

Picture = str | Path | bytes | Image.Image | NDArray[np.generic]


def open_page(picture: Picture) -> NDArray[np.uint8]:
    """A picture as grey uint8 [height, width], turned upright, transparency laid on white.

    picture: a path, a file's bytes, a Pillow image, or an array [h, w], [h, w, 3] or [h, w, 4] of uint8, uint16,
    bool or float in [0, 1]. Raises TenfoldError where it cannot be read, or is larger than 64 MiB or 100 megapixels.
    """
    if isinstance(picture, np.ndarray):
        return _grey(_image_from_array(picture))
    if isinstance(picture, Image.Image):
        return _grey(picture)
    try:
        content = picture if isinstance(picture, bytes) else _read_bytes(Path(picture))
        return _decode(content)
    except TenfoldError as error:
        # A file of that name stays with whoever reads the message.
        name = "picture" if isinstance(picture, bytes) else str(picture)
        raise TenfoldError(f"{name}: {error}") from None


def _read_bytes(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise TenfoldError("is a folder, not a picture")
        if path.stat().st_size > MAX_BYTES:
            raise TenfoldError(f"larger than {MAX_BYTES // 2**20} MiB")
        return path.read_bytes()
    except OSError as error:
        raise TenfoldError(f"cannot be opened: {error.strerror}") from None
    except ValueError as error:  # a NUL in the name
        raise TenfoldError(f"cannot be opened: {error}") from None


def _decode(content: bytes) -> NDArray[np.uint8]:
    if not content:
        raise TenfoldError("is empty")
    if len(content) > MAX_BYTES:
        raise TenfoldError(f"larger than {MAX_BYTES // 2**20} MiB")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's own size warning; the limit below is ours
            with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
                return _grey(image)
    except UnidentifiedImageError:
        raise TenfoldError("not a picture in a known format (PNG, JPEG, WebP, BMP, GIF, TIFF, PPM)") from None
    except Image.DecompressionBombError:
        raise TenfoldError(f"more than {MAX_PIXELS // 10**6} megapixels") from None
    except TenfoldError:
        raise
    except Exception as error:  # decoders raise whatever they like on broken files
        raise TenfoldError(
            f"broken picture ({str(error).splitlines()[0] if str(error) else type(error).__name__})"
        ) from None


def _grey(image: Image.Image) -> NDArray[np.uint8]:
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise TenfoldError(f"{width}×{height} is more than {MAX_PIXELS // 10**6} megapixels")
    if width * height == 0:
        raise TenfoldError("has no pixels")
    image = ImageOps.exif_transpose(image)
    if image.mode in ("I;16", "I;16B", "I;16L", "I;16N"):
        return (np.asarray(image).astype(np.uint16) >> 8).astype(np.uint8)
    if image.mode in ("I", "F"):
        return _grey(_image_from_array(np.asarray(image)))
    if "A" in image.getbands() or "transparency" in image.info:
        rgba = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba)
    return np.array(image.convert("L"))


def _image_from_array(array: NDArray[np.generic]) -> Image.Image:
    """An array as an 8-bit image. Floats are shares of white; beyond [0, 1] they are taken as 0 to 255."""
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (3, 4)):
        raise TenfoldError(f"array: shape {list(array.shape)} is no picture: [h, w], [h, w, 3] or [h, w, 4] is")
    if array.size == 0:
        raise TenfoldError("array: has no pixels")
    if array.dtype == np.uint8:
        return Image.fromarray(np.ascontiguousarray(array))
    if array.dtype == np.uint16:
        return Image.fromarray((array.astype(np.uint16) >> 8).astype(np.uint8))
    if array.dtype.kind not in "biuf":
        raise TenfoldError(f"array: {array.dtype} is no kind of pixel: uint8, uint16, bool or float is")
    values = array.astype(np.float64)
    if not np.isfinite(values).all():
        raise TenfoldError("array: holds NaN or infinite values")
    if array.dtype == np.bool_ or (array.dtype.kind == "f" and values.min() >= 0 and values.max() <= 1):
        values = values * 255
    elif values.max() > 255:
        values = values / 257  # 16-bit values in a wider type
    return Image.fromarray(np.clip(np.rint(values), 0, 255).astype(np.uint8))
