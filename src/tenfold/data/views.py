"""Images of other sizes, and pictures, as the 28×28 views that models are trained on."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tenfold.data.dataset import Images
from tenfold.errors import TenfoldError
from tenfold.reading.frame import SIDE, frame
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
    """The 28×28 view of one digit's picture: what a reader shows its model of the same picture.

    One rule for every picture, 28×28 ones too: `fast`, trained on views as they lie, reads pictures of Fashion-MNIST
    at 63 %, trained on what the reader sees of them at 88 %; MNIST's are read alike either way.
    Raises TenfoldError where it cannot be read.
    """
    return frame(find_ink(open_page(path)).strength)
