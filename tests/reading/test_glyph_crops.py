import numpy as np
import pytest

from tenfold.reading.glyph_crops import CROP_SIDE, SURROUNDINGS, glyph_crops


def page_with(left: int, top: int, right: int, bottom: int) -> np.ndarray:
    page = np.full((200, 300), 230, np.uint8)
    page[top:bottom, left:right] = 20
    return page


@pytest.mark.parametrize(("width", "height"), [(12, 20), (30, 30), (120, 60)])
def test_a_digit_lies_in_the_middle_and_fills_the_same_share_of_any_crop(width: int, height: int) -> None:
    left, top = 100, 80
    (crop,) = glyph_crops(
        page_with(left, top, left + width, top + height), np.array([[left, top, left + width, top + height]])
    )
    ys, xs = np.nonzero(crop < 125)
    assert crop.shape == (CROP_SIDE, CROP_SIDE)
    assert abs(xs.mean() - (CROP_SIDE - 1) / 2) < 1
    assert abs(ys.mean() - (CROP_SIDE - 1) / 2) < 1
    assert max(np.ptp(xs), np.ptp(ys)) + 1 == pytest.approx(CROP_SIDE / SURROUNDINGS, abs=1.5)


def test_beyond_the_page_lies_its_paper_and_not_its_edge_again() -> None:
    page = page_with(0, 0, 8, 30)  # a stroke that touches the page's corner
    (crop,) = glyph_crops(page, np.array([[0, 0, 8, 30]]))
    assert (crop[0] == 230).all()
    assert (crop[:, 0] == 230).all()


def test_a_box_beyond_the_page_shows_nothing() -> None:
    (crop,) = glyph_crops(page_with(0, 0, 1, 1), np.array([[900, 900, 920, 930]]))
    assert not crop.any()


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_digits_of_a_turned_page_stand_upright(quarters: int) -> None:
    page = np.random.default_rng(0).integers(0, 256, (200, 300), dtype=np.uint8)
    box = np.array([[100, 80, 120, 120]])
    turned = np.rot90(page, quarters)
    boxes = {1: [80, 180, 120, 200], 2: [180, 80, 200, 120], 3: [80, 100, 120, 120]}
    again = glyph_crops(np.ascontiguousarray(turned), np.array([boxes[quarters]], np.float64), 90 * quarters)
    assert np.abs(again.astype(int) - glyph_crops(page, box)).max() <= 1
