"""The measures that the field needs beside those of `tenfold.metrics`: pure functions."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tenfold.metrics import Reliability, reliability

Floats = NDArray[np.float64]


def auroc(positive: Floats, negative: Floats) -> float:
    """The chance that a positive scores higher than a negative, a tie counting half; 0.5 is guessing.

    positive [n], negative [m]: scores. Raises ValueError where either is empty.
    """
    if not len(positive) or not len(negative):
        raise ValueError(f"{len(positive)} positives against {len(negative)} negatives")
    ordered = np.sort(negative)
    below = np.searchsorted(ordered, positive, side="left")
    not_above = np.searchsorted(ordered, positive, side="right")
    return float((below + not_above).mean() / (2 * len(negative)))


def accepted_at(positive: Floats, negative: Floats, keep: float) -> float:
    """The share of negatives that score at least as high as the threshold at which a share keep of positives stays."""
    threshold = np.sort(positive)[::-1][math.ceil(keep * len(positive)) - 1]
    return float((negative >= threshold).mean())


def answer_reliability(confidence: Floats, right: NDArray[np.bool_]) -> Reliability:
    """Confidence [n] against whether each answer was right [n], in 15 bins; `.error` is the calibration error."""
    # One column is the answer's own class, 0; a wrong answer's label is then any other.
    return reliability(confidence[:, None], (~right).astype(np.int64))


def common_length(a: Sequence[str], b: Sequence[str]) -> int:
    """How long the longest common subsequence is: as many of a's items, in their order, are found among b's."""
    row = [0] * (len(b) + 1)
    for have in a:
        above, row = row, [0]
        for place, want in enumerate(b):
            row.append(above[place] + 1 if have == want else max(above[place + 1], row[place]))
    return row[-1]


def edit_distance(a: str, b: str) -> int:
    """How many characters must be inserted, deleted or replaced to make b of a (Levenshtein 1966)."""
    row = list(range(len(b) + 1))
    for i, have in enumerate(a, 1):
        diagonal, row[0] = row[0], i
        for j, want in enumerate(b, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (have != want))
    return row[-1]


def character_error_rate(read: Sequence[str], labels: Sequence[str]) -> float:
    """Edits that make the labels of what was read, as a share of the labels' characters; may exceed 1."""
    edits = sum(edit_distance(text, label) for text, label in zip(read, labels, strict=True))
    return edits / sum(len(label) for label in labels)
