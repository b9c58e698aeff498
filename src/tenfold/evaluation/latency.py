"""How long a model takes for one image."""

import statistics
import time

from tenfold.reading.classifier import Classifier, Views

_WARM_UP = 10


def latency_ms(classifier: Classifier, view: Views, calls: int = 100) -> float:
    """The median time in milliseconds of a call with one view uint8 [1, 28, 28], with the runtime's own threads."""
    durations = []
    for _ in range(_WARM_UP + calls):
        start = time.perf_counter()
        classifier.probabilities(view)
        durations.append(time.perf_counter() - start)
    return 1e3 * statistics.median(durations[_WARM_UP:])
