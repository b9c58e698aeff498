"""28×28 views from machines: JSON or raw bytes in, probabilities out."""

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenfold.inference.frame import SIDE
from tenfold.reading import Classifier
from tenfold.serving.pictures import rounded
from tenfold.serving.problems import Problem

MOST = 4096
"""Views a request."""

_WANTED = f"give uint8 views [n, {SIDE}, {SIDE}], light ink on black: as JSON lists, or as bytes"


def parse(body: bytes, content_type: str) -> NDArray[np.uint8]:
    """The views [n, 28, 28] of a body: JSON, a list of views or {"images": ...}, or their bytes one after another.

    Raises Problem where it holds anything else, or too many.
    """
    if content_type.partition(";")[0].strip().lower() == "application/json":
        views = _from_json(body)
    elif len(body) % SIDE**2 or not body:
        raise Problem(422, f"{len(body)} bytes are no views of {SIDE**2}: {_WANTED}")
    else:
        views = np.frombuffer(body, np.uint8).reshape(-1, SIDE, SIDE)
    if len(views) > MOST:
        raise Problem(413, f"{len(views)} views are more than {MOST}: send them in several requests")
    return views


def _from_json(body: bytes) -> NDArray[np.uint8]:
    try:
        found: Any = json.loads(body)
    except (ValueError, RecursionError):
        raise Problem(400, "the body is not JSON") from None
    if isinstance(found, dict):
        found = found.get("images")
    try:
        array = np.array(found)
    except (ValueError, OverflowError):  # lists of different lengths, numbers beyond any type
        raise Problem(422, _WANTED) from None
    if array.ndim == 2:
        array = array[None]
    if array.dtype.kind not in "iu" or array.shape[1:] != (SIDE, SIDE) or len(array) == 0:
        raise Problem(422, _WANTED)
    if array.min() < 0 or array.max() > 255:
        raise Problem(422, f"levels from {array.min()} to {array.max()}: {_WANTED}")
    return array.astype(np.uint8)


def classify(classifier: Classifier, views: NDArray[np.uint8]) -> dict[str, Any]:
    """For each view its likeliest class, how likely that is, and the calibrated probabilities of all classes."""
    probabilities = classifier.probabilities(views)
    classes = classifier.card.classes
    best = probabilities.argmax(axis=1)
    return {
        "classes": list(classes),
        "answers": [classes[index] for index in best],
        "confidence": [round(float(row[index]), 6) for row, index in zip(probabilities, best, strict=True)],
        "probabilities": rounded(probabilities),
    }
