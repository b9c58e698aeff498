import numpy as np
import pytest

from tenfold.reading.line_strips import CELL, DIGIT_HEIGHT, STRIP_HEIGHT, Strip, line_strips

PAPER, INK = 230, 20


def page_of(boxes: np.ndarray, height: int = 300, width: int = 600) -> np.ndarray:
    page = np.full((height, width), PAPER, np.uint8)
    for left, top, right, bottom in boxes.round().astype(int):
        page[top:bottom, left:right] = INK
    return page


def row(
    count: int, at: tuple[float, float] = (60, 100), size: tuple[float, float] = (18, 30), slope: float = 0
) -> np.ndarray:
    """Boxes of a line of digits, half a digit between two."""
    x = at[0] + np.arange(count) * 1.5 * size[0]
    y = at[1] + slope * (x - at[0])
    return np.stack([x, y, x + size[0], y + size[1]], axis=1)


def only(strips: list[Strip]) -> Strip:
    (strip,) = strips
    return strip


@pytest.mark.parametrize("slope", [-0.25, 0, 0.1])
@pytest.mark.parametrize("height", [12, 30, 80])
def test_a_lines_digits_lie_level_and_of_one_height_on_its_strip(slope: float, height: int) -> None:
    boxes = row(4, (60, 120), (0.6 * height, height), slope)
    strip = only(list(line_strips(page_of(boxes), boxes)))
    ys, xs = np.nonzero(strip.pixels < (PAPER + INK) / 2)
    assert strip.pixels.shape[0] == STRIP_HEIGHT
    assert strip.pixels.shape[1] % CELL == 0
    assert np.ptp(ys) + 1 == pytest.approx(DIGIT_HEIGHT + abs(slope) * DIGIT_HEIGHT * 0.6, abs=3)
    assert ys.mean() == pytest.approx((STRIP_HEIGHT - 1) / 2, abs=1)
    middles, widths = strip.middles(boxes)
    assert all((strip.pixels[STRIP_HEIGHT // 2, middles.astype(int)] < PAPER / 2).tolist())
    assert xs.min() == pytest.approx(middles[0] - widths[0] / 2, abs=1)
    assert xs.max() + 1 == pytest.approx(middles[-1] + widths[-1] / 2, abs=1)


def test_what_stands_far_apart_on_a_line_has_a_strip_of_its_own() -> None:
    boxes = np.concatenate([row(3), row(2, (300, 100))])
    first, second = line_strips(page_of(boxes), boxes)
    assert first.holds(boxes).tolist() == [True, True, True, False, False]
    assert second.holds(boxes).tolist() == [False, False, False, True, True]


def test_a_strip_holds_its_lines_digits_and_parts_of_them_but_nothing_of_other_lines() -> None:
    boxes = row(4)
    strip = only(list(line_strips(page_of(boxes), boxes)))
    others = np.array([[90, 102, 100, 128], [90, 150, 108, 180], [90, 112, 93, 116], [0, 0, 300, 300]], float)
    assert strip.holds(boxes).all()
    assert strip.holds(others).tolist() == [True, False, False, False]


def test_beyond_the_page_lies_its_paper() -> None:
    boxes = row(2, (0, 0))
    strip = only(list(line_strips(page_of(boxes), boxes)))
    assert (strip.pixels[0] == PAPER).all()
    assert (strip.pixels[:, 0] == PAPER).all()
    assert not only(list(line_strips(page_of(boxes), boxes + 2000))).pixels.any()


def test_no_digits_are_no_strips() -> None:
    assert list(line_strips(np.zeros((40, 40), np.uint8), np.zeros((0, 4)))) == []
