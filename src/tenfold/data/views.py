"""Images of other sizes, and pictures, as the 28×28 views that models are trained on."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tenfold.data.dataset import Images
from tenfold.errors import TenfoldError
from tenfold.inference.frame import SIDE, frame
from tenfold.reading.ink import find_ink
from tenfold.reading.page import open_page

Grey = NDArray[np.uint8]

# Eight pixels a side are too few to scale straight to 20: the outermost pixels are cut into hard edges.
# Enlarged eightfold first, with room around, strokes come out round: a small CNN trained on MNIST reads
# 93.0 % of UCI's optdigits training images so, 89.7 % straight. At 16×16 (USPS, training) both give 98.5 %.
_COARSE = 12
_ENLARGED = 8


def reframe(image: Grey) -> Grey:
    """The 28×28 view of one light-on-black image uint8 [height, width] of any size, framed as MNIST is."""
    if max(image.shape) <= _COARSE:
        room = np.pad(image, 1)
        size = (room.shape[1] * _ENLARGED, room.shape[0] * _ENLARGED)
        image = np.asarray(Image.fromarray(room).resize(size, Image.Resampling.BICUBIC))
    return frame(image)


def as_views(images: NDArray[np.generic], where: str) -> Images:
    """Light-on-black images as uint8 [n, 28, 28]: 28×28 ones as they are, others reframed.

    images: [n, height, width], or with one channel first or last; numbers from 0 to 255, or shares of white where none
    is above 1. where names their file in errors. Raises TenfoldError where they are not such images.
    """
    if images.ndim == 4 and 1 in (images.shape[1], images.shape[3]):
        images = images[..., 0] if images.shape[3] == 1 else images[:, 0]
    if images.ndim != 3:
        raise TenfoldError(
            f"{where}: images must be grey [n, height, width], not {list(images.shape)}: reshape or convert them"
        )
    if 0 in images.shape[1:]:
        raise TenfoldError(f"{where}: images of {images.shape[1]}×{images.shape[2]} have no pixels")
    grey = _as_bytes(images, where)
    if grey.shape[1:] == (SIDE, SIDE):
        return grey
    return np.array([reframe(image) for image in grey], np.uint8).reshape(-1, SIDE, SIDE)


def _as_bytes(images: NDArray[np.generic], where: str) -> Images:
    """Pixel values of any type as uint8, where there is one way to understand them."""
    if images.dtype.kind not in "buif":
        raise TenfoldError(f"{where}: pixel values must be numbers, not {images.dtype}")
    if images.size == 0:
        return images.astype(np.uint8)
    low, high = float(images.min()), float(images.max())
    if np.isnan(low):
        raise TenfoldError(f"{where}: a pixel value is not a number")
    if low < 0 or high > 255:
        raise TenfoldError(f"{where}: pixel values run from {low:g} to {high:g}: scale them to 0 to 255, or to 0 to 1")
    if high <= 1:
        return np.rint(images.astype(np.float32) * 255).astype(np.uint8)
    whole: Images = images.astype(np.uint8, copy=False)
    if images.dtype.kind == "f" and not np.array_equal(whole, images):
        raise TenfoldError(f"{where}: pixel values above 1 must be whole numbers: round them, or scale them to 0 to 1")
    return whole


def picture_view(path: Path) -> Grey:
    """The 28×28 view of one digit's picture: what a reader shows its model of the same picture.

    One rule for every picture, 28×28 ones too: `fast`, trained on views as they lie, reads pictures of Fashion-MNIST
    at 63 %, trained on what the reader sees of them at 88 %; MNIST's are read alike either way.
    Raises TenfoldError where it cannot be read.
    """
    return frame(find_ink(open_page(path).grey).strength)
