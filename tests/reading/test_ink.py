"""Ink is told from paper whichever is dark, whatever their colours and however light falls; paper alone is blank."""

from dataclasses import FrozenInstanceError

import cv2
import numpy as np
import pytest
from tests.reading.drawings import digits, on_paper, written

from tenfold.reading import ink
from tenfold.reading.ink import find_ink
from tenfold.reading.measures import otsu_threshold, stroke_width

PAGE = written("047", "235")
LEFT, LOWER = "shadow on the left half", "shadow on the lower half"


def _page(paper, pen, noise=0):
    page = np.full((60, 50), paper, float)
    page[15:45, 22:28] = pen
    return np.clip(page + np.random.default_rng(0).normal(0, noise, page.shape), 0, 255).astype(np.uint8)


def _paper(shape, level, noise, seed=0):
    grain = np.random.default_rng(seed).normal(0, noise, shape)
    return np.clip(np.rint(level + grain), 0, 255).astype(np.uint8)


def _places(shape):
    """Where each pixel of a page is, from 0 at the left and the top to 1."""
    y, x = np.mgrid[: shape[0], : shape[1]]
    return x / shape[1], y / shape[0]


def _light(kind, shape):
    """Brightness of white paper, 0 to 255, under a light."""
    x, y = _places(shape)
    return {
        "across": 150 + 90 * x,
        "down": 240 - 90 * y,
        "slanting": 130 + 60 * x + 50 * y,
        "vignette": 245 * (1 - 0.7 * np.hypot(x - 0.5, y - 0.5) ** 2) ** 2,
        LEFT: 235 * (0.45 + 0.55 / (1 + np.exp((0.5 - x) * 30))),
        LOWER: 235 * (0.45 + 0.55 / (1 + np.exp((y - 0.5) * 60))),
    }[kind]


LIGHTS = ["across", "down", "slanting", "vignette", LEFT, LOWER]


def _agreement(ink, drawn):
    """Shared ink as a share of all ink, found or drawn, where half of a pixel decides."""
    found, drawn = ink.strength > 100, drawn > 128
    return (found & drawn).sum() / (found | drawn).sum()


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


def test_inversion_changes_the_polarity_and_nothing_else():
    page = on_paper(PAGE, 230, 40)
    straight, inverted = find_ink(page), find_ink(255 - page)
    assert np.array_equal(straight.strength, inverted.strength)
    assert (straight.polarity, inverted.polarity) == ("dark-on-light", "light-on-dark")


@pytest.mark.parametrize(
    ("paper", "pen", "polarity"),
    [
        pytest.param((250, 235, 120), (30, 40, 160), "dark-on-light", id="blue on yellow"),
        pytest.param((170, 200, 240), (210, 40, 50), "dark-on-light", id="red on light blue"),
        pytest.param((250, 200, 210), (40, 120, 60), "dark-on-light", id="green on pink"),
        pytest.param((190, 150, 110), (40, 60, 160), "dark-on-light", id="blue on wrapping paper"),
        pytest.param((255, 255, 255), (120, 190, 250), "dark-on-light", id="light blue on white"),
        pytest.param((255, 255, 255), (255, 240, 60), "dark-on-light", id="yellow on white"),
        pytest.param((40, 90, 70), (240, 230, 120), "light-on-dark", id="yellow on a green board"),
        pytest.param((20, 20, 20), (220, 40, 40), "light-on-dark", id="red on black"),
        pytest.param((40, 60, 140), (240, 150, 60), "light-on-dark", id="orange on blue"),
    ],
)
def test_coloured_pens_are_found_on_coloured_paper(paper, pen, polarity):
    ink = find_ink(on_paper(PAGE, paper, pen))
    assert ink.polarity == polarity
    assert _agreement(ink, PAGE) > 0.9


@pytest.mark.parametrize("light", LIGHTS)
def test_uneven_light_hides_no_ink_and_makes_none(light):
    paper = _light(light, PAGE.shape)
    for dimmed in (1, 0.6):
        ink = find_ink(on_paper(PAGE, dimmed * paper, dimmed * 0.25 * paper))
        assert ink.polarity == "dark-on-light"
        assert _agreement(ink, PAGE) > 0.9


@pytest.mark.parametrize("strength", [0.4, 1])
@pytest.mark.parametrize("thick", [1, 2, 3])
def test_ink_is_found_whole_on_squared_paper(thick, strength):
    squares = np.zeros_like(PAGE)
    for offset in range(thick):
        squares[6 + offset :: 34] = squares[:, 6 + offset :: 34] = 255 * strength
    ink = find_ink(on_paper(np.maximum(PAGE, squares)))
    assert ink.polarity == "dark-on-light"
    assert (ink.strength[PAGE > 128] > 100).mean() > 0.95


BESIDE_A_1 = pytest.mark.xfail(strict=True, reason="a shadow that ends within a 1 is taken for dark paper")


@pytest.mark.parametrize(
    ("light", "digit"),
    [
        pytest.param(light, digit, marks=BESIDE_A_1 if (light, digit) == (LEFT, 1) else ())
        for light in (LEFT, LOWER)
        for digit in range(10)
    ],
)
def test_a_shadow_over_half_of_a_single_digit_is_no_ink(light, digit):
    drawn = digits()[digit]
    paper = _light(light, drawn.shape)
    ink = find_ink(on_paper(drawn, paper, 0.2 * paper))
    assert ink.polarity == "dark-on-light"
    assert _agreement(ink, drawn) > 0.9


@pytest.mark.parametrize("paper", [235, 20])
def test_strokes_that_cover_nearly_half_of_the_picture_are_still_the_ink(paper):
    heavy = 0
    for drawn in digits():
        bold = cv2.dilate(drawn, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (11, 11)))
        rows, columns = np.nonzero(bold)
        bold = np.pad(bold[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1], 4)
        cover = float((bold > 128).mean())
        if cover < 0.47:
            heavy += cover > 0.40
            ink = find_ink(on_paper(bold, paper, 255 - paper))
            assert ink.polarity == ("dark-on-light" if paper > 128 else "light-on-dark")
            assert _agreement(ink, bold) > 0.95
    assert heavy >= 3


@pytest.mark.parametrize("side", [60, 300, 1000, 1500])
@pytest.mark.parametrize("paper", [235, 20])
def test_a_hairline_is_found_whole(side, paper):
    hair = np.zeros((side, side), np.uint8)
    corners = np.array([[0.2, 0.2], [0.7, 0.2], [0.4, 0.8]]) * side
    cv2.polylines(hair, [corners.astype(np.int32)], False, 255, 1)
    ink = find_ink(on_paper(hair, paper, 255 - paper))
    assert np.array_equal(ink.strength > 64, hair > 0)
    assert ink.stroke == pytest.approx(1, abs=0.5)


@pytest.mark.parametrize("noise", [0, 1, 2])
@pytest.mark.parametrize(("paper", "pen"), [(250, 225), (128, 103), (200, 225), (60, 85), (0, 25), (255, 230)])
def test_ink_25_levels_from_its_paper_is_found(paper, pen, noise):
    page = on_paper(PAGE, paper, pen) + np.random.default_rng(0).normal(0, noise, PAGE.shape)
    ink = find_ink(np.clip(np.rint(page), 0, 255).astype(np.uint8))
    assert ink.polarity == ("dark-on-light" if pen < paper else "light-on-dark")
    assert _agreement(ink, PAGE) > 0.9


@pytest.mark.parametrize("noise", [0, 0.5, 1, 2, 3, 6])
@pytest.mark.parametrize("level", [0, 1, 5, 20, 64, 128, 200, 250, 254, 255])
def test_even_paper_and_the_noise_of_cameras_is_blank(level, noise):
    for seed, shape in enumerate([(60, 60), (84, 120), (400, 300)]):
        ink = find_ink(_paper(shape, level, noise, seed))
        assert (ink.blank, ink.stroke) == (True, 0), shape


@pytest.mark.parametrize("colour", [(255, 255, 255), (250, 235, 120), (30, 80, 60), (0, 0, 0)])
def test_even_coloured_paper_is_blank(colour):
    assert find_ink(np.full((84, 120, 3), colour, np.uint8)).blank


DARK_CORNERS = pytest.mark.xfail(
    strict=True, reason="the corners of a strong vignette are darker than a surface of second degree reaches"
)


@pytest.mark.parametrize(
    ("height", "width", "light"),
    [
        pytest.param(height, width, light, marks=DARK_CORNERS if (height, light) == (400, "vignette") else ())
        for height, width in [(84, 84), (400, 300)]
        for light in LIGHTS
    ],
)
def test_paper_in_uneven_light_is_blank(height, width, light):
    shape = height, width
    for noise in (0, 2, 4):
        assert find_ink(_paper(shape, _light(light, shape), noise)).blank, noise


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (40, 1), (2, 2), (3, 500), (1, 1, 3), (5, 2, 3)])
@pytest.mark.parametrize("seed", range(4))
def test_the_smallest_pictures_have_ink_of_their_own_shape(shape, seed):
    pixels = np.random.default_rng(seed).integers(0, 256, shape, np.uint8)
    ink = find_ink(pixels)
    assert ink.strength.shape == shape[:2]
    assert ink.strength.dtype == np.uint8


@pytest.mark.parametrize("width", [2, 5, 9, 20])
def test_the_width_of_strokes_is_measured(width):
    mask = np.zeros((200, 200), np.uint8)
    cv2.polylines(mask, [np.array([[40, 40], [150, 40], [80, 160]])], False, 1, width)
    assert stroke_width(mask) == pytest.approx(width, rel=0.35, abs=1)
    assert stroke_width(np.zeros((20, 20), np.uint8)) == 0


def test_otsu_parts_two_groups_between_them():
    assert 50 <= otsu_threshold(np.array([40, 50, 50, 60, 200, 210, 220], np.uint8).reshape(1, -1)) < 200


@pytest.mark.parametrize(
    ("box", "rim"),
    [
        # Of a page of 400 by 1000 pixels a line along a side is at most 30 broad or 12 high, and four times as long.
        ((0, 50, 30, 121), True),
        ((0, 50, 30, 120), False),
        ((0, 50, 31, 200), False),
        ((1, 50, 30, 121), False),
        ((970, 50, 30, 121), True),
        ((969, 50, 30, 121), False),
        ((50, 0, 49, 12), True),
        ((50, 0, 48, 12), False),
        ((50, 0, 60, 13), False),
        ((50, 1, 49, 12), False),
        ((50, 388, 49, 12), True),
        ((50, 387, 49, 12), False),
        # Six pixels from the edge nobody writes.
        ((1, 50, 5, 5), True),
        ((1, 50, 6, 5), False),
        ((994, 50, 5, 5), True),
        ((993, 50, 5, 5), False),
        ((50, 1, 5, 5), True),
        ((50, 1, 5, 6), False),
        ((50, 394, 5, 5), True),
        ((50, 393, 5, 5), False),
    ],
)
def test_what_runs_along_the_edge_or_hugs_it_is_the_pictures_rim(box, rim):
    assert ink._rim(np.int32([(0, 0, 1000, 400), box]), (400, 1000)).tolist() == [False, rim]


@pytest.mark.parametrize(("box", "rim"), [((0, 5, 2, 9), True), ((0, 5, 3, 13), False), ((5, 0, 9, 2), True)])
def test_the_rim_of_a_small_picture_is_two_pixels(box, rim):
    assert ink._rim(np.int32([(0, 0, 30, 30), box]), (30, 30)).tolist() == [False, rim]


SHEET = (0, 0, 1000, 400, 300_000)
"""Of the page itself: its box and area."""


@pytest.mark.parametrize(
    ("shape", "part", "written", "around"),
    [
        ((400, 1000), (0, 9, 100, 50, 2001), (50, 90, 16, 3, 48), True),  # thicker than 20 pixels
        ((400, 1000), (0, 9, 100, 50, 2000), (50, 90, 16, 3, 48), False),
        ((400, 1000), (9, 0, 50, 100, 2001), (50, 90, 3, 16, 48), True),
        ((400, 1000), (900, 9, 100, 50, 2001), (50, 90, 16, 3, 48), True),
        ((400, 1000), (9, 350, 100, 50, 2001), (50, 90, 16, 3, 48), True),
        ((400, 1000), (899, 349, 100, 50, 2001), (50, 90, 16, 3, 48), False),  # not at the edge
        ((400, 1000), (0, 9, 100, 50, 2001), (50, 90, 15, 3, 45), False),  # and nothing written
        ((400, 1000), (0, 9, 100, 50, 2001), (0, 90, 16, 3, 48), False),
        ((1000, 1000), (0, 9, 100, 50, 5001), (50, 90, 30, 3, 90), True),
        ((1000, 1000), (0, 9, 100, 50, 5001), (50, 90, 29, 3, 87), False),
        ((201, 1000), (0, 9, 100, 50, 2001), (50, 90, 16, 3, 48), True),
        ((200, 1000), (0, 9, 100, 50, 2001), (50, 90, 16, 3, 48), False),
    ],
)
def test_what_is_thick_and_at_the_edge_of_a_large_page_with_writing_is_what_it_lies_on(shape, part, written, around):
    assert ink._surroundings(np.int32([SHEET, part, written]), shape).tolist() == [False, around, False]


@pytest.mark.parametrize(("even", "found"), [(86, (0, 0)), (85, (0, 2.5)), (60, (0, 2.5))])
def test_a_canvas_is_one_level_in_more_than_85_of_100_pixels(even, found):
    assert ink._paper_grain(np.float32([[0] * even + [1] * (100 - even)])) == found


@pytest.mark.parametrize("grain", [3, 5, 9])
def test_the_grain_of_paper_is_its_deviation_also_where_it_is_cut_off(grain):
    noise = np.random.default_rng(0).normal(0, grain, (300, 400)).astype(np.float32)
    assert ink._paper_grain(20 + noise) == (pytest.approx(20, abs=0.3), pytest.approx(grain, rel=0.04))
    assert ink._paper_grain(np.maximum(noise, 0)) == (pytest.approx(0, abs=0.1), pytest.approx(grain, rel=0.04))
    written = noise.copy()
    written[:60] += 90  # a fifth of it is ink, and not its grain
    assert ink._paper_grain(written) == (pytest.approx(0, abs=0.3), pytest.approx(grain, rel=0.04))


@pytest.mark.parametrize(("paper", "levels", "found"), [(255, 5, False), (255, 7, True), (96, 2, False), (96, 3, True)])
def test_on_a_canvas_six_255ths_of_its_brightness_are_ink(paper, levels, found):
    page = np.full((100, 100), paper, np.uint8)
    page[30:70, 40:46] = paper - levels
    assert find_ink(page).blank != found


@pytest.mark.parametrize(("pixels", "found"), [(4, False), (5, True)])
@pytest.mark.parametrize(("side", "dust"), [(61, True), (60, False)])
def test_fewer_than_five_pixels_of_a_page_are_dust_but_not_of_a_small_picture(pixels, found, side, dust):
    page = np.full((side, side), 255, np.uint8)
    page[10:30, 10:14] = 0
    page[40, 40 : 40 + pixels] = 0
    assert find_ink(page).strength[40, 40 : 40 + pixels].all() == (found or not dust)
    assert find_ink(page).strength[10:30, 10:14].all()


def test_ink_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        find_ink(np.full((5, 5), 255, np.uint8)).stroke = 1.0
