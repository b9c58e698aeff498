"""Plain ink: of either polarity, at any size, none on bare paper; what is no stroke stays out."""

import cv2
import numpy as np
import pytest

from tenfold.reading.plain import plain_strength

SEVEN = np.zeros((100, 80), np.uint8)
cv2.polylines(SEVEN, [np.array([[15, 20], [60, 20], [30, 85]])], False, 255, 6, cv2.LINE_AA)


def _picture(paper, pen, noise=0.0, drawn=SEVEN):
    grey = paper + drawn / 255 * (pen - paper)
    grain = np.random.default_rng(0).normal(0, noise, drawn.shape)
    return np.clip(np.rint(grey + grain), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("noise", [0, 3])
@pytest.mark.parametrize(("paper", "pen"), [(255, 0), (230, 190), (120, 60), (0, 255), (60, 100), (90, 220)])
def test_ink_is_full_on_strokes_and_none_on_paper_whichever_is_dark(paper, pen, noise):
    strength = plain_strength(_picture(paper, pen, noise))
    assert (strength[SEVEN == 255] > 200).mean() > 0.99
    assert not strength[cv2.dilate(SEVEN, np.ones((5, 5), np.uint8)) == 0].any()


@pytest.mark.parametrize("shape", [(84, 84), (400, 300)])
@pytest.mark.parametrize("level", [0, 64, 128, 255])
@pytest.mark.parametrize("noise", [0, 2, 4])
def test_bare_paper_is_blank(shape, level, noise):
    assert not plain_strength(_picture(level, level, noise, np.zeros(shape, np.uint8))).any()


def test_strokes_that_cover_much_of_a_closely_cut_picture_are_still_the_ink():
    bold = cv2.dilate(SEVEN, np.ones((15, 15), np.uint8))[10:-5, 5:-10]
    assert 0.4 < (bold > 128).mean() < 0.6
    for paper, pen in ((240, 20), (20, 240)):
        strength = plain_strength(_picture(paper, pen, drawn=bold))
        assert (strength[bold == 255] == 255).all()
        assert not strength[bold == 0].any()


def test_paper_that_is_a_little_lighter_in_the_middle_is_not_the_ink():
    glow = np.zeros_like(SEVEN)
    glow[5:-5, 5:-5] = 20
    grey = 200 + glow - SEVEN * np.float32(100 / 255)
    strength = plain_strength(grey.astype(np.uint8))
    assert (strength[SEVEN == 255] > 200).all()
    assert not strength[SEVEN == 0].any()


def test_strokes_that_run_over_the_border_do_not_turn_paper_into_ink():
    cut = SEVEN[15:60, 20:62]
    assert (plain_strength(_picture(240, 20, drawn=cut))[cut == 255] == 255).all()


def test_single_pixels_far_from_strokes_are_dust_and_lines_one_pixel_wide_are_not():
    dusty = np.zeros((40, 60), np.uint8)
    dusty[10:30, 20] = 255
    dusty[10:12, 40], dusty[35, 5] = 255, 255
    strength = plain_strength(_picture(255, 0, drawn=dusty))
    assert (strength[10:30, 20] == 255).all()
    assert np.count_nonzero(strength) == 20


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (40, 1), (2, 2), (3, 200)])
def test_the_smallest_pictures_have_ink_of_their_own_shape(shape):
    pixels = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    assert plain_strength(pixels).shape == shape
    assert not plain_strength(np.full(shape, 200, np.uint8)).any()
