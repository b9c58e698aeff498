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
