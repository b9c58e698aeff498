from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tenfold.data.views import as_views, picture_view, reframe
from tenfold.errors import TenfoldError
from tenfold.inference.frame import frame, ink_box
from tenfold.reading import open_page
from tenfold.reading.ink import find_ink


def bar(height: int = 60, width: int = 40) -> np.ndarray:
    """A white upright bar on black, left of the middle."""
    image = np.zeros((height, width), np.uint8)
    image[height // 6 : -height // 6, width // 5 : width // 3] = 255
    return image


def saved(path: Path, image: np.ndarray | Image.Image) -> Path:
    (Image.fromarray(image) if isinstance(image, np.ndarray) else image).save(path)
    return path


def test_views_of_28_by_28_images_are_those_images() -> None:
    images = np.random.default_rng(0).integers(0, 256, (5, 28, 28), np.uint8)
    np.testing.assert_array_equal(as_views(images, "x"), images)


@pytest.mark.parametrize("side", [8, 16, 40])
def test_images_of_other_sizes_are_framed_as_mnist_is(side: int) -> None:
    image = np.zeros((side, side), np.uint8)
    image[1:-1, side // 2 : side // 2 + 2] = 255
    x, y, width, height = ink_box(reframe(image), threshold=64)
    assert abs(height - 20) <= 2
    assert width < height
    assert abs(x + width / 2 - 14) <= 1
    assert abs(y + height / 2 - 14) <= 1


def test_no_images_give_no_views() -> None:
    assert as_views(np.zeros((0, 16, 16), np.uint8), "x").shape == (0, 28, 28)


@pytest.mark.parametrize("images", [np.zeros((2, 28, 28, 3), np.uint8), np.zeros((2, 784), np.uint8)])
def test_what_is_no_stack_of_grey_images_is_one_line(images: np.ndarray) -> None:
    with pytest.raises(TenfoldError, match=r"^x.npz: images must be grey"):
        as_views(images, "x.npz")


def as_read(picture: Path) -> np.ndarray:
    """What a reader shows its model of a picture of one digit."""
    return frame(find_ink(open_page(picture).grey).strength)


def noisy(ink: np.ndarray, paper: int, pen: int) -> np.ndarray:
    ground = paper + np.random.default_rng(0).integers(-9, 10, ink.shape)
    return np.where(ink > 0, pen, ground).astype(np.uint8)


@pytest.mark.parametrize(
    "grey",
    [
        255 - bar(),
        bar(28, 28),
        np.pad(np.random.default_rng(0).integers(0, 256, (20, 20), np.uint8), 4),
        noisy(bar(), 235, 20),
        noisy(bar(), 20, 200),
        bar(8, 8),
        np.full((30, 30), 200, np.uint8),
    ],
    ids=["dark ink", "already a view", "many greys", "noisy paper", "noisy board", "tiny", "blank"],
)
def test_a_picture_is_trained_on_as_a_reader_sees_it(tmp_path: Path, grey: np.ndarray) -> None:
    path = saved(tmp_path / "7.png", grey)
    np.testing.assert_array_equal(picture_view(path), as_read(path))


@pytest.mark.parametrize("mode", ["L", "RGB", "1", "P", "LA", "RGBA", "I;16"])
@pytest.mark.parametrize("dark_ink", [True, False])
def test_ink_is_light_on_dark_in_every_mode_and_polarity(tmp_path: Path, mode: str, dark_ink: bool) -> None:
    grey = 255 - bar() if dark_ink else bar()
    if mode == "I;16":
        picture = Image.fromarray((grey // 2).astype(np.uint16) * 257 + 30_000)
    else:
        picture = Image.fromarray(grey).convert(mode)
    view = picture_view(saved(tmp_path / "7.png", picture))
    np.testing.assert_allclose(view.astype(int), frame(bar()), atol=2)


def test_paper_noise_does_not_widen_the_digit(tmp_path: Path) -> None:
    path = saved(tmp_path / "7.png", noisy(bar(), 235, 20))
    assert ink_box(picture_view(path), 32) == ink_box(frame(bar()), 32)


def test_a_broken_picture_is_one_line_that_names_it(tmp_path: Path) -> None:
    whole = saved(tmp_path / "7.png", np.random.default_rng(0).integers(0, 256, (99, 99), np.uint8)).read_bytes()
    for content in (b"", b"not a picture", whole[: len(whole) // 2]):
        (tmp_path / "7.png").write_bytes(content)
        with pytest.raises(TenfoldError, match=r"7.png: ") as error:
            picture_view(tmp_path / "7.png")
        assert "\n" not in str(error.value)
