"""The corruptions of MNIST-C against their published definitions: parameters, and what each does to known images."""

import numpy as np
import pytest
from scipy import ndimage

from tenfold.data.corruptions import CORRUPTIONS, SEVERITIES, corrupt
from tenfold.data.corruptions.blur import glass_blur
from tenfold.data.corruptions.cover import _plasma, _refine
from tenfold.data.corruptions.sampling import sample, smooth
from tenfold.errors import UsageError

# corruptions.py of github.com/google-research/mnist-c: a corruption's severities, and the one that is its default.
PUBLISHED = {
    "shot_noise": ([60, 25, 12, 5, 3], 5),
    "impulse_noise": ([0.03, 0.06, 0.09, 0.17, 0.27], 4),
    "glass_blur": ([(0.7, 1, 2), (0.9, 2, 1), (1, 2, 3), (1.1, 3, 2), (1.5, 4, 2)], 1),
    "motion_blur": ([(10, 3), (15, 5), (15, 8), (15, 12), (20, 15)], 1),
    "shear": ([0.2, 0.4, 0.6, 0.8, 1.0], 2),
    "scale": ([0.9, 0.8, 0.7, 0.6, 0.5], 3),
    "rotate": ([0.2, 0.4, 0.6, 0.8, 1.0], 2),
    "brightness": ([0.1, 0.2, 0.3, 0.4, 0.5], 5),
    "translate": ([1, 2, 3, 4, 5], 3),
    "stripe": ([()], 1),
    "fog": ([(1.5, 2), (2.0, 2), (2.5, 1.7), (2.5, 1.5), (3.0, 1.4)], 5),
    "spatter": (
        [
            (0.65, 0.3, 4, 0.69, 0.6),
            (0.65, 0.3, 3, 0.68, 0.6),
            (0.65, 0.3, 2, 0.68, 0.5),
            (0.65, 0.3, 1, 0.65, 1.5),
            (0.67, 0.4, 1, 0.65, 1.5),
        ],
        4,
    ),
    "dotted_line": ([()], 1),
    "zigzag": ([()], 1),
    "canny_edges": ([()], 1),
}
EVERY = [(name, severity) for name, corruption in CORRUPTIONS.items() for severity in corruption.severities]
GENTLE = {"shot_noise", "glass_blur", "motion_blur", "shear", "scale", "rotate", "translate", "fog", "canny_edges"}
"""Corruptions that leave a blank image blank."""


@pytest.fixture(scope="module")
def digits():
    """Uprights, rings and a diagonal, soft at the edges and off the middle: uint8 [60, 28, 28]."""
    random = np.random.default_rng(0)
    y, x = np.indices((28, 28))
    images = []
    for place in range(60):
        row, column = random.uniform(12, 16, 2)
        distance = (
            np.abs(np.hypot(y - row, x - column) - 7),
            np.where(np.abs(y - row) < 9, np.abs(x - column), 9),
            np.where(np.abs(y - row) < 9, np.abs(x - column + 0.6 * (y - row)), 9),
        )[place % 3]
        images.append(255 * (2.4 - distance).clip(0, 1))
    return np.array(images).astype(np.uint8)


def _distance(images, name, severity):
    return np.abs(corrupt(images, name, severity).astype(float) - images).mean()


def test_the_parameters_are_the_published_ones():
    found = {name: ([*corruption.parameters], corruption.benchmark) for name, corruption in CORRUPTIONS.items()}
    published = {
        name: ([values if isinstance(values, tuple) else (values,) for values in levels], benchmark)
        for name, (levels, benchmark) in PUBLISHED.items()
    }
    assert all(len(corrupt(np.zeros((0, 28, 28), np.uint8), name)) == 0 for name in found)
    assert found == published
    assert list(found) == list(published)


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_without_a_severity_it_is_the_benchmarks(name, digits):
    np.testing.assert_array_equal(corrupt(digits, name), corrupt(digits, name, PUBLISHED[name][1]))


@pytest.mark.parametrize(("name", "severity"), EVERY)
def test_every_corruption_gives_other_images_of_the_same_kind_and_leaves_its_own_alone(name, severity, digits):
    before = digits.copy()
    corrupted = corrupt(digits, name, severity)
    assert corrupted.shape == digits.shape
    assert corrupted.dtype == np.uint8
    changed = (corrupted != digits).any(axis=(1, 2)).mean()
    assert changed == 1 or (name == "spatter" and changed > 0.3)  # mud may fall beside an image
    np.testing.assert_array_equal(digits, before)


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_the_same_seed_gives_the_same_images_and_another_seed_others(name, digits):
    first = corrupt(digits, name, seed=3)
    np.testing.assert_array_equal(first, corrupt(digits, name, seed=3))
    drawn = name not in ("scale", "brightness", "stripe", "canny_edges")
    assert (first != corrupt(digits, name, seed=4)).any() == drawn


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_images_that_are_alike_are_corrupted_each_in_its_own_way(name, digits):
    corrupted = corrupt(np.repeat(digits[:1], 40, axis=0), name)
    drawn = name not in ("scale", "brightness", "stripe", "canny_edges")
    assert (len(np.unique(corrupted, axis=0)) > 1) == drawn


@pytest.mark.parametrize(("name", "severity"), EVERY)
def test_no_images_and_blank_ones_survive(name, severity):
    empty = np.zeros((0, 28, 28), np.uint8)
    assert corrupt(empty, name, severity).shape == (0, 28, 28)
    blank = corrupt(np.zeros((3, 28, 28), np.uint8), name, severity)
    assert blank.shape == (3, 28, 28)
    assert blank.any() == (name not in GENTLE)


@pytest.mark.parametrize("name", [name for name, (levels, _) in PUBLISHED.items() if len(levels) == 5])
def test_the_highest_severity_changes_more_than_the_lowest(name, digits):
    assert _distance(digits, name, 5) > 1.1 * _distance(digits, name, 1)


@pytest.mark.parametrize("name", ["shot_noise", "impulse_noise", "shear", "scale", "rotate", "brightness", "translate"])
def test_each_severity_changes_more_than_the_one_before(name, digits):
    distances = [_distance(digits, name, severity) for severity in SEVERITIES]
    assert distances == sorted(distances)
    assert len(set(distances)) == 5


def test_more_images_than_a_block_are_all_corrupted(digits):
    many = np.tile(digits[:50], (21, 1, 1))  # the second block begins as the first does
    corrupted = corrupt(many, "impulse_noise")
    assert (corrupted != many).any(axis=(1, 2)).all()
    assert (corrupted[:50] != corrupted[1000:]).any(axis=(1, 2)).all()  # and has draws of its own


@pytest.mark.parametrize(
    ("name", "severity", "seed", "message"),
    [
        ("snow", None, 0, "unknown corruption 'snow': there are shot_noise"),
        ("fog", 6, 0, "fog has no severity 6: it has 1, 2, 3, 4, 5"),
        ("fog", 0, 0, "fog has no severity 0"),
        ("stripe", 2, 0, "stripe has no severity 2: it has 1"),
        ("fog", 1, -1, "must not be negative"),
    ],
)
def test_what_there_is_not_is_refused(name, severity, seed, message, digits):
    with pytest.raises(UsageError, match=message):
        corrupt(digits, name, severity, seed=seed)


def test_shot_noise_keeps_the_mean_and_spreads_as_photons_do():
    grey = np.full((200, 28, 28), 51, np.uint8)  # a fifth: clipping at full is rare
    for severity, photons in zip((1, 2, 3), (60, 25, 12), strict=True):
        shares = corrupt(grey, "shot_noise", severity) / 255
        assert shares.mean() == pytest.approx(0.2, rel=0.02)
        assert shares.var() == pytest.approx(0.2 / photons, rel=0.05)


def test_impulse_noise_hits_its_share_half_full_half_empty():
    grey = np.full((100, 28, 28), 100, np.uint8)
    for severity, share in zip(SEVERITIES, PUBLISHED["impulse_noise"][0], strict=True):
        noisy = corrupt(grey, "impulse_noise", severity)
        assert set(np.unique(noisy)) == {0, 100, 255}
        assert (noisy == 0).mean() == pytest.approx(share / 2, rel=0.06)
        assert (noisy == 255).mean() == pytest.approx(share / 2, rel=0.06)


@pytest.mark.parametrize("sigma", [0.7, 1.5, 4.0])
def test_smoothing_is_that_of_scipy(sigma):
    images = np.random.default_rng(0).random((3, 28, 28), np.float32)
    expected = [ndimage.gaussian_filter(image, sigma, mode="nearest", truncate=4) for image in images]
    np.testing.assert_allclose(smooth(images, sigma), expected, atol=1e-5)
    ones = np.ones((28, 28))
    weight = ndimage.gaussian_filter(ones, sigma, mode="constant")
    expected = [ndimage.gaussian_filter(image, sigma, mode="constant") / weight for image in images]
    np.testing.assert_allclose(smooth(images, sigma, repeat_edge=False), expected, atol=1e-5)


def test_sampling_is_that_of_scipy():
    random = np.random.default_rng(0)
    images = random.random((3, 28, 28), np.float32)
    rows, columns = random.uniform(-4, 31, (2, 3, 28, 28))
    # Room around: scipy's own "constant" does not fade towards what lies beyond the edge.
    expected = [
        ndimage.map_coordinates(np.pad(image, 8), [y + 8, x + 8], order=1)
        for image, y, x in zip(images, rows, columns, strict=True)
    ]
    np.testing.assert_allclose(sample(images, rows, columns), expected, atol=1e-5)


def test_glass_blur_swaps_pixels_no_farther_than_it_may_and_loses_none_of_the_ink(digits):
    assert corrupt(digits, "glass_blur", 1).mean() == pytest.approx(digits.mean(), rel=0.02)
    dot = np.zeros((300, 28, 28), np.uint8)
    dot[:, 14, 14] = 255
    for severity, (sigma, reach, rounds) in enumerate(PUBLISHED["glass_blur"][0], start=1):
        seen = np.flatnonzero(corrupt(dot, "glass_blur", severity).any(axis=(0, 1)))
        # A swap can carry a pixel on with the sweep, so each round may move it farther than its reach.
        farthest = rounds * 3 * reach + 2 * int(4 * sigma + 0.5)
        assert max(14 - seen.min(), seen.max() - 14) <= farthest
        assert max(14 - seen.min(), seen.max() - 14) > reach


def test_glass_blur_without_smoothing_only_swaps_and_reaches_as_far_as_published():
    images = np.arange(784, dtype=np.float32).reshape(1, 28, 28).repeat(200, axis=0)
    for reach in (1, 3):
        swapped = glass_blur(images, np.random.default_rng(0), 0.1, reach, 1)
        np.testing.assert_array_equal(np.sort(swapped.reshape(200, -1), axis=1), images.reshape(200, -1))
        moved = (swapped != images).any(axis=0)
        # From row reach + 1 at most `reach` upwards: row 0 stays, row 1 does not; and so the columns.
        assert not moved[0].any()
        assert not moved[:, 0].any()
        assert moved[1:, 1:].mean() > 0.95
        assert moved[1].any()
        assert moved[:, 1].any()


def test_motion_blur_smears_a_dot_along_a_line_to_one_side_as_a_gaussian():
    dots = np.zeros((200, 28, 28), np.uint8)
    dots[:, 14, 20] = 255
    blurred = corrupt(dots, "motion_blur", 1)
    weights = np.exp(-(np.arange(21.0) ** 2) / (2 * 3**2))
    np.testing.assert_allclose(blurred[:, 14, 20], 255 * weights[0] / weights.sum(), atol=1)
    assert not blurred[:, :, 21:].any()
    assert (blurred > 0).sum(axis=(1, 2)).max() <= 21
    slopes = []
    for image in blurred:
        rows, columns = np.nonzero(image)
        assert np.ptp(rows) <= np.ptp(columns) + 1  # 45° at most
        slopes.append((rows[columns.argmin()] - 14) / (20 - columns.min()))
    assert min(slopes) < -0.8 < 0.8 < max(slopes)


def _place(images):
    """Where a dot is, to a fraction of a pixel: rows [n] and columns [n], from the middle."""
    weights = images / images.sum(axis=(1, 2), keepdims=True)
    y, x = np.indices((28, 28)) - 13.5
    return (weights * y).sum(axis=(1, 2)), (weights * x).sum(axis=(1, 2))


@pytest.fixture
def dots():
    """The same soft dot in 40 images, 5 pixels above the middle."""
    images = np.zeros((40, 28, 28), np.uint8)
    images[:, 8:10, 13:15] = 255
    return images


@pytest.mark.parametrize("severity", SEVERITIES)
def test_rotation_turns_about_the_middle_by_its_radians_either_way(severity, dots):
    rows, columns = _place(corrupt(dots, "rotate", severity))
    angles = np.arctan2(columns, -rows)
    np.testing.assert_allclose(np.hypot(rows, columns), 5, atol=0.1)
    np.testing.assert_allclose(np.abs(angles), 0.2 * severity, atol=0.03)
    assert (angles > 0).any()
    assert (angles < 0).any()


@pytest.mark.parametrize("severity", SEVERITIES)
def test_shear_leans_by_its_radians_and_makes_taller_by_their_cosine(severity, dots):
    angle = 0.2 * severity
    rows, columns = _place(corrupt(dots, "shear", severity))
    # Where (x, y) is taken from (x - y sin, y cos), what was at height 5 comes to stand at 5 / cos.
    np.testing.assert_allclose(-rows, 5 / np.cos(angle), atol=0.15)
    np.testing.assert_allclose(np.abs(columns), 5 * np.tan(angle), atol=0.15)
    assert (columns > 0).any()
    assert (columns < 0).any()


@pytest.mark.parametrize("severity", SEVERITIES)
def test_scaling_shrinks_towards_the_middle(severity, dots):
    rows, columns = _place(corrupt(dots, "scale", severity))
    np.testing.assert_allclose(-rows, 5 * (1 - 0.1 * severity), atol=0.1)
    np.testing.assert_allclose(columns, 0, atol=1e-6)


@pytest.mark.parametrize("severity", SEVERITIES)
def test_translation_moves_by_whole_pixels_into_all_four_corners(severity, dots):
    moved = corrupt(dots, "translate", severity)
    corners = {(int(np.nonzero(image)[0][0]) - 8, int(np.nonzero(image)[1][0]) - 13) for image in moved}
    assert corners == {(down * severity, right * severity) for down in (-1, 1) for right in (-1, 1)}
    assert (moved.sum(axis=(1, 2)) == dots[0].sum()).all()


def test_brightness_adds_its_share(digits):
    for severity in SEVERITIES:
        expected = np.rint((digits / 255 + 0.1 * severity).clip(0, 1) * 255)
        np.testing.assert_allclose(corrupt(digits, "brightness", severity), expected, atol=1)


def test_stripes_invert_the_outer_quarters_and_twice_is_nothing(digits):
    striped = corrupt(digits, "stripe")
    np.testing.assert_array_equal(striped[:, :, 7:21], digits[:, :, 7:21])
    np.testing.assert_array_equal(striped[:, :, :7], 255 - digits[:, :, :7])
    np.testing.assert_array_equal(corrupt(striped, "stripe"), digits)


def test_fog_never_exceeds_the_fullest_pixel_and_dims_the_contrast_as_published(digits):
    for severity, (thickness, _) in enumerate(PUBLISHED["fog"][0], start=1):
        foggy = corrupt(digits, "fog", severity)
        assert (foggy.max(axis=(1, 2)) <= digits.max(axis=(1, 2))).all()
        # From a pixel to the next fog hardly differs, so an edge of full contrast has what the formula leaves of it.
        edge = np.zeros((40, 28, 28), np.uint8)
        edge[:, :, 14:] = 255
        foggy = corrupt(edge, "fog", severity).astype(float)
        assert np.mean(foggy[:, :, 14] - foggy[:, :, 13]) == pytest.approx(255 / (1 + thickness), rel=0.05)


def test_a_plasma_fractal_fills_the_range_and_is_rougher_where_its_roughness_falls_slowly():
    smooth_one, rough_one = (_plasma(200, decay, np.random.default_rng(0)) for decay in (2.0, 1.4))
    for plasma in (smooth_one, rough_one):
        assert plasma.shape == (200, 28, 28)
        assert plasma.min() >= 0
        assert plasma.max() <= 1
        assert 0.4 < plasma.mean() < 0.6
    assert np.abs(np.diff(rough_one)).mean() > 2 * np.abs(np.diff(smooth_one)).mean()


def test_a_finer_fractal_keeps_its_points_and_draws_those_between_from_the_square_of_its_roughness():
    coarse = np.full((500, 4, 4), 50, np.float32)
    fine = _refine(coarse, 3.0, np.random.default_rng(0))
    np.testing.assert_array_equal(fine[:, ::2, ::2], coarse)
    middles = fine[:, 1::2, 1::2] - 50
    assert 8.9 < np.abs(middles).max() <= 9
    assert abs(middles.mean()) < 0.5
    # Those on the sides have two old neighbours and two of the new middles.
    left, right = fine[:, 1::2, 1::2], np.roll(fine[:, 1::2, 1::2], 1, axis=2)
    side = fine[:, 1::2, ::2] - (100 + left + right) / 4
    assert 8.9 < np.abs(side).max() <= 9.001


def test_spatter_is_mud_of_one_shade_that_covers_the_ink():
    full = np.full((200, 28, 28), 255, np.uint8)
    for severity in (1, 4):
        spattered = corrupt(full, "spatter", severity)
        assert spattered.min() in (63, 64)
        assert 0 < (spattered < 255).mean() < 0.5
        # What is less than four fifths mud is none.
        assert spattered[spattered < 255].max() <= 255 - 0.8 * (255 - 63) + 1


def test_the_dotted_line_is_two_pixels_off_two_on_and_crosses_the_image():
    blank = np.zeros((50, 28, 28), np.uint8)
    line = corrupt(blank, "dotted_line")
    columns = np.flatnonzero(line.any(axis=(0, 1)))
    assert columns.tolist() == [column for column in range(27) if column % 4 >= 2]
    assert (line.any(axis=1).sum(axis=1) == len(columns)).all()
    # Level lines show the profile: log(1 - d / 2.3) + 1 at distances 0, 1 and 2.
    profiles = np.sort(line[:, :, 2], axis=1)[:, ::-1]
    level = profiles[(profiles[:, 0] == 255) & (profiles[:, 1] == profiles[:, 2])]
    assert len(level)
    assert level[0][1] == round(255 * (1 + np.log(1 - 1 / 2.3)))


def test_the_zigzag_has_six_teeth_from_column_2_to_column_25():
    zigzag = corrupt(np.zeros((400, 28, 28), np.uint8), "zigzag")
    inked = zigzag.any(axis=1)
    assert not inked[:, :1].any()
    assert not inked[:, 26:].any()
    whole = zigzag[zigzag[:, 0].sum(axis=1) + zigzag[:, -1].sum(axis=1) == 0]
    middles = (whole.astype(float) * np.arange(28)[:, None]).sum(axis=1) / np.maximum(1, whole.sum(axis=1))
    turns = [np.sum(np.diff(np.sign(np.diff(row[4:24]))) != 0) for row in middles]
    assert np.median(turns) in (4, 5, 6)


def test_cannys_edges_are_the_outline_of_a_square_and_nothing_where_slopes_are_small():
    image = np.zeros((1, 28, 28), np.uint8)
    image[0, 8:20, 8:20] = 255
    edges = corrupt(image, "canny_edges")[0]
    assert set(np.unique(edges)) == {0, 255}
    assert not edges[10:18, 10:18].any()
    assert not edges[:7].any()
    assert (edges[12] > 0).sum() == (edges[:, 12] > 0).sum()
    assert 2 <= (edges[12] > 0).sum() <= 4
    assert not corrupt(image // 100, "canny_edges").any()  # a hundredth of full: below both thresholds


def test_cannys_weak_edges_live_only_where_they_join_a_strong_one():
    ramp = np.zeros((2, 28, 28), np.uint8)
    ramp[0, 4:24, 14:] = 14  # weak all along
    ramp[1, 4:24, 14:] = np.linspace(14, 60, 20).astype(np.uint8)[:, None]  # grows strong
    weak, joined = corrupt(ramp, "canny_edges")
    assert not weak.any()
    assert (joined[6:22, 12:16] > 0).any(axis=1).all()
