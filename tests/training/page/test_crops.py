from pathlib import Path

import numpy as np
import pytest
from tests.page_networks import write_network

from tenfold.data.pages.make import PAGE_SIDE, Pages, turned
from tenfold.training.page import crops
from tenfold.training.page.crops import NO_DIGIT, Crops, CropViews
from tenfold.training.page.plan import Plan


@pytest.fixture
def spots(tmp_path: Path) -> Path:
    """A page network that takes every dark spot for a digit."""
    return write_network(tmp_path / "page.onnx")


def page(turns: int = 0) -> Pages:
    """Three dark spots: two digits, and a smudge; a pale digit that nobody finds."""
    pixels = np.full((PAGE_SIDE, PAGE_SIDE), 240, np.uint8)
    for x, y in ((40, 40), (120, 40), (40, 160)):
        pixels[y : y + 24, x : x + 24] = 80
        pixels[y + 8 : y + 16, x + 8 : x + 16] = 10  # darkest in its middle: there is one peak
    pixels[180:204, 180:204] = 220
    marks = np.array([(5, 40, 40, 64, 64), (8, 120, 40, 144, 64), (2, 180, 180, 204, 204)], np.float32)
    pixels, marks = turned(pixels, marks, turns)
    return Pages(pixels[None], np.insert(marks, 0, 0, axis=1), np.array([turns], np.uint8))


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_what_is_found_is_labelled_and_what_is_missed_is_learned_too(spots: Path, turns: int) -> None:
    found = crops._found(spots, page(turns))
    assert {int(label) for label in found.labels} == {2, 5, 8, NO_DIGIT}
    middles = found.pixels[:, 30:42, 30:42].mean(axis=(1, 2))
    assert (middles[np.isin(found.labels, (5, 8))] < 80).all()
    assert (middles[found.labels == NO_DIGIT] < 80).any()  # the smudge; parts of digits are none, too
    assert (middles[found.labels == 2] > 180).all()


def test_a_batch_is_the_same_whenever_it_is_asked_for() -> None:
    rng = np.random.default_rng(0)
    views = CropViews(Crops(rng.integers(0, 256, (9, 72, 72), dtype=np.uint8), np.arange(9)), Plan(10, 4))
    (first, labels), (again, same), (other, _) = views.batch(3), views.batch(3), views.batch(4)
    assert first.equal(again)
    assert labels.equal(same)
    assert not first.equal(other)
    assert first.shape == (4, 1, 48, 48)
