import numpy as np
import pytest

from tenfold.reading.ink import find_ink, otsu_threshold


def _page(paper, pen, noise=0):
    page = np.full((60, 50), paper, float)
    page[15:45, 22:28] = pen
    return np.clip(page + np.random.default_rng(0).normal(0, noise, page.shape), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("noise", [0, 5])
@pytest.mark.parametrize(
    ("paper", "pen", "polarity"),
    [(255, 0, "dark-on-light"), (230, 120, "dark-on-light"), (0, 255, "light-on-dark"), (60, 200, "light-on-dark")],
)
def test_ink_is_found_on_light_and_on_dark_paper(paper, pen, polarity, noise):
    ink = find_ink(_page(paper, pen, noise))
    assert ink.polarity == polarity
    assert not ink.blank
    assert (ink.strength[15:45, 22:28] > 180).all()
    ink.strength[15:45, 22:28] = 0
    assert not ink.strength.any()


@pytest.mark.parametrize("paper", [0, 128, 255])
def test_an_even_or_slightly_noisy_page_is_blank(paper):
    assert find_ink(_page(paper, paper)).blank
    assert find_ink(_page(paper, paper, noise=5)).blank


def test_inversion_changes_the_polarity_and_nothing_else():
    page = _page(230, 40)
    assert np.array_equal(find_ink(page).strength, find_ink(255 - page).strength)


def test_otsu_parts_two_groups_between_them():
    assert 50 <= otsu_threshold(np.array([40, 50, 50, 60, 200, 210, 220], np.uint8).reshape(1, -1)) < 200
