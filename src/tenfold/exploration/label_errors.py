"""Labels of a dataset that are likely wrong, judged by models that never learned from the image they judge."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenfold.data import Dataset
from tenfold.exploration.confident_learning import confident_classes, doubtful_labels, estimated_joint, label_margins
from tenfold.exploration.cross_validation import FOLDS, out_of_fold_probabilities
from tenfold.exploration.descriptors import describe
from tenfold.exploration.duplicates import image_groups, rows_by_image


@dataclass(frozen=True)
class LabelErrors:
    """What a judge, cross-validated, makes of a dataset's labels.

    rows [k]: labels likely wrong, the most doubtful first; suggested int64 [n]: the judge's own answer to every image,
    an index into the dataset's classes; probabilities float64 [n, classes]: out of fold; margins [n]: the given label's
    probability less the best other's; accuracy: the share of labels that the judge agrees with; estimated: how many
    labels the joint distribution says are wrong.
    """

    rows: NDArray[np.int64]
    probabilities: NDArray[np.float64] = field(repr=False)
    margins: NDArray[np.float64] = field(repr=False)
    suggested: NDArray[np.int64] = field(repr=False)
    accuracy: float
    estimated: float

    def to_json(self, data: Dataset) -> dict[str, Any]:
        """Plain lists and numbers; classes by name."""
        return {
            "estimated": self.estimated,
            "judge_accuracy": self.accuracy,
            "found": [
                {
                    "row": int(row),
                    "label": data.classes[data.labels[row]],
                    "suggested": data.classes[self.suggested[row]],
                    "margin": float(self.margins[row]),
                }
                for row in self.rows
            ],
        }


def find_label_errors(data: Dataset, also: Dataset | None = None) -> LabelErrors | None:
    """Labels of data that are likely wrong (confident learning over five folds); None where there are too few to judge.

    also: further labelled images of the same classes that the judge learns from, such as the training split; images
    that data holds, too, are left out of it. Copies of an image, and images of one original, are judged together.
    """
    present = np.bincount(data.labels, minlength=len(data.classes))
    # A fold must leave every class some images to be learned from.
    if (present > 0).sum() < 2 or present[present > 0].min() < 2 * FOLDS:
        return None
    probabilities = out_of_fold_probabilities(
        describe(data.images),
        data.labels,
        len(data.classes),
        groups=image_groups(data),
        also=None if also is None else _other_images(also, data),
    )
    suggested = np.asarray(probabilities.argmax(axis=1), np.int64)
    accuracy = float((suggested == data.labels).mean())
    rows = doubtful_labels(probabilities, data.labels)
    suggested[rows] = confident_classes(probabilities, data.labels)[rows]
    doubt = 1 - float(np.trace(estimated_joint(probabilities, data.labels)))
    return LabelErrors(
        rows=rows,
        probabilities=probabilities,
        margins=label_margins(probabilities, data.labels),
        suggested=suggested,
        accuracy=accuracy,
        estimated=max(0.0, doubt) * len(data),
    )


def _other_images(also: Dataset, data: Dataset) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    judged = rows_by_image(data).keys()
    known = [row for image, rows in rows_by_image(also).items() if image not in judged for row in rows]
    # Both are datasets of the same classes, but each may number them in its own order.
    numbers = np.array([data.classes.index(name) if name in data.classes else -1 for name in also.classes], np.int64)
    rows = np.array(sorted(known), np.int64)
    rows = rows[numbers[also.labels[rows]] >= 0]
    return describe(also.images[rows]), numbers[also.labels[rows]]
