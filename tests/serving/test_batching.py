import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from tenfold.reading import Classifier
from tenfold.serving import batching
from tenfold.serving.batching import SharedClassifier


def test_threads_get_their_own_answers_in_fewer_calls():
    shared, plain = SharedClassifier(threads=1), Classifier(threads=1)
    views = np.random.default_rng(0).integers(0, 256, (64, 3, 28, 28), np.uint8)
    _ = shared.card
    with ThreadPoolExecutor(16) as pool:
        # The model is held back until all have asked: then they must go through it together.
        with shared._model:
            asked = [pool.submit(shared.probabilities, one) for one in views[:16]]
            while len(shared._waiting) < 16:
                threading.Event().wait(0.001)
        for one, answer in zip(views, asked, strict=False):
            np.testing.assert_allclose(answer.result(), plain.probabilities(one), atol=1e-5)
        assert (shared.calls, shared.views) == (1, 48)
        for one, answer in zip(views, pool.map(shared.probabilities, views), strict=True):
            np.testing.assert_allclose(answer, plain.probabilities(one), atol=1e-5)


def test_an_error_reaches_whoever_asked_and_nobody_after():
    shared = SharedClassifier(threads=1)
    with pytest.raises(ValueError, match="uint8"):
        shared.probabilities(np.zeros((1, 5, 5), np.uint8))
    assert shared.probabilities(np.zeros((2, 28, 28), np.uint8)).shape == (2, 11)


def test_a_call_takes_no_more_views_than_it_can_hold_and_one_who_asks_at_least(monkeypatch):
    monkeypatch.setattr(batching, "_MOST", 5)
    shared, plain = SharedClassifier(threads=1), Classifier(threads=1)
    views = np.random.default_rng(0).integers(0, 256, (4, 4, 28, 28), np.uint8)
    _ = shared.card
    with ThreadPoolExecutor(4) as pool:
        with shared._model:
            asked = [pool.submit(shared.probabilities, one) for one in views]
            while len(shared._waiting) < 4:
                threading.Event().wait(0.001)
        for one, answer in zip(views, asked, strict=True):
            np.testing.assert_allclose(answer.result(), plain.probabilities(one), atol=1e-5)
    assert (shared.calls, shared.views) == (4, 16)
