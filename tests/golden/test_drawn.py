"""Pages and digits drawn from a seed stay what they were, and are read as they were, or somebody meant them to change.

What is kept holds every threshold of drawing and reading in its place; whether it is right is for other tests.
"""

import json

import cv2
import numpy as np
import pytest
from tests.golden import drawn

from tenfold.reading import Reader

KEPT = json.loads(drawn.PATH.read_text())
AGAIN = "python -m tests.golden.drawn keeps what is made now, once it is meant to be another"

LEVELS = 1.5
"""How far the mean level of a field may be off."""

pytestmark = pytest.mark.skipif(
    cv2.__version__ != KEPT["made with"]["opencv"], reason="another OpenCV has other fonts, and rounds in other places"
)


@pytest.fixture(scope="module")
def reader():
    return Reader()


@pytest.mark.parametrize("name", drawn.PAGES)
def test_a_page_is_drawn_and_read_as_it_was(name, reader):
    picture, kept = drawn.picture(name), KEPT["pages"][name]
    np.testing.assert_allclose(drawn.means(picture), kept["means"], atol=LEVELS, err_msg=AGAIN)
    found = drawn.read(reader, picture)
    assert (found["lines"], found["polarity"]) == (kept["read"]["lines"], kept["read"]["polarity"]), AGAIN
    for key in ("digits", "rejected"):
        reasons = [[value for value in one if isinstance(value, str)] for one in found[key]]
        assert reasons == [[value for value in one if isinstance(value, str)] for one in kept["read"][key]], AGAIN
        for one, was in zip(found[key], kept["read"][key], strict=True):
            np.testing.assert_allclose(one[-5:-1], was[-5:-1], atol=1, err_msg=AGAIN)
            np.testing.assert_allclose(one[-1], was[-1], atol=0.02, err_msg=AGAIN)


@pytest.mark.parametrize("name", drawn.BATCHES)
def test_a_batch_of_digits_is_drawn_as_it_was(name):
    found = [drawn.means(image, 2) for image in drawn.BATCHES[name]()]
    np.testing.assert_allclose(found, KEPT["batches"][name], atol=LEVELS, err_msg=AGAIN)
