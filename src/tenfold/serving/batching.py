"""One model for many threads: views that are asked for while the model is busy go through it together, next."""

from threading import Lock

import numpy as np
from numpy.typing import NDArray

from tenfold.evaluation import digits_at_hand
from tenfold.reading import Classifier

Views = NDArray[np.uint8]
Floats = NDArray[np.float32]

_MOST = 512
"""Views a call of the model, from different requests together."""


class _Asked:
    """Views that wait for the model, then what it says of them."""

    def __init__(self, views: Views) -> None:
        self.views = views
        self.answer: Floats | None = None
        self.error: Exception | None = None


class SharedClassifier(Classifier):
    """A classifier that threads share: one call at a time, which takes along what has been asked meanwhile.

    Nobody waits for company: an idle model answers at once, a busy one finds its next batch ready. on_batch is told
    how many views each call held.
    """

    def __init__(self, path: str | None = None, threads: int | None = None) -> None:
        super().__init__(path, threads, digits_at_hand)
        self.calls = self.views = 0
        self._waiting: list[_Asked] = []
        self._list, self._model = Lock(), Lock()

    def probabilities(self, views: Views) -> Floats:
        """As Classifier's, from any thread."""
        mine = _Asked(views)
        with self._list:
            self._waiting.append(mine)
        with self._model:  # whoever gets the model answers all who wait: most find themselves answered
            while mine.answer is None and mine.error is None:
                self._answer(self._next())
        if mine.error is not None:
            raise mine.error
        assert mine.answer is not None
        return mine.answer

    def _next(self) -> list[_Asked]:
        """Those that have waited longest, as many as a call takes; one at least."""
        with self._list:
            count = total = 0
            for asked in self._waiting:
                total += len(asked.views)
                if count and total > _MOST:
                    break
                count += 1
            batch, self._waiting = self._waiting[:count], self._waiting[count:]
        return batch

    def _answer(self, batch: list[_Asked]) -> None:
        try:
            found = super().probabilities(np.concatenate([asked.views for asked in batch]))
        except Exception as error:
            for asked in batch:
                asked.error = error
            return
        self.calls += 1
        self.views += len(found)
        start = 0
        for asked in batch:
            asked.answer = found[start : start + len(asked.views)]
            start += len(asked.views)
