"""The measures' short ways give what the long ways give."""

import numpy as np
import pytest

from tenfold.reading import light, measures


@pytest.mark.parametrize("count", [1, 2, 3, 10, 11, 1001])
@pytest.mark.parametrize("share", [0.5, 0.7, 0.84])
def test_a_quantile_is_numpys(count, share):
    values = np.random.default_rng(count).random(count).astype(np.float32)
    assert measures.quantile(values, share) == pytest.approx(float(np.quantile(values, share)), rel=1e-6)


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (20, 31)])
def test_a_weighted_median_is_the_median_of_values_repeated(shape):
    random = np.random.default_rng(shape[1])
    values, weight = random.random(shape, np.float32), random.choice(np.float32([1, 3]), shape)
    repeated = np.sort(np.repeat(values.ravel(), weight.ravel().astype(int)))
    assert light._weighted_median(values, weight) == repeated[(len(repeated) - 1) // 2]


@pytest.mark.parametrize("levels", [(7,), (0, 255), (3, 4, 200), tuple(range(256))])
def test_the_threshold_has_the_least_variance_within_the_two_groups(levels):
    values = np.random.default_rng(len(levels)).choice(np.uint8(levels), 500)
    within = {
        level: sum(group.size * group.var() for group in (values[values <= level], values[values > level]))
        for level in range(255)
        if (values <= level).any() and (values > level).any()
    }
    found = measures.otsu_threshold(values)
    assert found == 0 if not within else within[found] == pytest.approx(min(within.values()))


def test_more_values_than_float32_can_count_are_counted(monkeypatch):
    values = np.random.default_rng(0).integers(20, 90, 1000).astype(np.uint8)
    whole = measures.otsu_threshold(values)
    monkeypatch.setattr(measures, "_COUNTED", 999)
    assert measures.otsu_threshold(values) == whole
