"""Printed pages: marks lie on the ink they name, and a seed is one page."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from tenfold.data.pages.canvas import CLASSES, UNKNOWN, Canvas, Tone
from tenfold.data.pages.fonts import Fonts, line_width, print_line
from tenfold.data.pages.sheets_printed import PRINTED

SIDE = 256


@pytest.fixture(scope="module")
def fonts() -> Fonts:
    return Fonts()


@dataclass
class PrintingHand:
    """Stands in for a person: writes in a font."""

    font: str
    height: float

    def number(self, canvas, text, left, baseline, value, *, height=None, depth=1.0, slope=0.0):
        return print_line(canvas, self.font, text, left, baseline, height or self.height, value, depth)

    def measure(self, text, height=None):
        return line_width(self.font, text, height or self.height)


@dataclass
class PrintingTools:
    fonts: Fonts

    def writer(self, rng, height):
        return PrintingHand(self.fonts.pick(rng, "hand"), height)


def blank(seed: int = 0, tone: float = 1.0, width: int = SIDE) -> Canvas:
    return Canvas(np.full((SIDE, width), tone, np.float32), np.random.default_rng(seed))


def ink_box(tone: Tone) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of all that is darker than the white page."""
    rows, columns = np.nonzero(tone < 0.75)
    return columns.min(), rows.min(), columns.max() + 1, rows.max() + 1


def named(canvas: Canvas) -> str:
    return "".join("?" if mark.label == UNKNOWN else CLASSES[mark.label] for mark in canvas.marks)


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("Total 1.250,75 on 3/4-2026 at 12:30", "1.250,753/4-202612:30"),
        ("No. 7, Mr. X: a-d and/or -5", "7,-5"),
        ("So O is I or l, not S.", "????"),
    ],
)
def test_digits_and_the_separators_among_them_are_marked(fonts, text, marked):
    for seed in range(20):
        canvas = blank(seed, width=800)
        print_line(canvas, fonts.pick(canvas.rng, "text"), text, 2, 100, 14, 0.0)
        assert named(canvas) == marked


def test_a_mark_is_the_box_of_its_ink(fonts):
    for seed in range(60):
        canvas = blank(seed)
        digit, height = str(seed % 10), canvas.rng.uniform(12, 60)
        # An 8 keeps company: alone, old-style figures need not be digits.
        font = fonts.pick(canvas.rng, "any")
        print_line(canvas, font, f"{digit}8", 80.3, 120.6, height, 0.0, tracking=60.0)
        alone = canvas.tone.copy()
        alone[:, int(canvas.marks[0].box[2] + canvas.marks[1].box[0]) // 2 :] = 1
        np.testing.assert_allclose(canvas.marks[0].box, ink_box(alone), atol=1)
        eight = canvas.marks[1].box
        assert named(canvas) == f"{digit}8"
        assert eight[3] - eight[1] == pytest.approx(height, abs=2)


def test_what_nobody_could_read_is_no_digit(fonts):
    small, faint = blank(), blank()
    print_line(small, fonts.files["text"][0], "88", 10, 50, 3, 0.0)
    print_line(faint, fonts.files["text"][0], "88", 10, 50, 20, 0.0, depth=0.1)
    assert named(small) == named(faint) == "??"


@pytest.mark.parametrize("name", PRINTED)
def test_a_seed_is_one_page(fonts, name):
    sheet, _share = PRINTED[name]
    first, again, other = blank(1, 0.8), blank(1, 0.8), blank(2, 0.8)
    for canvas in (first, again, other):
        sheet(canvas, PrintingTools(fonts))
    np.testing.assert_array_equal(first.tone, again.tone)
    assert [mark.box for mark in first.marks] == [mark.box for mark in again.marks]
    assert (first.tone != other.tone).any()
    assert first.tone.min() >= 0
    assert first.tone.max() <= 1


def test_the_same_machine_gives_the_same_fonts(fonts):
    assert Fonts().files == fonts.files
    for kind in ("any", "text", "hand", "segments"):
        names = [Path(file).name for file in fonts.files[kind]]
        assert names == sorted(names)


def test_without_handwriting_a_font_for_text_is_picked(fonts, monkeypatch):
    monkeypatch.setitem(fonts._families, "hand", [])
    assert fonts.pick(np.random.default_rng(0), "hand") in fonts.files["text"]


def test_shares_are_of_a_whole():
    assert sum(share for _sheet, share in PRINTED.values()) == pytest.approx(1)
