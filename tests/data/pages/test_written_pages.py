"""Sheets with handwriting: they depend on their seed alone, and mark what can be read, in its place."""

from dataclasses import replace

import numpy as np
import pytest
from tests.plotter import plotter_glyphs

from tenfold.data.pages.canvas import UNKNOWN, Canvas
from tenfold.data.pages.fonts import Fonts
from tenfold.data.pages.sheets_forms import Comb, fill_comb, print_comb
from tenfold.data.pages.sheets_lines import Pen, Rule
from tenfold.data.pages.sheets_marks import cross_out
from tenfold.data.pages.sheets_writing import write
from tenfold.data.pages.sheets_written import EMPTY, WRITTEN
from tenfold.data.pages.tools import Tools

_PEN = Pen(value=0.1, depth=1.0, width=2.0)


@pytest.fixture(scope="module")
def tools() -> Tools:
    """Hands that write as a plotter does: no data is needed."""
    return Tools(plotter_glyphs(), Fonts())


def _page(name: str, seed: int, tools: Tools, side: int = 256) -> Canvas:
    canvas = Canvas(np.full((side, side), 0.9, np.float32), np.random.default_rng(seed))
    WRITTEN[name][0](canvas, tools)
    return canvas


@pytest.mark.parametrize("name", WRITTEN)
def test_the_same_seed_gives_the_same_page(name: str, tools: Tools) -> None:
    one, two = _page(name, 3, tools), _page(name, 3, tools)
    np.testing.assert_array_equal(one.tone, two.tone)
    assert [(mark.label, mark.box) for mark in one.marks] == [(mark.label, mark.box) for mark in two.marks]
    assert not np.array_equal(one.tone, _page(name, 4, tools).tone)


@pytest.mark.parametrize("name", WRITTEN)
def test_brightness_stays_between_black_and_white_on_pages_of_any_size(name: str, tools: Tools) -> None:
    for seed, side in enumerate((40, 100, 256)):
        tone = _page(name, seed, tools, side).tone
        assert tone.dtype == np.float32
        assert tone.min() >= 0
        assert tone.max() <= 1


@pytest.mark.parametrize("name", sorted(EMPTY))
def test_sheets_without_digits_mark_none(name: str, tools: Tools) -> None:
    for seed in range(6):
        assert all(mark.label == UNKNOWN for mark in _page(name, seed, tools).marks)


@pytest.mark.parametrize("name", sorted(set(WRITTEN) - EMPTY))
def test_other_sheets_mark_digits_that_are_inked(name: str, tools: Tools) -> None:
    marked = 0
    for seed in range(6):
        canvas = _page(name, seed, tools)
        for mark in canvas.marks:
            if mark.label < 10:
                marked += 1
                left, top, right, bottom = (round(edge) for edge in mark.box)
                assert np.ptp(canvas.tone[max(top, 0) : bottom + 1, max(left, 0) : right + 1]) > 0.02
    assert marked


@pytest.mark.parametrize("style", ["closed", "teeth", "half", "separate", "underscores", "shaded", "dividers"])
def test_each_digit_of_a_comb_is_marked_in_its_cell_and_no_wall_is(style: str, tools: Tools) -> None:
    canvas = Canvas(np.ones((256, 256), np.float32), np.random.default_rng(1))
    comb = Comb(10, 50, 30, 40, 7, style, Rule(0.2, 1.0, 1.5))
    print_comb(canvas, comb)
    assert canvas.tone.min() < 1
    assert not canvas.marks
    fill_comb(canvas, comb, tools.writer(canvas.rng, 22.0), "1 12341", _PEN, stray=0.02)
    assert [mark.label for mark in canvas.marks] == [1, 1, 2, 3, 4, 1]
    for index, mark in zip([0, 2, 3, 4, 5, 6], canvas.marks, strict=True):
        x, y = mark.corners.mean(axis=0)
        assert abs(x - comb.middle(index)[0]) < comb.across / 2
        assert abs(y - comb.middle(index)[1]) < comb.down / 2


def test_what_is_crossed_out_is_not_marked(tools: Tools) -> None:
    for seed in range(8):
        canvas = Canvas(np.ones((256, 256), np.float32), np.random.default_rng(seed))
        writer = tools.writer(canvas.rng, 30.0)
        writer.style = replace(writer.style, crowding=0.0)
        write(canvas, writer, "123", 20, 100, _PEN)
        before = canvas.tone.copy()
        cross_out(canvas, _PEN, *canvas.marks[1].box)
        assert [mark.label for mark in canvas.marks] == [1, 3]
        assert (canvas.tone < before - 0.1).any()
