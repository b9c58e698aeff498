"""Pages and digits drawn from a seed stay what they were, and are read as they were, or somebody meant them to change.

What is kept holds every threshold of drawing and reading in its place; whether it is right is for other tests.
"""

import json
from functools import cache

import cv2
import numpy as np
import PIL
import pytest
from tests.golden import drawn
from tests.golden.batches import BATCHES
from tests.golden.drawings import DRAWINGS, mark_of

from tenfold.reading import Reader

KEPT = json.loads(drawn.PATH.read_text())
AGAIN = "python -m tests.golden.drawn keeps what is made now, once it is meant to be another"

LEVELS = 0.3
"""How far the mean level of a field may be off: by one pixel of a hundred that differs by thirty."""

SHARE = 0.01
"""How far a measure may be off."""

pytestmark = pytest.mark.skipif(
    cv2.__version__ != KEPT["made with"]["opencv"], reason="another OpenCV has other fonts, and rounds in other places"
)

picture = cache(drawn.picture)


@pytest.fixture(scope="module")
def reader():
    return Reader(threads=1)


@pytest.mark.parametrize("name", drawn.PAGES)
def test_a_page_is_drawn_as_it_was(name):
    np.testing.assert_allclose(drawn.means(picture(name)), KEPT["pages"][name]["means"], atol=LEVELS, err_msg=AGAIN)


@pytest.mark.parametrize("name", drawn.PAGES)
def test_a_page_is_read_as_it_was(name, reader):
    found, kept = drawn.read(reader, picture(name)), KEPT["pages"][name]["read"]
    assert (found["lines"], found["polarity"]) == (kept["lines"], kept["polarity"]), AGAIN
    for key in ("digits", "rejected"):
        reasons = [[value for value in one if isinstance(value, str)] for one in found[key]]
        assert reasons == [[value for value in one if isinstance(value, str)] for one in kept[key]], AGAIN
        for one, was in zip(found[key], kept[key], strict=True):
            np.testing.assert_allclose(one[-5:-1], was[-5:-1], atol=1, err_msg=AGAIN)
            np.testing.assert_allclose(one[-1], was[-1], atol=0.02, err_msg=AGAIN)


@pytest.mark.parametrize("name", drawn.PAGES)
def test_what_lies_between_a_page_and_its_reading_is_as_it_was(name, reader):
    found, kept = drawn.seen(reader, picture(name)), KEPT["pages"][name]["seen"]
    for key, was in kept.items():
        np.testing.assert_allclose(found[key], was, rtol=SHARE, atol=LEVELS if key == "views" else SHARE, err_msg=AGAIN)


@pytest.mark.parametrize("name", BATCHES)
def test_a_batch_is_drawn_as_it_was(name):
    found = [drawn.means(image, 2) for image in BATCHES[name]()]
    np.testing.assert_allclose(found, KEPT["batches"][name], atol=LEVELS, err_msg=AGAIN)


other_pillow = pytest.mark.skipif(
    PIL.__version__ != KEPT["made with"]["pillow"], reason="another Pillow draws otherwise"
)


@other_pillow
@pytest.mark.parametrize("name", DRAWINGS)
def test_a_reading_is_drawn_as_it_was_when_somebody_looked(name):
    assert mark_of(DRAWINGS[name]()) == KEPT["drawings"][name], AGAIN


@other_pillow
@pytest.mark.parametrize("name", drawn.EXPLAINED)
def test_stages_are_told_and_drawn_as_they_were(name, reader):
    (told, drawings), kept = drawn.stages(reader, name), KEPT["stages"][name]
    assert told == kept["told"], AGAIN
    found = {stage: drawn.means(np.asarray(image), 8) for stage, image in drawings.items()}
    assert list(found) == list(kept["drawn"])
    for stage, was in kept["drawn"].items():
        np.testing.assert_allclose(found[stage], was, atol=LEVELS, err_msg=AGAIN)
