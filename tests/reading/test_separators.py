"""Points, commas and dashes by their shape and by where they stand beside digits 100 pixels high, from 50 to 150."""

import pytest

from tenfold.reading.separators import separator

TOP, HEIGHT = 50, 100


@pytest.mark.parametrize(
    ("box", "sign"),
    [
        pytest.param((0, 140, 10, 10), ".", id="a round dot on the baseline"),
        pytest.param((0, 136, 14, 10), ".", id="a dot drawn a little broad"),
        pytest.param((0, 135, 10, 30), ",", id="a long tick below the baseline"),
        pytest.param((0, 155, 16, 16), ",", id="a mark well below the baseline"),
        pytest.param((0, 96, 40, 8), "-", id="a dash at half height"),
        pytest.param((0, 110, 30, 12), "-", id="a short, thick dash"),
        pytest.param((0, 52, 10, 10), None, id="a dot at the top"),
        pytest.param((0, 50, 40, 6), None, id="a stroke along the top"),
        pytest.param((0, 90, 8, 8), None, id="a dot at half height"),
        pytest.param((0, 145, 3, 3), None, id="dirt"),
        pytest.param((0, 152, 40, 5), None, id="a flat stroke below the line"),
    ],
)
@pytest.mark.parametrize("scale", [1, 3])
def test_signs_are_told_apart_by_shape_and_place(box, sign, scale):
    assert separator(tuple(scale * n for n in box), scale * TOP, scale * HEIGHT) == sign


@pytest.mark.parametrize(
    ("box", "sign"),
    [
        ((0, 100, 36, 20), "-"),  # 1.8 times as wide as high
        ((0, 112, 35, 20), "."),
        ((0, 110, 20, 4), "-"),  # a fifth of the height
        ((0, 112, 19, 4), "."),
        ((0, 70, 40, 2), "-"),  # its middle a fifth of the height from the top
        ((0, 69, 40, 2), None),
        ((0, 138, 40, 2), "-"),  # and nine tenths
        ((0, 139, 40, 2), None),
        ((0, 105, 10, 10), "."),  # points lie below three fifths
        ((0, 104, 10, 10), None),
        ((0, 140, 5, 5), "."),  # dirt is smaller than a twentieth
        ((0, 140, 4, 4), None),
        ((0, 130, 10, 16), ","),  # 1.6 times as high as wide
        ((0, 130, 10, 15), "."),
        ((0, 155, 10, 10), "."),  # lower than 15 % of the height under the line
        ((0, 156, 10, 10), ","),
    ],
)
def test_signs_change_where_they_are_documented_to(box, sign):
    assert separator(box, TOP, HEIGHT) == sign
