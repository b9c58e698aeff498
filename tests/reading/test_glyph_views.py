import cv2
import numpy as np
import pytest

from tenfold.inference.frame import frame
from tenfold.reading.glyph_views import glyph_views, lighter_than_paper


def seven(side: int = 60) -> np.ndarray:
    """A 7's ink, uint8 [side, side], 255 where it is full."""
    ink = np.zeros((side, side), np.uint8)
    cv2.polylines(ink, [np.array([[12, 10], [46, 10], [24, 50]])], False, 255, 5, cv2.LINE_AA)
    return ink


BOX = np.array([[9.0, 7.0, 50.0, 54.0]])


@pytest.mark.parametrize(("paper", "pen"), [(250, 20), (10, 240), (180, 120), (90, 150)])
def test_the_view_is_that_of_the_ink_whatever_its_colour(paper: int, pen: int) -> None:
    page = (paper + (pen - paper) * (seven() / 255)).astype(np.uint8)
    view = glyph_views(page, BOX)[0]
    assert np.abs(view.astype(int) - frame(seven())).mean() < 6
    assert lighter_than_paper(page, BOX[0]) == (pen > paper)


def test_a_neighbour_and_a_rule_beside_the_digit_are_not_in_its_view() -> None:
    page = 255 - np.pad(seven(), ((0, 0), (0, 40)))
    alone = glyph_views(page, BOX)[0]
    page[:, 53:56] = 0
    assert np.abs(glyph_views(page, BOX)[0].astype(int) - alone).mean() < 3


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_the_digit_of_a_turned_page_is_seen_upright(quarters: int) -> None:
    page = np.rot90(255 - seven(), quarters)
    ys, xs = np.nonzero(page < 128)
    box = np.array([[xs.min(), ys.min(), xs.max() + 1, ys.max() + 1]], float)
    view = glyph_views(np.ascontiguousarray(page), box, 90 * quarters)[0]
    assert np.abs(view.astype(int) - frame(seven())).mean() < 6


def test_a_box_off_the_page_or_on_bare_paper_has_an_empty_view() -> None:
    page = np.full((40, 40), 200, np.uint8)
    boxes = np.array([[5, 5, 20, 25], [100, 100, 120, 130], [-30, -30, -5, -5]], float)
    assert not glyph_views(page, boxes).any()
