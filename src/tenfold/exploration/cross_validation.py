"""What a fast model says of each image without having learned from it: cross-validation in seconds.

The model is ridge regression on random features (Rahimi and Recht 2008): its fit is a sum over images, so leaving a
fold out is a subtraction, and five models cost little more than one.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tenfold.metrics import fit_temperature, softmax

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]

FOLDS = 5

_FEATURES = 1500
"""Random features: with half as many, MNIST's held-out images are read 0.4 points worse; with twice as many 0.4 points
better, in nearly four times the time."""

_RIDGE = 1e-5
"""The penalty as a share of the features' mean square."""

_BATCH = 2000
_FITTED = 10_000
"""Images that the temperature is fitted on: it is one number."""


def out_of_fold_probabilities(
    descriptors: Floats,
    labels: Integers,
    classes: int,
    *,
    groups: Integers | None = None,
    also: tuple[Floats, Integers] | None = None,
    seed: int = 0,
) -> NDArray[np.float64]:
    """Probabilities [n, classes] of each image by a model that was fitted without its fold.

    descriptors [n, size], labels [n] indices into classes. groups [n]: images of one group, such as copies, share a
    fold, so that none is judged by a model that learned from its copy. also: descriptors and labels of further images
    that every model learns from. One temperature, fitted over all folds, makes the probabilities mean something.
    """
    random = np.random.default_rng(seed)
    folds = fold_of(labels, groups, random)
    size = min(_FEATURES, max(64, len(labels) + (len(also[1]) if also else 0)))
    weights = random.normal(size=(descriptors.shape[1], size)).astype(np.float32)
    offsets = (0.5 * random.normal(size=size)).astype(np.float32)
    offsets -= descriptors.mean(axis=0) @ weights
    sums = [
        _sums(descriptors[folds == fold], labels[folds == fold], classes, weights, offsets) for fold in range(FOLDS)
    ]
    gram, targets = sum(one[0] for one in sums), sum(one[1] for one in sums)
    if also is not None:
        more = _sums(*also, classes, weights, offsets)
        gram, targets = gram + more[0], targets + more[1]
    scores = np.zeros((len(labels), classes), np.float32)
    for fold, (own_gram, own_targets) in enumerate(sums):
        rows = np.flatnonzero(folds == fold)
        solved = _solve(gram - own_gram, targets - own_targets)
        for start in range(0, len(rows), _BATCH):
            batch = rows[start : start + _BATCH]
            scores[batch] = _features(descriptors[batch], weights, offsets) @ solved
    scores *= 10  # within the range of temperatures that is searched
    some = random.permutation(len(labels))[:_FITTED]
    return softmax(scores / np.float32(fit_temperature(scores[some], labels[some])))


def fold_of(labels: Integers, groups: Integers | None, random: np.random.Generator) -> Integers:
    """The fold [n] of each image: every class is dealt out evenly, and a group goes where its first image goes."""
    folds = np.zeros(len(labels), np.int64)
    for label in np.unique(labels):
        rows = random.permutation(np.flatnonzero(labels == label))
        folds[rows] = (np.arange(len(rows)) + random.integers(FOLDS)) % FOLDS
    if groups is None:
        return folds
    _, first, member_of = np.unique(groups, return_index=True, return_inverse=True)
    return folds[first][member_of]


def _sums(
    descriptors: Floats, labels: Integers, classes: int, weights: Floats, offsets: Floats
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The features' products with each other [size, size], and with the classes [size, classes]."""
    gram = np.zeros((weights.shape[1],) * 2)
    targets = np.zeros((weights.shape[1], classes))
    for features, batch_labels in _batches(descriptors, labels, weights, offsets):
        gram += features.T @ features
        targets += features.T @ np.eye(classes, dtype=np.float32)[batch_labels]
    return gram, targets


def _batches(
    descriptors: Floats, labels: Integers, weights: Floats, offsets: Floats
) -> Iterator[tuple[Floats, Integers]]:
    for start in range(0, len(labels), _BATCH):
        rows = slice(start, start + _BATCH)
        yield _features(descriptors[rows], weights, offsets), labels[rows]


def _features(descriptors: Floats, weights: Floats, offsets: Floats) -> Floats:
    features = descriptors @ weights
    features += offsets
    return np.asarray(np.maximum(features, 0, out=features))


def _solve(gram: NDArray[np.float64], targets: NDArray[np.float64]) -> Floats:
    gram = gram + np.eye(len(gram)) * (_RIDGE * np.trace(gram) / len(gram) + 1e-9)
    return np.linalg.solve(gram, targets).astype(np.float32)
