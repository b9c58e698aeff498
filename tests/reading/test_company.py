import numpy as np
import pytest

from tenfold.reading.company import in_company


def row(
    chances: list[float], *, heights: list[float] | None = None, apart: float = 30.0
) -> tuple[np.ndarray, np.ndarray]:
    """Boxes side by side on one line, and the shares of each: all of it for a 1."""
    heights = heights or [40.0] * len(chances)
    boxes = np.array([(apart * i, 100 - h / 2, apart * i + 20, 100 + h / 2) for i, h in enumerate(heights)], np.float64)
    shares = np.zeros((len(chances), 10), np.float32)
    shares[:, 1] = chances
    return boxes, shares


def test_a_weak_digit_between_sure_ones_is_believed() -> None:
    raised = in_company(*row([0.95, 0.25, 0.95])).sum(axis=1)
    assert raised[1] == pytest.approx(4 * 0.25 / (4 * 0.25 + 0.75))
    assert raised[[0, 2]].tolist() == pytest.approx([0.95, 0.95])  # of these either has but one sure one beside it


@pytest.mark.parametrize(
    ("chances", "how"),
    [
        ([0.25], {}),
        ([0.95, 0.25], {}),
        ([0.7, 0.25, 0.7], {}),  # nobody is sure
        ([0.95, 0.25, 0.95], {"heights": [40.0, 10.0, 40.0]}),  # of another size
        ([0.95, 0.25, 0.95], {"apart": 200.0}),
    ],
)
def test_without_company_it_is_as_likely_as_before(chances: list[float], how: dict) -> None:
    boxes, shares = row(chances, **how)
    assert (in_company(boxes, shares) == shares).all()


def test_digits_of_other_lines_are_no_company() -> None:
    boxes, shares = row([0.95, 0.25, 0.95])
    boxes[1, [1, 3]] += 60
    assert (in_company(boxes, shares) == shares).all()


def test_nothing_is_nothing() -> None:
    assert in_company(np.zeros((0, 4)), np.zeros((0, 10), np.float32)).shape == (0, 10)
