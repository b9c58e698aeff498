"""What a reading says of its digits, and of classes that are none."""

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from tenfold.reading import ModelCard, Reader, reader

PAGE = np.pad(np.zeros((40, 20), np.uint8), 30, constant_values=255)


@pytest.fixture
def read(monkeypatch):
    """The reading of a page by a model of these classes that gives these probabilities, whatever it sees."""

    def read(classes, *probabilities):
        card = ModelCard(classes, "mnist-1", 1.0, 0.5, "stub", "00", "1")
        stub = SimpleNamespace(card=card, probabilities=lambda views: np.array([probabilities], np.float32))
        monkeypatch.setattr(reader, "Classifier", lambda *_: stub)
        return Reader("stub").read(PAGE)

    return read


def test_a_digit_is_the_number_that_was_read_whatever_its_place_among_the_classes(read):
    reading = read(("3", "7"), 0.1, 0.9)
    assert reading.digits[0].to_json() == {
        "digit": 7, "confidence": 0.9, "box": [30, 30, 20, 40], "line": 0, "alternatives": [[7, 0.9], [3, 0.1]],
    }  # fmt: skip
    assert reading.text == "7"


def test_a_class_that_is_no_digit_is_named(read):
    reading = read(("7", "Bag"), 0.1, 0.9)
    shown = json.loads(json.dumps(reading.to_json()))
    assert shown["text"] == "Bag"
    [bag] = shown["digits"]
    assert (bag["digit"], bag["name"], bag["alternatives"]) == (1, "Bag", [["Bag", 0.9], [7, 0.1]])


@pytest.mark.parametrize("name", ["10", "07", "²", "٣", ""])
def test_what_only_looks_like_a_digit_is_a_name(read, name):
    [digit] = read(("a", name), 0.1, 0.9).digits
    assert (digit.digit, digit.to_json()["name"]) == (1, name)


@pytest.mark.parametrize(("classes", "text"), [(("3", "7"), "77"), (("a", "b"), "bb"), (("7", "Bag"), "Bag Bag")])
def test_names_are_set_apart_where_they_would_run_together(read, classes, text):
    one = read(classes, 0.1, 0.9)
    assert replace(one, digits=one.digits * 2).text == text
