import numpy as np
import pytest

from tenfold.reading.opinion import Weights, combine

WEIGHTS = Weights((1.0, 0.5), (1.0, 0.5, 0.2))


def chances(digit: int, share: float, whole: float = 0.98) -> np.ndarray:
    """Of one digit a share, the rest evenly; all sum to a whole."""
    row = np.full(10, (whole - share) / 9, np.float32)
    row[digit] = share
    return row[None]


def test_who_agrees_is_surer_than_either_and_who_does_not_is_less_sure() -> None:
    agreed = combine(chances(4, 0.8), chances(4, 0.8), WEIGHTS)[0]
    apart = combine(chances(4, 0.8), chances(7, 0.8), WEIGHTS)[0]
    assert agreed.argmax() == apart.argmax() == 4  # the first opinion weighs more
    assert agreed[4] / agreed.sum() > 0.8 / 0.98 > apart[4] / apart.sum()


def test_the_sum_is_the_chance_of_a_digit() -> None:
    doubted = combine(chances(4, 0.4, 0.5), chances(4, 0.05, 0.06), WEIGHTS)[0].sum()
    believed = combine(chances(4, 0.4, 0.5), chances(4, 0.9, 0.99), WEIGHTS)[0].sum()
    assert doubted < 0.4 < 0.8 < believed


def test_weights_are_written_and_read_and_nonsense_is_refused() -> None:
    assert Weights.from_json(WEIGHTS.to_json()) == WEIGHTS
    with pytest.raises(ValueError, match="no weights of two opinions"):
        Weights.from_json('{"which": [1.0]}')
