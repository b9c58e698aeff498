from pathlib import Path

import numpy as np
import pytest
from tests.page_networks import write_network

from tenfold.data.pages.make import PAGE_SIDE, Pages, turned
from tenfold.errors import TenfoldError
from tenfold.reading.line_strips import CELL, STRIP_HEIGHT
from tenfold.training.page import strips
from tenfold.training.page.plan import Plan
from tenfold.training.page.strips import IGNORED, NO_DIGIT, Strips, StripViews, found_strips


@pytest.fixture
def spots(tmp_path: Path) -> Path:
    """A page network that takes every dark spot for a digit."""
    return write_network(tmp_path / "page.onnx")


def page(turns: int = 0, *, blank: bool = False) -> Pages:
    """A line of three dark spots: a digit, a smudge, a digit; below them one that nobody can name."""
    pixels = np.full((PAGE_SIDE, PAGE_SIDE), 240, np.uint8)
    for x, y in () if blank else ((40, 40), (80, 40), (120, 40), (40, 160)):
        pixels[y : y + 24, x : x + 24] = 80
        pixels[y + 8 : y + 16, x + 8 : x + 16] = 10  # darkest in its middle: there is one peak
    marks = np.array([(5, 40, 40, 64, 64), (8, 120, 40, 144, 64), (15, 40, 160, 64, 184)], np.float32)
    pixels, marks = turned(pixels, marks[: 0 if blank else 3], turns)
    return Pages(pixels[None], np.insert(marks, 0, 0, axis=1), np.array([turns], np.uint8))


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_a_line_is_kept_upright_as_it_was_found_and_as_it_is(spots: Path, turns: int) -> None:
    found = strips._found(spots, page(turns))
    signs, there = found.signs  # what nobody can name, alone on its line, teaches nothing
    assert sorted(signs[:, 0].tolist()) == [-2, 5, 8]
    assert sorted(there[:, 0].tolist()) == [5, 8]
    five, smudge, eight = (float(signs[signs[:, 0] == label, 1][0]) for label in (5, -2, 8))
    assert smudge - five == pytest.approx(eight - smudge, abs=2)
    middle = found.pixels[0].shape[0] // 2
    assert all(found.pixels[0][middle, int(at)] < 60 for at in (five, smudge, eight))


def test_pages_without_lines_are_one_line(spots: Path) -> None:
    with pytest.raises(TenfoldError, match="no lines were found"):
        found_strips(page(blank=True), spots, 1)


def lined() -> Strips:
    """A strip with a digit of each label, bright in its middle, and one that nobody knows between the 6 and the 7."""
    pixels = np.full((72, 720), 60, np.uint8)
    signs = [(label, 40 + 64 * label, 24) for label in range(10)]
    for _label, middle, _width in signs:
        pixels[20:52, middle - 6 : middle + 6] = 250
    return Strips([pixels], [np.array([*signs, (-1, 40 + 64 * 6.5, 24)], np.float32)])


def test_a_cells_label_is_what_is_seen_there() -> None:
    """Of a thousand views a digit's cells lie on its middle, and cells without a digit do not."""
    shown = []
    for seed in range(1000):
        view, labels = strips._view(lined().pixels[0], lined().signs[0], np.random.default_rng(seed))
        if np.median(view) > 128:  # its negative
            continue
        bright = view[STRIP_HEIGHT // 2 - 4 : STRIP_HEIGHT // 2 + 4].mean(axis=0).reshape(-1, CELL).mean(axis=1) > 155
        shown.append((bright[(labels >= 0) & (labels < NO_DIGIT)].mean(), bright[labels == NO_DIGIT].mean()))
    on, off = np.nanmean(shown, axis=0)
    assert on > 0.97
    assert off < 0.03


def test_of_what_nobody_knows_nothing_is_learned() -> None:
    labels = strips._labels(np.array([3, -1]), np.array([20.0, 60.0]), np.array([16.0, 16.0]))
    assert set(labels[4:6].tolist()) == {3}
    assert (labels[13:17] == IGNORED).all()
    assert (labels[20:] == NO_DIGIT).all()


def test_a_batch_is_the_same_whenever_it_is_asked_for() -> None:
    views = StripViews(lined(), Plan(10, 4))
    (first, labels), (again, same), (other, _) = views.batch(3), views.batch(3), views.batch(4)
    assert first.equal(again)
    assert labels.equal(same)
    assert not first.equal(other)
    assert first.shape == (4, 1, STRIP_HEIGHT, 160)
    assert labels.shape == (4, 160 // CELL)
