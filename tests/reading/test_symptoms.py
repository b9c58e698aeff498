"""What is measured of a page, against pages so plain that every figure is known."""

from types import SimpleNamespace

import numpy as np
import pytest

from tenfold.reading import Page, symptoms


def _trace(strength, pixels=None, bare=None, boxes=(), names="", views=(), lines=()):
    """What a page of this ink (and these pixels) came to: digits with these names, on these lines, in the boxes."""
    ink = SimpleNamespace(strength=strength, stroke=3.0)
    named = list(names or "7" * len(boxes))
    on_lines = lines or [0] * len(named)
    digits = [SimpleNamespace(name=name, line=line) for name, line in zip(named, on_lines, strict=True)]
    return SimpleNamespace(
        page=Page(np.zeros_like(strength) if pixels is None else pixels, 1.0),
        ink=ink,
        used=ink,
        bare=None if bare is None else SimpleNamespace(strength=bare),
        boxes=tuple(boxes),
        reading=SimpleNamespace(digits=digits, views=views),
    )


def _ink(*boxes, shape=(40, 60), level=255):
    strength = np.zeros(shape, np.uint8)
    for x, y, wide, tall in boxes:
        strength[y : y + tall, x : x + wide] = level
    return strength


def _on(paper, pen, strength):
    return np.where(strength > 0, pen, paper).astype(np.uint8)


STROKE = _ink((20, 5, 6, 30))


def test_contrast_is_between_strokes_and_the_paper_beside_them():
    assert symptoms.contrast(_trace(STROKE, _on(200, 50, STROKE))) == 150
    assert symptoms.contrast(_trace(STROKE, _on(50, 200, STROKE))) == 150
    colour = np.stack([_on(200, 190, STROKE), _on(200, 60, STROKE), _on(200, 90, STROKE)], axis=2)
    assert symptoms.contrast(_trace(STROKE, colour)) == 140, "in the channel where it is most"
    far = _on(200, 50, STROKE)
    far[:, 35:] = 0  # beyond nine pixels from the stroke
    far[:, :11] = 0
    assert symptoms.contrast(_trace(STROKE, far)) == 150
    assert symptoms.contrast(_trace(np.minimum(STROKE, 199), _on(200, 50, STROKE))) == 0, "no stroke has a solid middle"


@pytest.mark.parametrize("ramp", [1, 2, 3])
@pytest.mark.parametrize("turned", [False, True])
def test_an_edge_is_as_wide_as_paper_takes_to_become_ink(ramp, turned):
    x = np.arange(60)
    share = np.clip(np.minimum(x - 19, 40 - x) / ramp, 0, 1)
    level = np.tile(np.rint(200 - 150 * share).astype(np.uint8), (60, 1))
    strength = np.tile(np.where(share >= 0.5, 255, 0).astype(np.uint8), (60, 1))
    pair = (strength.T.copy(), level.T.copy()) if turned else (strength, level)
    assert symptoms.edge_width(_trace(*pair)) == pytest.approx(ramp, rel=0.02)


def test_a_page_without_ink_has_no_edges():
    assert symptoms.edge_width(_trace(np.zeros((9, 9), np.uint8))) == 0


@pytest.mark.parametrize("swing", [0, 2, 7])
def test_grain_is_that_of_a_chequered_paper_away_from_ink(swing):
    y, x = np.indices(STROKE.shape)
    paper = 100 + swing * (1 - 2 * ((x + y) % 2))
    paper[STROKE > 0] = 0
    # The kernel's weights add up to 16 swings; Immerkaer's factor is √(π/2) / 6.
    expected = (np.pi / 2) ** 0.5 / 6 * 16 * swing
    assert symptoms.grain(_trace(STROKE, paper.astype(np.uint8))) == pytest.approx(expected, rel=1e-5)
    assert symptoms.grain(_trace(np.full_like(STROKE, 255), paper.astype(np.uint8))) == 0, "there is no paper"


@pytest.mark.parametrize("turned", [False, True])
def test_blocks_are_steps_at_every_eighth_pixel_in_excess_of_others(turned):
    x = np.arange(96)
    steps = np.where(x % 8 == 0, 5, 0) + np.where(x % 8 == 3, 2, 0)
    level = np.tile((np.cumsum(steps) + 10).astype(np.uint8), (96, 1))
    level = level.T.copy() if turned else level
    assert symptoms.blockiness(_trace(np.zeros_like(level), level)) == pytest.approx(5 - 2)
    assert symptoms.blockiness(_trace(np.full_like(level, 255), level)) == 0, "where there is ink, none are seen"
    assert symptoms.blockiness(_trace(np.zeros((10, 10), np.uint8), level[:10, :10])) == 0, "too few to tell"


def test_unevenness_is_of_the_darkest_and_the_lightest_sixth_by_sixth():
    y, x = np.indices((60, 60))
    level = (100 + 10 * (x // 10) + y // 10).astype(np.uint8)
    assert symptoms.unevenness(_trace(np.zeros((60, 60), np.uint8), level)) == (100, 155)
    ink = _ink((0, 0, 8, 10), shape=(60, 60))  # with the paper beside it, it leaves none of the darkest cell
    assert symptoms.unevenness(_trace(ink, level)) == (101, 155)
    assert symptoms.unevenness(_trace(np.full((60, 60), 255, np.uint8), level)) == (0, 0)


@pytest.mark.parametrize(("level", "share"), [(64, 0), (65, 0.25), (255, 0.25)])
def test_ink_covers_its_share_of_the_page(level, share):
    assert symptoms.coverage(_trace(_ink((0, 0, 30, 20), level=level))) == share


@pytest.mark.parametrize(
    ("box", "sides"),
    [
        ((0, 5, 4, 6), [("left", 6)]),
        ((1, 5, 4, 6), []),
        ((5, 0, 7, 4), [("top", 7)]),
        ((5, 1, 7, 4), []),
        ((56, 5, 4, 6), [("right", 6)]),
        ((55, 5, 4, 6), []),
        ((5, 36, 7, 4), [("bottom", 7)]),
        ((5, 35, 7, 4), []),
        ((0, 0, 4, 6), [("left", 6), ("top", 4)]),
        ((56, 34, 4, 6), [("right", 6), ("bottom", 4)]),
    ],
)
def test_ink_at_the_border_is_counted_on_its_sides(box, sides):
    assert symptoms.at_border(_trace(_ink(box), boxes=[box])) == sides
    assert symptoms.at_border(_trace(_ink(box, level=64), boxes=[box])) == [], "soft edges do not count"
    assert symptoms.at_border(_trace(_ink(box), boxes=[])) == [], "nor what is part of no digit"
    assert symptoms.at_border(_trace(_ink(box), boxes=[box, box])) == [(side, 2 * run) for side, run in sides]


@pytest.mark.parametrize(("digit", "share"), [((0, 8, 41, 12), 0.5), ((0, 8, 42, 12), 0.0)])
def test_rules_are_what_is_gone_from_the_bare_ink_and_reaches_beyond_the_digits(digit, share):
    rule, writing = (0, 10, 60, 2), (0, 20, 60, 2)
    trace = _trace(_ink(rule, writing), bare=_ink(writing), boxes=[digit])
    assert symptoms.ruled(trace) == share  # 18 of 60 pixels beside the digit are three tenths
    trace.bare = None
    assert symptoms.ruled(trace) == 0


@pytest.mark.parametrize("rise", [-30, -3, 0, 4, 20])
def test_a_line_slopes_as_the_middles_of_its_digits_do(rise):
    boxes = [(20 * i, 100 - rise * i, 10, 20) for i in range(5)]
    expected = np.degrees(np.arctan2(rise, 20))
    assert symptoms.slope(_trace(STROKE, boxes=boxes)) == pytest.approx(expected, abs=1e-6)
    assert symptoms.slope(_trace(STROKE, boxes=boxes[:2])) == 0, "of two digits nobody can say"


def test_columns_do_not_slope_and_the_longest_line_counts():
    assert symptoms.slope(_trace(STROKE, boxes=[(i, 20 * i, 10, 20) for i in range(5)])) == 0
    level, sloping = [(20 * i, 100, 10, 20) for i in range(4)], [(20 * i, 200 - 5 * i, 10, 20) for i in range(3)]
    assert symptoms.slope(_trace(STROKE, boxes=level + sloping, lines=[0] * 4 + [1] * 3)) == pytest.approx(0, abs=1e-6)
    # Taken for several lines, the pieces still lie along one, if four times as far along as across.
    apart = [(20 * i, 200 - 5 * i, 10, 20) for i in range(4)]
    assert symptoms.slope(_trace(STROKE, boxes=apart, lines=range(4))) == pytest.approx(np.degrees(np.arctan2(5, 20)))


@pytest.mark.parametrize(("across", "slopes"), [(24, True), (26, False)])
def test_pieces_lie_along_a_line_if_four_times_as_far_along_as_across(across, slopes):
    # Two rows on the slant: along ±100 in x and ±50 in y, each point moved aside to both sides.
    boxes = [
        (along * 100 - side * across // 2 + 500, -along * 50 - side * across + 500, 10, 10)
        for along in (-1, 1)
        for side in (-1, 1)
    ]
    found = symptoms.slope(_trace(STROKE, boxes=boxes, lines=range(4)))
    assert found == pytest.approx(np.degrees(np.arctan2(50, 100)) if slopes else 0, abs=0.5)
