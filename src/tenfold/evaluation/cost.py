"""What it costs to answer with a model: arithmetic, bytes, time."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tenfold.evaluation.latency import latency_ms
from tenfold.evaluation.operations import operations
from tenfold.inference.classifier import Classifier


@dataclass(frozen=True)
class Cost:
    """operations: floating-point, for one image, None where unknown; size_bytes: of the file; latency_ms: the median
    time of a call with one image on this machine.
    """

    operations: int | None
    size_bytes: int
    latency_ms: float

    def to_json(self) -> dict[str, Any]:
        """Plain numbers."""
        return asdict(self)


def measure_cost(model: Path | Classifier) -> Cost:
    """The cost of a model.onnx, or of a model that is loaded, in well under a second."""
    classifier = model if isinstance(model, Classifier) else Classifier(model)
    view = np.zeros((1, 28, 28), np.uint8)
    return Cost(
        operations(classifier.content), classifier.path.stat().st_size, latency_ms(classifier.probabilities, view)
    )
