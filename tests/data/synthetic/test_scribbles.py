"""Scribbles: what a seed promises, and that every kind leaves ink in its box at any size."""

import os

import numpy as np
import pytest

from tenfold.data.synthetic.scribbles import BALLPOINT_TO_MARKER, KINDS, scribbles
from tenfold.data.synthetic.scribbles_marks import MARKS
from tenfold.data.synthetic.strokes import BLOCK
from tenfold.data.synthetic.strokes_pen import Pen
from tenfold.errors import UsageError
from tenfold.inference.frame import ink_box


def test_the_same_seed_gives_the_same_pictures_however_many_threads_draw(monkeypatch: pytest.MonkeyPatch) -> None:
    first = scribbles(BLOCK + 100, seed=3)
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    np.testing.assert_array_equal(scribbles(BLOCK + 100, seed=3), first)


def test_no_two_pictures_are_the_same_in_two_blocks_or_seeds() -> None:
    images = np.concatenate([scribbles(2 * BLOCK, seed=0), scribbles(BLOCK, seed=1)])
    assert len({image.tobytes() for image in images}) == len(images)


@pytest.mark.parametrize(("side", "box"), [(28, 20), (84, 64)])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_leaves_ink_and_paper_within_its_box(kind: str, side: int, box: int) -> None:
    pen = Pen(radius=0.9 * box / 20, limits=(0.3, 0.1 * box), speck=0)
    images = scribbles(60, seed=2, side=side, box=box, pen=pen, kinds=(kind,))
    assert images.shape == (60, side, side)
    assert images.dtype == np.uint8
    assert (images.max(axis=(1, 2)) > 200).mean() > 0.95
    share = (images > 127).mean(axis=(1, 2))
    assert (share < (box / side) ** 2 + 0.05).all()
    longer = np.array([max(ink_box(image, 40)[2:]) for image in images if image.any()])  # type: ignore[index]
    assert longer.max() <= box + 2
    assert np.median(longer) >= 0.8 * box


@pytest.mark.parametrize("kind", MARKS)
def test_every_mark_is_a_finite_path_about_as_high_as_a_digit(kind: str) -> None:
    path, on = MARKS[kind](200, 112, np.random.default_rng(0))
    assert path.shape == (200, 112, 2)
    assert on.shape == (200, 111)
    assert path.dtype == on.dtype == np.float32
    assert np.isfinite(path).all()
    assert set(np.unique(on)) <= {0, 1}
    # The hand's tremor is a share of this size: a tiny path would be all tremor.
    size = np.ptp(path, axis=1).max(axis=1)
    assert 0.5 < np.median(size) < 2.5


def test_dashes_lie_and_never_stand_as_a_1_does() -> None:
    path, _ = MARKS["dashes"](500, 112, np.random.default_rng(0))
    first = path[:, :30]  # within the first of at most three lines
    width, height = np.abs(first[:, -1] - first[:, 0]).T
    assert (width > height).all()


def test_kinds_are_mixed_unless_chosen() -> None:
    mixed, dots = scribbles(300, seed=0), scribbles(300, seed=0, kinds=("dots",))
    ink = mixed.mean(axis=(1, 2))
    assert ink.std() > 2 * dots.mean(axis=(1, 2)).std()


def test_a_thicker_pen_leaves_more_ink() -> None:
    thick = scribbles(200, kinds=("arcs",), pen=Pen(radius=2.5)).mean()
    assert thick > 1.3 * scribbles(200, kinds=("arcs",), pen=BALLPOINT_TO_MARKER).mean()


@pytest.mark.parametrize("n", [0, 1])
def test_any_small_count_works(n: int) -> None:
    assert scribbles(n).shape == (n, 28, 28)


@pytest.mark.parametrize("wrong", [{"n": -1}, {"n": 1, "seed": -1}, {"n": 1, "kinds": ()}, {"n": 1, "kinds": ("cat",)}])
def test_wrong_arguments_are_refused_in_one_line(wrong: dict[str, object]) -> None:
    with pytest.raises(UsageError, match="scribbles: "):
        scribbles(**wrong)  # type: ignore[arg-type]
