"""What a model answers on a dataset: the one thing that scores, figures and reports are made from."""

from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tenfold.data import CATALOG, Dataset, load_dataset
from tenfold.data.catalog import MADE_OF_MNIST, MNIST_TRAIN_SHA256
from tenfold.errors import TenfoldError, UsageError, no_such_model
from tenfold.exploration.at_hand import split_at_hand
from tenfold.inference.classifier import NOT_A_DIGIT, Classifier, ModelCard, model_file
from tenfold.inference.frame import SIDE
from tenfold.inference.model_import import MOST, LabelledImages
from tenfold.metrics import softmax
from tenfold.model_files import MODEL_FILES
from tenfold.run import Run

_MOVED = 2
"""Pixels that an image is moved by at most before a foreign model's input is tried on it."""


@dataclass(frozen=True)
class Predictions:
    """A model's answers to every image of a dataset.

    labels: int64 [n], indices into card.classes (not the dataset's own, whose order may differ);
    logits: float32 [n, classes], uncalibrated. note: how a model that another tool made was fed, in a sentence.
    """

    card: ModelCard
    dataset: Dataset
    labels: NDArray[np.int64] = field(repr=False)
    logits: NDArray[np.float32] = field(repr=False)
    note: str | None = None

    @property
    def seen(self) -> bool:
        """Whether these are the very images that the model was trained on, or held out to choose it."""
        trained_on = set(self.card.trained_on)
        if MADE_OF_MNIST in trained_on:
            trained_on.add(MNIST_TRAIN_SHA256)
        return not trained_on.isdisjoint({self.dataset.sha256, self.dataset.part_of} - {""})

    @cached_property
    def uncalibrated(self) -> NDArray[np.float64]:
        """Probabilities [n, classes] as the model gives them, before its temperature."""
        return softmax(self.logits)

    @cached_property
    def probabilities(self) -> NDArray[np.float64]:
        """Calibrated probabilities [n, classes]."""
        return softmax(self.logits / np.float32(self.card.temperature))

    @cached_property
    def predicted(self) -> NDArray[np.int64]:
        """The answers [n], indices into card.classes."""
        return np.asarray(self.logits.argmax(axis=1), np.int64)

    @cached_property
    def confidence(self) -> NDArray[np.float64]:
        """The calibrated probability [n] of each answer."""
        return np.asarray(self.probabilities.max(axis=1))

    @cached_property
    def right(self) -> NDArray[np.bool_]:
        """Whether each answer [n] is right."""
        return np.asarray(self.predicted == self.labels)

    @cached_property
    def mistakes(self) -> NDArray[np.int64]:
        """The rows of the wrong answers, the surest first, ties in the dataset's order."""
        rows = np.flatnonzero(~self.right)
        return rows[np.argsort(-self.confidence[rows], kind="stable")]


def predict(
    model: str | Path | Run | None,
    data: str | Path | Dataset | None = None,
    *,
    split: str = "test",
    data_dir: str | Path | None = None,
) -> Predictions:
    """Every answer of a model on a split of a dataset.

    model: a run, its folder, or a .onnx, .keras or .h5 file; None for the model that is shipped. data: a dataset, its
    name or its path; None takes the one that the run was trained on. A Dataset is taken as it is, whatever split says.
    A file that another tool made is fed as training images of the same data tell. Raises UsageError where data is None
    for a model without a run, or holds classes that the model does not know; TenfoldError where it holds no images.
    """
    return answer(*open_with_data(model, data, split=split, data_dir=data_dir))


def open_with_data(
    model: str | Path | Run | None,
    data: str | Path | Dataset | None = None,
    *,
    split: str = "test",
    data_dir: str | Path | None = None,
) -> tuple[Classifier, Dataset]:
    """A model, loaded, and the images that it is asked about, for who asks more than `predict`, which see."""
    run = open_run(model)
    if run is None and isinstance(model, str | Path):
        model_file(model)  # before data are loaded for it
    if data is None:
        if run is None:
            raise UsageError("a model file does not say which data to score it on: name a dataset, as --data mnist")
        own = run.recipe["data"]
        data = str((own.get("test") if split == "test" else None) or own["name"])
    dataset = data if isinstance(data, Dataset) else load_dataset(data, split, data_dir=data_dir)
    if len(dataset) == 0:
        raise TenfoldError(f"{dataset.name}: the {dataset.split} split holds no images to score")
    return open_classifier(run or model, data, data_dir), dataset


def answer(classifier: Classifier, dataset: Dataset) -> Predictions:
    """A loaded model's answers to a dataset of at least one image, whose classes it must know, else UsageError."""
    card, logits = classifier.card, classifier.logits(dataset.images)
    if NOT_A_DIGIT in card.classes and NOT_A_DIGIT not in dataset.classes:
        # Whoever scores digits knows that they are: what is asked is which.
        logits = np.delete(logits, card.classes.index(NOT_A_DIGIT), axis=1)
        card = replace(card, classes=tuple(name for name in card.classes if name != NOT_A_DIGIT))
    return Predictions(card, dataset, _labels_for(card, dataset), logits, classifier.note)


def open_run(model: str | Path | Run | None) -> Run | None:
    """The run behind a model, or None where model is a file on its own, or None for the shipped one.

    Raises TenfoldError for a name that is no file's and no run's.
    """
    if model is None or isinstance(model, Run):
        return model
    path = Path(model)
    if path.suffix.lower() in MODEL_FILES and not path.is_dir():
        return None
    if not path.exists():
        raise no_such_model(model)
    return Run.open(path)


def open_classifier(
    model: str | Path | Run | None, data: str | Path | Dataset | None = None, data_dir: str | Path | None = None
) -> Classifier:
    """A model, loaded: a run's, a file's, or the shipped one for None.

    data: what a file that another tool made tells apart; None for digits.
    """
    labelled = partial(digits_at_hand, data_dir) if data is None else partial(_labelled, data, data_dir)
    return Classifier(model.onnx if isinstance(model, Run) else model, labelled=labelled)


def digits_at_hand(data_dir: str | Path | None = None) -> LabelledImages | None:
    """Digits to try a model's input on where nobody says what it tells apart: MNIST's, None where they are not here."""
    known = split_at_hand("mnist", "train", data_dir)
    return None if known is None else replace(_labelled(known, data_dir), guessed=True)


def _labelled(data: str | Path | Dataset, data_dir: str | Path | None) -> LabelledImages:
    """Images to try a model's input on: training images where there are, so that nothing is chosen on a test split."""
    name = data.name if isinstance(data, Dataset) else data
    known = data if isinstance(data, Dataset) else None
    if known is None or (name in CATALOG and known.split != "train"):
        try:
            known = load_dataset(name, "train", data_dir=data_dir)
        except TenfoldError:
            known = known or load_dataset(name, "test", data_dir=data_dir)
    rows = np.linspace(0, len(known) - 1, min(MOST, len(known))).astype(int)
    where = f"{known.name} {known.split} images, moved by up to {_MOVED} pixels"
    return LabelledImages(_moved(known.images[rows]), known.labels[rows], tuple(known.classes), where)


def _moved(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Images [n, 28, 28], each moved a little.

    A model may have learned these very images by heart: whatever makes its answers sharper would then look better.
    """
    places = np.random.default_rng(0).integers(0, 2 * _MOVED + 1, (len(images), 2))
    wide = np.pad(images, ((0, 0), (_MOVED, _MOVED), (_MOVED, _MOVED)))
    moved = [image[y : y + SIDE, x : x + SIDE] for image, (y, x) in zip(wide, places, strict=True)]
    return np.array(moved, np.uint8).reshape(-1, SIDE, SIDE)


def _labels_for(card: ModelCard, dataset: Dataset) -> NDArray[np.int64]:
    """The dataset's labels as indices into the model's classes: a dataset may hold fewer, or order them otherwise."""
    unknown = [name for name in dataset.classes if name not in card.classes]
    if unknown:
        raise UsageError(
            f"{dataset.name}: holds classes that the model does not know ({_some(unknown)}); "
            f"it knows {_some(card.classes)}"
        )
    return np.array([card.classes.index(name) for name in dataset.classes], np.int64)[dataset.labels]


def _some(names: list[str] | tuple[str, ...]) -> str:
    return ", ".join(names[:10]) + (", ..." if len(names) > 10 else "")
