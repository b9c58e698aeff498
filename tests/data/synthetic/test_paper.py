"""Synthetic pictures: what each ingredient promises, and that pictures of every kind are what they say."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from tenfold.data.synthetic import paper, paper_camera, paper_pen, paper_sheet
from tenfold.data.synthetic.paper import KINDS, Kind, photograph, scene
from tenfold.data.synthetic.paper_pen import Ink, skeleton, thicken, upscale
from tenfold.data.synthetic.strokes import strokes

SHAPE = (60, 90)
VIEWS = strokes(100, seed=9).images


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def ring(size: int = 60) -> Ink:
    picture: NDArray[np.uint8] = np.zeros((size, size), np.uint8)
    cv2.circle(picture, (size // 2, size // 2), size // 3, 255, 5, cv2.LINE_AA)
    return picture.astype(np.float32) / 255


def parts_and_holes(ink: Ink) -> tuple[int, int]:
    solid = (ink > 0.5).astype(np.uint8)
    return cv2.connectedComponents(solid, connectivity=8)[0] - 1, cv2.connectedComponents(1 - solid, connectivity=4)[
        0
    ] - 2


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_picture_and_another_seed_another(kind: Kind) -> None:
    def once(seed: int) -> NDArray[np.uint8]:
        stream = rng(seed)
        return np.concatenate([photograph(scene(view, stream, kind), stream, kind).ravel() for view in VIEWS[:8]])

    assert np.array_equal(once(3), once(3))
    assert not np.array_equal(once(3), once(4))


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_is_bytes_with_every_stroke_where_its_ink_is(kind: Kind) -> None:
    stream = rng()
    agree = []
    for view in VIEWS:
        ink = scene(view, stream, kind)
        assert ink.dtype == np.float32
        assert ink.min() >= 0
        assert ink.max() <= 1
        picture = photograph(ink, stream, kind)
        assert picture.dtype == np.uint8
        assert picture.shape in (ink.shape, (*ink.shape, 3))
        grey = picture.reshape(*ink.shape, -1).mean(axis=2)
        around = cv2.dilate(ink, np.ones((9, 9), np.uint8)) > 0.1
        on, off = ink > 0.7, (ink < 0.05) & around
        if on.any() and off.any():
            difference = float(grey[off].mean() - grey[on].mean())
            agree.append(difference < 0 if kind == "inverted" else difference > 0)
    assert np.mean(agree) > 0.95


def test_a_canvas_may_have_only_ink_and_paper_and_a_photograph_has_noise() -> None:
    stream = rng()
    few = [len(np.unique(photograph(scene(view, stream, "canvas"), stream, "canvas"))) <= 2 for view in VIEWS]
    assert 0.1 < np.mean(few) < 0.5
    assert all(len(np.unique(photograph(ring(), stream, "photo"))) > 10 for _ in range(20))


def test_paper_without_ink_is_a_blank_picture() -> None:
    blank = np.zeros(SHAPE, np.float32)
    assert np.ptp(photograph(blank, rng(), paper.Conditions((0.8, 0.8), (0.5, 0.5), ((20, 20),), (1, 1), (0, 0)))) == 0


def test_ink_takes_the_stated_contrast_from_the_stated_paper() -> None:
    even = paper.Conditions(paper=(0.8, 0.8), contrast=(0.1, 0.1), glyph=((20, 20),), stroke=(1, 1), margin=(0, 0))
    picture = photograph(ring(), rng(), even)
    assert picture.max() == round(0.8 * 255)
    assert picture.min() == pytest.approx(0.7 * 255, abs=1)


def test_a_scene_has_the_margins_and_sizes_its_kind_says() -> None:
    tight = paper.Conditions((1, 1), (1, 1), ((40, 40),), (1, 1), margin=(0, 0))
    wide = paper.Conditions((1, 1), (1, 1), ((40, 40),), (1, 1), margin=(1, 1))
    for view in VIEWS[:20]:
        assert 32 <= max(scene(view, rng(), tight).shape) <= 46
        ink = scene(view, rng(), wide)
        rows = np.flatnonzero(ink.max(axis=1) > 0.2)
        assert rows[0] >= 15
        assert ink.shape[0] - 1 - rows[-1] >= 15


@pytest.mark.parametrize("size", [28, 60, 140])
def test_an_enlarged_digit_has_the_same_parts_and_sharp_edges(size: int) -> None:
    same = 0
    for view in VIEWS:
        ink = upscale(view, size)
        assert ink.shape == (size, size)
        assert ink.dtype == np.float32
        small = (view > 90).astype(np.float32)
        same += parts_and_holes(ink)[0] == parts_and_holes(small)[0]
        # An edge of a pixel or so: soft pixels grow as the outline does, not as the area.
        assert ((ink > 0.1) & (ink < 0.9)).sum() < 14 * size
    assert same >= 95


@pytest.mark.parametrize("ratio", [0.1, 0.5, 1.0, 1.8])
def test_thickness_follows_the_ratio_and_the_ring_stays_one_ring(ratio: float) -> None:
    ink = ring()
    changed = thicken(ink, rng(), ratio)
    assert changed.shape == ink.shape
    assert changed.dtype == np.float32
    assert parts_and_holes(changed) == (1, 1)
    assert changed.sum() / ink.sum() == pytest.approx(max(ratio, 1 / 6.5), rel=0.25)


def test_a_marker_does_not_close_an_eye() -> None:
    roomy = np.pad(ring(), 20)  # ink that reached the border would cut the paper into corners
    assert parts_and_holes(thicken(roomy, rng(), 10)) == (1, 1)


def test_dirt_beside_a_digit_is_not_made_a_dot_of() -> None:
    dirty = VIEWS[0].copy()
    dirty[1, 1] = 200
    assert upscale(dirty, 60)[:8, :8].max() == 0
    assert np.allclose(upscale(dirty, 60)[12:48, 12:48], upscale(VIEWS[0], 60)[12:48, 12:48], atol=0.05)


def test_no_ink_stays_no_ink() -> None:
    assert not thicken(np.zeros((30, 30), np.float32), rng(), 2).any()
    assert not upscale(np.zeros((28, 28), np.uint8), 50).any()


def test_a_skeleton_is_thin_connected_and_inside_the_ink() -> None:
    for view in VIEWS[:30]:
        solid = (upscale(view, 70) > 0.5).astype(np.uint8)
        middle = skeleton(solid)
        assert not (middle & (1 - solid)).any()
        assert cv2.connectedComponents(middle, connectivity=8)[0] == cv2.connectedComponents(solid, connectivity=8)[0]
        assert middle.sum() < 0.3 * solid.sum()
        assert not cv2.erode(middle, np.ones((2, 3), np.uint8)).any()


@pytest.mark.parametrize("texture", [paper_pen.pencil, paper_pen.pressure])
def test_texture_takes_ink_away_and_never_adds(texture: Callable[..., Ink]) -> None:
    ink = ring()
    worn = texture(ink, rng(), 0.6)
    assert (worn <= ink + 1e-6).all()
    assert worn.min() >= 0
    assert 0.4 * ink.sum() < worn.sum() < 0.95 * ink.sum()
    assert np.array_equal(texture(ink, rng(), 0.0), ink)


def test_ruled_lines_darken_rows_at_their_spacing_and_squares_columns_too() -> None:
    bare = paper_sheet.bare((120, 120))
    ruled = paper_sheet.ruled(bare, rng(), 0.5, 20)
    rows = ruled.mean(axis=1)
    assert ruled.max() == 1
    assert 0.5 <= ruled.min() < 0.6
    assert 5 <= (np.diff((rows < rows.mean() - 0.02).astype(int)) == 1).sum() <= 7
    assert np.ptp(ruled.mean(axis=0)) < 0.1
    squared = paper_sheet.squared(bare, rng(), 0.5, 20)
    assert np.ptp(squared.mean(axis=0)) > 0.15
    assert np.ptp(squared.mean(axis=1)) > 0.15


def test_a_form_box_has_dark_lines_near_the_edges_only() -> None:
    boxes = [paper_sheet.form_box(paper_sheet.bare((50, 200)), rng(seed), 0.6) for seed in range(40)]
    assert sum(box.min() < 0.45 for box in boxes) > 30
    assert all((box[15:35, 40:160] == 1).mean() > 0.97 for box in boxes)


@pytest.mark.parametrize("strength", [0.1, 0.4])
def test_a_security_pattern_is_fine_and_no_darker_than_its_strength(strength: float) -> None:
    for seed in range(20):
        tone = paper_sheet.security(paper_sheet.bare((50, 200)), rng(seed), strength)
        assert tone.shape == (50, 200)
        assert tone.dtype == np.float32
        assert 1 - strength - 1e-4 <= tone.min() < 1 - 0.15 * strength
        assert tone.max() <= 1
        # Fine: its lines are gone in a mean over a dozen pixels.
        assert cv2.blur(tone, (25, 25)).std() < 0.7 * tone.std() + 0.01


def test_show_through_is_faint_and_darkens_only() -> None:
    other = np.zeros(SHAPE, np.float32)
    other[20:40, 5:15] = 1
    tone = paper_sheet.show_through(paper_sheet.bare(SHAPE), rng(), 0.1, other)
    assert 0.89 < tone.min() < 0.95
    assert tone.max() == 1


@pytest.mark.parametrize("light", [paper_camera.gradient, paper_camera.vignette, paper_camera.shadow])
def test_light_only_takes_away_up_to_its_strength_and_is_smooth(light: Callable[..., NDArray[np.float32]]) -> None:
    for seed in range(10):
        field = light(SHAPE, rng(seed), 0.4)
        assert field.shape == SHAPE
        assert field.dtype == np.float32
        assert field.max() <= 1 + 1e-5
        assert 0.6 - 1e-5 <= field.min() < 0.85
        assert np.abs(np.diff(field, axis=1)).max() < 0.45


def test_blur_and_shake_keep_the_light_and_soften_edges() -> None:
    edge = np.ones(SHAPE, np.float32)
    edge[:, 45:] = 0
    for softened in (paper_camera.blur(edge, 1.5), paper_camera.shake(edge, rng(2), 5)):
        assert softened.mean() == pytest.approx(edge.mean(), abs=0.02)
        assert np.abs(np.diff(softened, axis=1)).max() < 0.7
    assert paper_camera.blur(edge, 0.1) is edge


def test_noise_has_the_stated_strength() -> None:
    grey = np.full((200, 200), 0.5, np.float32)
    for blotches in (0.0, 0.5, 1.0):
        assert paper_camera.noise(grey, rng(), 4, blotches).std() * 255 == pytest.approx(4, rel=0.3)


def test_gamma_moves_the_middle_and_keeps_the_ends() -> None:
    ramp = np.linspace(0, 1, 256, dtype=np.float32)[None].repeat(2, 0)
    dark, light = paper_camera.develop(ramp, 1.3), paper_camera.develop(ramp, 0.8)
    assert dark[0, 0] == light[0, 0] == 0
    assert dark[0, -1] == light[0, -1] == 255
    assert dark[0, 128] < 128 < light[0, 128]


def test_jpeg_keeps_colours_in_their_places_and_loses_more_at_lower_quality() -> None:
    red = np.zeros((32, 32, 3), np.uint8)
    red[..., 0] = 200
    assert np.abs(paper_camera.jpeg(red, 90).astype(int) - red).max() < 12
    grain = rng().integers(0, 256, (32, 32)).astype(np.uint8)
    lost = [np.abs(paper_camera.jpeg(grain, quality).astype(int) - grain).mean() for quality in (30, 95)]
    assert lost[0] > 2 * lost[1]


def test_a_turn_moves_the_middle_nowhere_and_no_degrees_moves_nothing() -> None:
    middle = paper.turn(60, 90, rng(), 5) @ [45, 30, 1]
    assert middle[:2] / middle[2] == pytest.approx([45, 30])
    assert paper.turn(60, 90, rng(), 0) == pytest.approx(np.eye(3))


def test_nothing_that_makes_training_data_knows_where_real_pictures_are() -> None:
    room = Path(paper.__file__).parent
    assert not [file.name for file in room.glob("*.py") if "FIELD" in file.read_text(encoding="utf-8")]
