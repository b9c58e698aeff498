"""What a reading says: its text, its confidence, and the JSON that other programs rely on."""

import json
from dataclasses import replace

import numpy as np
import pytest

from tenfold.reading import Digit, Reading, Rejected

SEVEN = Digit(7, "7", 0.9000004, (3, 4, 20, 30), 0, (("7", 0.9000004), ("1", 0.05), ("9", 0.03)), 0.97)
BAG = Digit(8, "Bag", 0.5, (40, 4, 20, 30), 1, (("Bag", 0.5), ("7", 0.25)))
SPOT = Rejected((60, 4, 9, 9), "not a digit", 0.2100001, 0.3)


@pytest.fixture
def reading():
    return Reading(
        source="cheque.jpg",
        page=2,
        lines=("7", "Bag"),
        digits=(SEVEN, BAG),
        rejected=(SPOT,),
        blank=False,
        polarity="light-on-dark",
        model="best 1.0",
        views=np.zeros((3, 28, 28), np.uint8),
    )


def test_text_is_the_lines_one_below_the_other(reading):
    assert reading.text == "7\nBag"
    assert replace(reading, lines=("12-3",)).text == "12-3"
    assert replace(reading, lines=()).text == ""


def test_confidence_is_that_of_all_digits_together_and_that_nothing_left_out_is_one(reading):
    assert reading.confidence == pytest.approx(0.9 * 0.5 * (1 - 0.3), abs=1e-6)
    assert replace(reading, rejected=()).confidence == pytest.approx(0.45, abs=1e-6)
    assert replace(reading, digits=()).confidence == 0


def test_the_json_is_what_the_house_promises(reading):
    assert json.loads(json.dumps(reading.to_json())) == {
        "source": "cheque.jpg", "page": 2, "text": "7\nBag", "lines": ["7", "Bag"], "confidence": 0.315, "blank": False,
        "digits": [
            {"digit": 7, "confidence": 0.9, "box": [3, 4, 20, 30], "line": 0,
             "alternatives": [[7, 0.9], [1, 0.05], [9, 0.03]]},
            {"digit": 8, "name": "Bag", "confidence": 0.5, "box": [40, 4, 20, 30], "line": 1,
             "alternatives": [["Bag", 0.5], [7, 0.25]]},
        ],
        "rejected": [{"box": [60, 4, 9, 9], "reason": "not a digit", "confidence": 0.21}],
        "polarity": "light-on-dark", "model": "best 1.0",
    }  # fmt: skip


def test_a_prediction_set_is_told_where_there_is_one():
    assert "prediction_set" not in SEVEN.to_json()
    assert replace(SEVEN, prediction_set=("7", "1", "Bag")).to_json()["prediction_set"] == [7, 1, "Bag"]
    assert replace(SEVEN, prediction_set=()).to_json()["prediction_set"] == []


def test_which_classes_are_digits():
    assert SEVEN.is_digit
    assert not BAG.is_digit
    assert not replace(SEVEN, name="07").is_digit


def test_views_are_no_part_of_what_makes_readings_equal_or_of_their_words(reading):
    other = replace(reading, views=np.ones((3, 28, 28), np.uint8))
    assert reading == other
    assert "views" not in repr(reading)
