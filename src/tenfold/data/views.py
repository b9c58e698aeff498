"""Images of other sizes, and pictures, as the 28×28 views that models are trained on."""

import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from tenfold.data.dataset import Images
from tenfold.errors import TenfoldError
from tenfold.reading.frame import SIDE, frame

Grey = NDArray[np.uint8]

# Eight pixels a side are too few to scale straight to 20: the outermost pixels are cut into hard edges.
# Enlarged eightfold first, with room around, strokes come out round: a small CNN trained on MNIST reads
# 93.0 % of UCI's optdigits training images so, 89.7 % straight. At 16×16 (USPS, training) both give 98.5 %.
_COARSE = 12
_ENLARGED = 8

# Paper and JPEG noise below this share of the darkest ink is background.
_NOISE = 0.15
# Above this a picture is a page, not a digit, and would take seconds and gigabytes.
_LARGEST_PIXELS = 50_000_000


def reframe(image: Grey) -> Grey:
    """The 28×28 view of one light-on-black image uint8 [height, width] of any size, framed as MNIST is."""
    if max(image.shape) <= _COARSE:
        room = np.pad(image, 1)
        size = (room.shape[1] * _ENLARGED, room.shape[0] * _ENLARGED)
        image = np.asarray(Image.fromarray(room).resize(size, Image.Resampling.BICUBIC))
    return frame(image)


def as_views(images: NDArray[np.generic], where: str) -> Images:
    """Light-on-black images uint8 [n, height, width] as [n, 28, 28]: 28×28 ones as they are, others reframed.

    where names their file in errors. Raises TenfoldError where they are not such images.
    """
    if images.dtype != np.uint8 or images.ndim != 3:
        raise TenfoldError(f"{where}: images must be uint8 [n, height, width], not {images.dtype} {list(images.shape)}")
    grey: Images = images.astype(np.uint8, copy=False)
    if grey.shape[1:] == (SIDE, SIDE):
        return grey
    return np.array([reframe(image) for image in grey], np.uint8).reshape(-1, SIDE, SIDE)


def picture_view(path: Path) -> Grey:
    """The 28×28 view of one digit's picture.

    A grey 28×28 picture on a dark ground is taken as it is; any other is made light on dark and framed.
    Raises TenfoldError where it cannot be read.
    """
    grey = _open_grey(path)
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    ground = float(np.median(border))
    if grey.shape == (SIDE, SIDE) and ground < 128:
        return grey
    ink = np.clip((ground - grey) if ground >= 128 else (grey - ground), 0, None)
    strongest = float(ink.max())
    if strongest == 0:
        return np.zeros((SIDE, SIDE), np.uint8)
    ink[ink < _NOISE * strongest] = 0
    return reframe((ink * (255 / strongest)).round().astype(np.uint8))


def _open_grey(path: Path) -> Grey:
    """A picture as uint8 [height, width], upright, transparent parts white."""
    try:
        # Pillow warns of large pictures and odd metadata; what matters of it is an error below.
        with warnings.catch_warnings(action="ignore"), Image.open(path) as picture:
            if picture.width * picture.height > _LARGEST_PIXELS:
                size = f"{picture.width}×{picture.height}"
                raise TenfoldError(f"{path}: {size} pixels are too many for one digit")
            picture.load()
            upright = ImageOps.exif_transpose(picture)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise TenfoldError(f"{path}: not a picture that can be read ({error})") from error
    if upright.mode.startswith("I"):  # 16 bits a pixel, which Pillow's own conversion would clip
        return (np.asarray(upright).astype(np.int64) >> 8).clip(0, 255).astype(np.uint8)
    if upright.has_transparency_data:
        upright = Image.alpha_composite(Image.new("RGBA", upright.size, "white"), upright.convert("RGBA"))
    return np.asarray(upright.convert("L"))
