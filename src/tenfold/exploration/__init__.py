"""The exploration room: a dataset looked at before there is a model.

`explore` describes its classes, pixels, strokes, copies and doubtful labels. Needs only the core; never torch.
"""

from tenfold.exploration.at_hand import split_at_hand
from tenfold.exploration.duplicates import Duplicates, find_duplicates
from tenfold.exploration.exploration import ClassSummary, Exploration, explore
from tenfold.exploration.label_errors import LabelErrors, find_label_errors

__all__ = [
    "ClassSummary",
    "Duplicates",
    "Exploration",
    "LabelErrors",
    "explore",
    "find_duplicates",
    "find_label_errors",
    "split_at_hand",
]
