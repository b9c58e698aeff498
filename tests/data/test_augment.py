import pytest
import torch

from tenfold.data import augment as augmentation
from tenfold.data.augment import augment


@pytest.fixture
def images():
    """Eight bars, upright, in the middle."""
    bars = torch.zeros(8, 1, 28, 28)
    bars[:, :, 6:22, 12:16] = 1
    return bars


def test_nothing_asked_for_changes_nothing(images):
    assert augment(images) is images


@pytest.mark.parametrize(
    "change",
    [{"rotation": 15}, {"scale": 0.2}, {"shear": 20}, {"translation": 3}, {"elastic": 1.0}, {"erasing": 1.0}],
    ids=lambda change: next(iter(change)),
)
def test_each_change_changes_images_but_not_their_shape_type_or_range(images, change):
    torch.manual_seed(0)
    changed = augment(images.to(torch.bfloat16), **change)
    assert changed.shape == images.shape
    assert changed.dtype == torch.bfloat16
    assert not torch.equal(changed[0], changed[1])
    assert 0 <= changed.min() <= changed.max() <= 1


def test_the_same_seed_gives_the_same_changes(images):
    def draw(seed):
        torch.manual_seed(seed)
        return augment(images, rotation=10, elastic=1, erasing=0.5)

    assert torch.equal(draw(1), draw(1))
    assert not torch.equal(draw(1), draw(2))


def test_translation_moves_the_ink_by_at_most_that_many_pixels(images):
    torch.manual_seed(0)
    moved = augment(images.repeat(50, 1, 1, 1), translation=3)
    columns = torch.arange(28.0)
    centre = (moved.sum((1, 2)) * columns).sum(1) / moved.sum((1, 2, 3))
    assert (centre - 13.5).abs().max() <= 3.001
    assert (centre - 13.5).abs().max() > 2.5


def test_rotation_turns_by_at_most_that_many_degrees(images):
    torch.manual_seed(0)
    turned = augment(images.repeat(50, 1, 1, 1), rotation=20)[:, 0]
    rows, columns = torch.meshgrid(torch.arange(28.0) - 13.5, torch.arange(28.0) - 13.5, indexing="ij")
    mass = turned.sum((1, 2))
    spread = [(turned * a * b).sum((1, 2)) / mass for a, b in ((columns, columns), (rows, rows), (rows, columns))]
    angle = torch.rad2deg(torch.atan2(2 * spread[2], spread[1] - spread[0]) / 2).abs()
    assert angle.max() <= 20.5
    assert angle.max() > 17


def test_shear_leans_the_bar_and_keeps_its_height(images):
    torch.manual_seed(1)
    sheared = augment(images, shear=30)
    rows = sheared.sum(3)[:, 0] > 0.5
    assert (rows.sum(1) == 16).all()
    tops, bottoms = sheared[:, 0, 7].argmax(1), sheared[:, 0, 20].argmax(1)
    assert (tops - bottoms).abs().max() >= 3


def test_erasing_blanks_a_rectangle_in_the_asked_share_of_images():
    torch.manual_seed(0)
    erased = augment(torch.ones(2000, 1, 28, 28), erasing=0.25)
    touched = (erased == 0).any(3).any(2).any(1).float().mean()
    assert 0.2 < touched < 0.3
    area = (erased == 0).float().mean((1, 2, 3))
    assert area.max() <= 0.36


def test_so_large_a_share_of_images_is_mirrored_left_to_right():
    torch.manual_seed(0)
    left = torch.zeros(2000, 1, 4, 4)
    left[:, :, 1, 0] = 1
    mirrored = augment(left, flip=0.3)
    right = mirrored[:, 0, 1, 3] == 1
    assert torch.equal(mirrored[right], left[right].flip(3))
    assert torch.equal(mirrored[~right], left[~right])
    assert right.float().mean() == pytest.approx(0.3, abs=0.03)


@pytest.mark.parametrize("change", ["blur", "haze", "noise"])
def test_half_of_the_images_are_spoiled_and_the_others_stay(images, change):
    torch.manual_seed(0)
    many = images[:1].repeat(400, 1, 1, 1)
    changed = augment(many.to(torch.bfloat16), **{change: 0.8})
    assert changed.shape == many.shape
    assert changed.dtype == torch.bfloat16
    assert 0 <= changed.min() <= changed.max() <= 1
    same = (changed == many).flatten(1).all(1).float().mean()
    assert same == pytest.approx(0.5, abs=0.08)


def test_blur_keeps_the_ink_and_haze_takes_contrast_in_that_share(images):
    torch.manual_seed(0)
    many = images[:1].repeat(400, 1, 1, 1)
    blurred = augment(many, blur=1.0)
    assert torch.allclose(blurred.sum((1, 2, 3)), many.sum((1, 2, 3)), rtol=1e-4)
    assert blurred[:, 0, 14, 12].min() < 0.8  # the edge of the bar
    hazy = augment(many, haze=0.7)
    contrast = hazy[:, 0, 14, 14] - hazy[:, 0, 14, 9]
    assert contrast.min() < 0.5
    ground = hazy[:, 0, :5]
    assert ground.max() <= 0.7
    assert (ground.amax((1, 2)) - ground.amin((1, 2))).max() > 0.3


def test_blur_is_the_binomial_filter_of_seven_by_seven():
    dot = torch.zeros(1, 1, 15, 15)
    dot[0, 0, 7, 7] = 1
    taps = torch.tensor([1.0, 6, 15, 20, 15, 6, 1]) / 64
    torch.testing.assert_close(augmentation._blurred(dot)[0, 0, 4:11, 4:11], torch.outer(taps, taps))


def test_a_ground_is_of_five_by_five_shades_smooth_between_them():
    torch.manual_seed(0)
    ground = augmentation._smooth_ground(torch.zeros(200, 1, 29, 29))[:, 0]
    assert 0 <= ground.min() <= ground.max() <= 1
    # On every seventh row and column lie the shades themselves, drawn evenly.
    shades = ground[:, ::7, ::7]
    assert shades.mean() == pytest.approx(0.5, abs=0.02)
    assert shades.std() == pytest.approx(12**-0.5, abs=0.02)
    assert (ground[:, 1:] - ground[:, :-1]).abs().max() < 0.3


@pytest.mark.parametrize(("pixels", "smoothness"), [(1.0, 4.0), (3.0, 7.0)])
def test_a_displacement_has_the_asked_deviation_at_its_lattice_points(pixels, smoothness):
    torch.manual_seed(0)
    side = int(4 * smoothness) + 1  # ceil(side / smoothness) + 1 points: every side / 5 pixels
    field = augmentation._displacement(500, side, 2 * side, pixels, smoothness, torch.zeros(1))
    assert field.shape == (500, side, 2 * side, 2)
    across, down = field[:, 0, 0].T * torch.tensor([[2 * side], [side]]) / 2
    assert across.std() == pytest.approx(pixels, rel=0.1)
    assert down.std() == pytest.approx(pixels, rel=0.1)


def test_what_is_erased_covers_2_to_33_hundredths_and_is_no_longer_than_documented():
    torch.manual_seed(0)
    gone = augmentation._erase(torch.ones(6000, 1, 60, 60), 1.0)[:, 0] == 0
    tall, wide = gone.any(2).sum(1).float(), gone.any(1).sum(1).float()
    assert (tall * wide == gone.sum((1, 2))).all()
    rows, columns = gone.any(2), gone.any(1)
    inside = ~(rows[:, 0] | rows[:, -1] | columns[:, 0] | columns[:, -1])
    shares, shapes = (tall * wide / 3600)[inside], (tall / wide)[inside]
    assert 0.01 < shares.min() < 0.03
    assert 0.29 < shares.max() < 0.36
    assert 3 < shapes.max() < 4
    assert 0.25 < shapes.min() < 0.34
    assert inside.float().mean() > 0.2
    assert (rows[:, 0].float().mean() - rows[:, -1].float().mean()).abs() < 0.03
    assert (columns[:, 0].float().mean() - columns[:, -1].float().mean()).abs() < 0.03


def test_strengths_are_nothing_for_half_and_even_up_to_the_limit_for_the_others():
    torch.manual_seed(0)
    drawn = augmentation._strengths(torch.zeros(20_000, 1, 2, 2), 0.8).ravel()
    assert (drawn == 0).float().mean() == pytest.approx(0.5, abs=0.02)
    some = drawn[drawn > 0]
    assert some.mean() == pytest.approx(0.4, abs=0.01)
    assert 0.79 < some.max() <= 0.8
    limits = augmentation._uniform(20_000, 3.0, drawn)
    assert limits.mean() == pytest.approx(0, abs=0.05)
    assert -3 <= limits.min() < -2.99 < 2.99 < limits.max() <= 3
