import numpy as np
import pytest

from tenfold.reading.detector.peaks import HEATS, SMALL, TURNS, find_peaks, small_region, turn_heats


def answers(height: int = 16, width: int = 24) -> np.ndarray:
    """Of a page on which nothing stands."""
    empty = np.zeros((HEATS + 4, height, width), np.float32)
    empty[:HEATS] = -9
    return empty


def put(page: np.ndarray, channel: int, x: int, y: int, logit: float, size: tuple[float, float] = (12, 20)) -> None:
    page[channel, y, x] = logit
    page[HEATS:, y, x] = (0.25, -0.25, np.log(size[0]), np.log(size[1]))


def test_a_peak_is_a_digit_with_its_box_in_pixels() -> None:
    page = answers()
    put(page, 7, 10, 5, 2.0)
    (found,) = find_peaks(page)
    assert found.label == 7
    assert found.score == pytest.approx(1 / (1 + np.exp(-2.0)))
    assert found.box == pytest.approx((43 - 6, 21 - 10, 43 + 6, 21 + 10))


def test_only_the_hottest_of_neighbouring_cells_is_a_digit() -> None:
    page = answers()
    put(page, 7, 10, 5, 2.0)
    put(page, 1, 11, 5, 1.0)
    put(page, 1, 13, 5, 1.0)
    assert [found.label for found in find_peaks(page)] == [7, 1]


def test_a_separator_beside_a_digit_is_found_too() -> None:
    page = answers()
    put(page, 3, 4, 5, 2.0)
    put(page, 10, 5, 6, 1.0, (3, 3))
    assert [(found.is_digit, found.label) for found in find_peaks(page)] == [(True, 3), (False, 10)]


def test_what_speaks_for_each_turn_is_summed() -> None:
    page = answers()
    put(page, 3, 4, 5, 4.0)
    for x in (8, 12, 16):
        page[TURNS + 2, 5, x] = 4.0
    upright, quarter, half, three = turn_heats(page)
    assert half == pytest.approx(3 * upright)
    assert quarter == three == 0


def test_the_region_of_small_digits_holds_them_all() -> None:
    page = answers()
    assert small_region(page, 0.3) is None
    page[SMALL, 3, 4] = page[SMALL, 10, 20] = 1.0
    assert small_region(page, 0.3) == (16, 12, 84, 44)
