"""Digits composed into numbers: the text, whose ink is whose, and how close neighbours stand."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from tenfold.data.synthetic.paper_pen import Ink, upscale
from tenfold.data.synthetic.strings import TOUCHING, Hand, Writing, compose, hand, number
from tenfold.data.synthetic.strings_marks import MARKS, around, mark
from tenfold.data.synthetic.strokes import strokes

SAMPLE = strokes(200, seed=12)
DIGITS = [upscale(view, 44) for view in SAMPLE.images]


def written(seed: int, n: int = 5, marks: float = 0.5, **style: float) -> Writing:
    rng = np.random.default_rng(seed)
    chosen = rng.integers(0, len(DIGITS), n)
    someone = replace(hand(rng, rng.uniform(22, 40)), **style)
    return compose([DIGITS[i] for i in chosen], SAMPLE.labels[chosen].tolist(), rng, someone, marks=marks)


def touch(writing: Writing, first: int) -> bool:
    """Whether the solid ink of two glyphs that follow each other meets."""
    solid = writing.coverage > 0.3
    one = ((writing.owner == first) & solid).astype(np.uint8)
    return bool(cv2.dilate(one, np.ones((3, 3), np.uint8))[(writing.owner == first + 1) & solid].any())


def test_the_same_seed_gives_the_same_writing() -> None:
    first, again, other = written(1), written(1), written(2)
    assert np.array_equal(first.coverage, again.coverage)
    assert np.array_equal(first.owner, again.owner)
    assert first.glyphs == again.glyphs
    assert first.glyphs != other.glyphs


@pytest.mark.parametrize("seed", range(20))
def test_owners_boxes_and_ink_agree(seed: int) -> None:
    writing = written(seed, joining=0)
    assert writing.coverage.dtype == np.float32
    assert writing.owner.dtype == np.int16
    assert writing.coverage.shape == writing.owner.shape
    assert writing.coverage.min() >= 0
    assert writing.coverage.max() <= 1
    assert np.array_equal(writing.owner >= 0, writing.coverage > 0)
    for index, glyph in enumerate(writing.glyphs):
        x, y, w, h = glyph.box
        assert x >= 0
        assert y >= 0
        assert x + w <= writing.coverage.shape[1]
        assert y + h <= writing.coverage.shape[0]
        own = (writing.owner == index) & (writing.coverage > 0.11)
        assert own.any()
        assert own.sum() == own[y : y + h, x : x + w].sum()


def test_the_text_is_the_digits_in_order_without_the_marks() -> None:
    rng = np.random.default_rng(3)
    writing = compose(DIGITS[:6], SAMPLE.labels[:6].tolist(), rng, marks=1.0)
    digits = "".join(glyph.label for glyph in writing.glyphs if glyph.is_digit)
    assert digits == "".join(str(label) for label in SAMPLE.labels[:6])
    assert any(not glyph.is_digit for glyph in writing.glyphs)
    assert all(glyph.is_digit or glyph.label in MARKS for glyph in writing.glyphs)
    starts = [glyph.box[0] for glyph in writing.glyphs]
    assert starts == sorted(starts)


def test_without_marks_there_are_digits_alone() -> None:
    assert all(len(written(seed, marks=0).glyphs) == 5 for seed in range(30))


def test_each_digit_keeps_its_ink_where_nothing_lies_over_it() -> None:
    rng = np.random.default_rng(5)
    writing = compose(DIGITS[:1], [int(SAMPLE.labels[0])], rng, marks=0)
    assert parts(writing.coverage) == parts(DIGITS[0])


def parts(ink: Ink) -> int:
    return cv2.connectedComponents((ink > 0.5).astype(np.uint8), connectivity=8)[0]


def test_about_one_in_seven_neighbours_touches_or_overlaps() -> None:
    writings = [written(seed, marks=0) for seed in range(300)]
    met = [touch(writing, i) for writing in writings for i in range(4)]
    assert TOUCHING - 0.04 < np.mean(met) < TOUCHING + 0.04
    by_writing = np.array(met).reshape(300, 4).mean(axis=1)
    assert (by_writing == 0).mean() > 0.5, "most people keep their digits apart"


def test_a_pen_that_is_not_lifted_joins_zeros() -> None:
    zero = DIGITS[int(np.flatnonzero(SAMPLE.labels == 0)[0])]
    apart = Hand(30, 0, 1, 0.4, 0, 0, 0, 0, 1, 0)
    for seed in range(10):
        drawn = [
            compose([zero] * 3, [0, 0, 0], np.random.default_rng(seed), style, marks=0)
            for style in (apart, replace(apart, joining=1))
        ]
        assert [parts(writing.coverage > 0.1) for writing in drawn] == [4, 2]
        joined = drawn[1]
        assert np.array_equal(joined.owner >= 0, joined.coverage > 0)
        assert touch(joined, 0)
        assert touch(joined, 1)


def test_thousands_are_parted_from_the_right() -> None:
    for seed in range(200):
        marks = around(7, np.random.default_rng(seed), chance=1.0)
        assert {i for i in marks if 0 < i < 7} == {1, 4}
    assert not [i for i in around(3, np.random.default_rng(0), chance=1.0) if 0 < i < 3]


@pytest.mark.parametrize("kind", MARKS)
def test_a_mark_is_ink_of_its_pen_and_smaller_than_its_field(kind: str) -> None:
    for seed in range(10):
        ink, above = mark(kind, np.random.default_rng(seed), 30, 3)
        assert ink.max() == 1
        assert ink.min() == 0
        assert not (ink[0] > 0.5).any()
        assert not (ink[-1] > 0.5).any()
        assert not (ink[:, 0] > 0.5).any()
        assert not (ink[:, -1] > 0.5).any()
        assert -5 < above < 60


def test_an_unknown_mark_is_refused() -> None:
    with pytest.raises(KeyError):
        mark("q", np.random.default_rng(0), 30, 3)


def test_a_number_is_written_in_one_pen_and_the_height_asked_for() -> None:
    for seed in range(20):
        rng = np.random.default_rng(seed)
        writing = number(SAMPLE.images[:5], SAMPLE.labels[:5].tolist(), rng, height=(30, 30), marks=0)
        assert 18 < np.median([glyph.box[3] for glyph in writing.glyphs]) < 40


def test_a_hand_slants_and_spaces_all_its_digits_alike() -> None:
    upright = hand(np.random.default_rng(0), 30)
    assert upright == hand(np.random.default_rng(0), 30)
    ones = [upscale(view, 44) for view in SAMPLE.images[SAMPLE.labels == 1]][:5]
    lean = []
    for slant in (-0.4, 0.4):
        rng = np.random.default_rng(1)
        style = Hand(30, slant, 1, 0.3, 0, 0, 0, 0, 1, 0)
        moments = [cv2.moments(compose([one], [1], rng, style, marks=0).coverage) for one in ones]
        lean.append(np.mean([m["mu11"] / m["mu02"] for m in moments]))
    assert lean[0] - lean[1] > 0.3, "a slant to the right moves the top right: x falls as y grows"


def test_nothing_to_write_is_refused_in_words() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="0 digits with 0 labels"):
        compose([], [], rng)
    with pytest.raises(ValueError, match="2 digits with 1 labels"):
        compose(DIGITS[:2], [1], rng)
