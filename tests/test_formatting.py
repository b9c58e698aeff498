"""Numbers read the same everywhere, and never claim more than they are."""

import pytest

from tenfold.formatting import count, duration, how_often_wrong, parameters, percent, plural, points, rounded


@pytest.mark.parametrize(
    ("share", "decimals", "text"),
    [
        (0.9762, 2, "97.62"),
        (1.0, 2, "100.00"),
        (0.99999, 2, "99.99"),  # one mistake in 100,000 is not perfection
        (0.996, 0, "99"),
        (0.0, 1, "0.0"),
        (0.00001, 1, "0.1"),
    ],
)
def test_percent_reads_100_and_0_only_for_1_and_0(share: float, decimals: int, text: str) -> None:
    assert percent(share, decimals) == f"{text} %"


def test_points_have_no_sign_and_a_singular() -> None:
    assert [points(-0.004), points(0.01), points(0.0302)] == ["0.4 points", "1.0 point", "3.0 points"]


def test_counts_are_grouped_and_nouns_agree() -> None:
    assert count(109386) == "109,386"
    assert [plural(1, "mistake"), plural(2000, "mistake"), plural(0, "class", "classes")] == [
        "1 mistake",
        "2,000 mistakes",
        "0 classes",
    ]


@pytest.mark.parametrize(
    ("number", "text"),
    [(999, "999"), (1000, "1 thousand"), (5_016_000, "5.02 million"), (2.5e9, "2.5 billion")],
)
def test_a_large_number_is_said_to_three_digits_with_its_unit(number: float, text: str) -> None:
    assert rounded(number) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(1.5, "1.5 s"), (119, "119.0 s"), (120, "2.0 min"), (7199, "120.0 min"), (7560, "2.1 h")]
)
def test_a_duration_is_said_in_the_unit_of_which_it_has_two(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("errors", "n", "text"),
    [
        (0, 500, "not one of 500 answers is wrong"),
        (88, 10_000, "1 answer in 114 is wrong"),
        (1, 1, "100 % of the answers are wrong"),
        (60, 100, "60 % of the answers are wrong"),
    ],
)
def test_error_rates_are_said_in_plain_words(errors: int, n: int, text: str) -> None:
    assert how_often_wrong(errors, n) == text


def test_both_counts_of_parameters_are_called_what_they_are() -> None:
    assert (
        parameters({"parameters": 7850})
        == parameters({"parameters": 7850, "folded_parameters": 7850})
        == "7,850 parameters"
    )
    assert (
        parameters({"parameters": 7182, "folded_parameters": 7102})
        == "7,182 trained parameters, 7,102 in all with batch norm folded"
    )
