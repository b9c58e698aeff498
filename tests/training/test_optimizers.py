import itertools

import pytest

from tenfold.recipes import Recipe
from tenfold.recipes.schema import Optimizer
from tenfold.training.optimizers import Plateau, learning_rate


def _recipe(**schedule):
    return Recipe(model="compact", epochs=10, optimizer=Optimizer(lr=0.1), schedule=schedule)


def _rates(recipe, steps=100):
    """The rate in the middle of each step."""
    return [learning_rate(recipe, (step + 0.5) / steps) for step in range(steps)]


def test_constant_stays():
    assert set(_rates(_recipe(name="constant"))) == {0.1}


@pytest.mark.parametrize("name", ["constant", "cosine", "one-cycle", "exponential", "step", "plateau"])
def test_warmup_rises_linearly_to_the_peak(name):
    rates = _rates(_recipe(name=name, warmup=0.2, every=100))
    assert rates[0] == pytest.approx(0.1 * 0.5 / 20)
    assert rates[9] == pytest.approx(0.1 * 9.5 / 20)
    if name != "exponential":
        assert rates[20] == pytest.approx(0.1, rel=0.01)


def test_one_cycle_falls_linearly_to_its_end():
    rates = _rates(_recipe(name="one-cycle", warmup=0.5, final=0.1))
    assert rates[50] == pytest.approx(0.1, rel=0.01)
    assert rates[75] == pytest.approx(0.055, rel=0.02)
    assert rates[99] == pytest.approx(0.01, rel=0.1)


def test_cosine_halves_at_half_time_and_ends_near_its_end():
    rates = _rates(_recipe(name="cosine"))
    assert rates[50] == pytest.approx(0.05, rel=0.02)
    assert rates[99] < 1e-4
    assert all(later <= earlier for earlier, later in itertools.pairwise(rates))


def test_step_drops_every_so_many_epochs():
    rates = _rates(_recipe(name="step", every=4, factor=0.5))
    assert rates[39] == 0.1
    assert rates[40] == 0.05
    assert rates[80] == 0.025


def test_exponential_drops_each_epoch():
    assert _rates(_recipe(name="exponential", factor=0.9))[25] == pytest.approx(0.081)


def test_plateau_drops_after_patience_and_only_then():
    plateau = Plateau(_recipe(name="plateau", patience=2, factor=0.5).schedule)
    factors = []
    for loss in [1.0, 0.9, 0.9, 0.95, 0.9, 0.8, 0.8]:
        plateau.update(loss)
        factors.append(plateau.factor)
    assert factors == [1, 1, 1, 0.5, 0.5, 0.5, 0.5]
    restored = Plateau(plateau.schedule)
    restored.restore(plateau.state())
    restored.update(0.8)
    assert restored.factor == 0.25
