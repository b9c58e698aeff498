"""Which labels are likely wrong: confident learning (Northcutt, Jiang and Chuang 2021), as pure functions.

Given probabilities by models that did not learn from the very images, an image counts as one of class j where its
probability of j reaches what images labelled j have on average. Where j is not its label, the label is in doubt.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
Integers = NDArray[np.int64]


def class_thresholds(probabilities: Array, labels: Integers) -> NDArray[np.float64]:
    """The mean probability [classes] of a class over the images labelled so (eq. 2); above 1 for one without images."""
    classes = probabilities.shape[1]
    counts = np.bincount(labels, minlength=classes)
    own = probabilities[np.arange(len(labels)), labels]
    totals = np.bincount(labels, weights=own, minlength=classes)
    return np.asarray(np.divide(totals, counts, out=np.full(classes, 2.0), where=counts > 0))


def confident_classes(probabilities: Array, labels: Integers) -> Integers:
    """The class [n] that each image counts as: the likeliest of those whose threshold it reaches; -1 for none (eq. 1).

    probabilities [n, classes], out of fold; labels [n], as given.
    """
    reached = np.where(probabilities >= class_thresholds(probabilities, labels), probabilities, -1.0)
    return np.where(reached.max(axis=1) >= 0, reached.argmax(axis=1), -1)


def confident_joint(probabilities: Array, labels: Integers) -> NDArray[np.int64]:
    """Counts [classes, classes]: row = given label, column = the class that the image counts as (eq. 1)."""
    classes = probabilities.shape[1]
    counted = confident_classes(probabilities, labels)
    held = counted >= 0
    return np.bincount(labels[held] * classes + counted[held], minlength=classes**2).reshape(classes, classes)


def estimated_joint(probabilities: Array, labels: Integers) -> NDArray[np.float64]:
    """The joint distribution [classes, classes] of given and true labels; it sums to 1 (eq. 3).

    The confident joint, each row scaled to the number of images labelled so.
    """
    joint = confident_joint(probabilities, labels)
    # A class none of whose images reaches any threshold tells nothing of errors: its labels are taken as they are.
    joint = joint + np.diag(joint.sum(axis=1) == 0)
    given = np.bincount(labels, minlength=len(joint))
    scaled = joint / joint.sum(axis=1, keepdims=True) * given[:, None]
    return np.asarray(scaled / scaled.sum())


def label_margins(probabilities: Array, labels: Integers) -> NDArray[np.float64]:
    """The given label's probability less that of the likeliest other class [n], -1 to 1: below 0 it is in doubt."""
    rows = np.arange(len(labels))
    others = probabilities.astype(np.float64, copy=True)
    others[rows, labels] = -1
    return np.asarray(probabilities[rows, labels] - others.max(axis=1))


def doubtful_labels(probabilities: Array, labels: Integers) -> Integers:
    """The rows off the confident joint's diagonal, the most doubtful label first (the smallest margin)."""
    counted = confident_classes(probabilities, labels)
    rows = np.flatnonzero((counted >= 0) & (counted != labels))
    return rows[np.argsort(label_margins(probabilities, labels)[rows], kind="stable")]
