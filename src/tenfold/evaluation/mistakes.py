"""A model's wrong answers one by one: what it learned from that looks like them, and whether the label may be wrong."""

from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenfold.data import Dataset, join
from tenfold.errors import UsageError
from tenfold.evaluation.predictions import Predictions, answer, open_run, open_with_data
from tenfold.evaluation.training_neighbours import Neighbour, Neighbours, find_neighbours
from tenfold.exploration.at_hand import split_at_hand
from tenfold.exploration.label_errors import LabelErrors, find_label_errors
from tenfold.inference.graph import OnnxGraph
from tenfold.metrics import log_softmax, wilson_interval
from tenfold.run import Run


@dataclass(frozen=True)
class Mistake:
    """One wrong answer.

    row: the image's place in the split; loss: cross entropy of the model's own logits, in nats; opinion: what the judge
    reads, who never learned from this image, and None where there is none; doubtful: whether the label is likely wrong,
    in which case opinion is the class that it likely should be. neighbours: the nearest first.
    """

    row: int
    label: str
    predicted: str
    confidence: float
    loss: float
    opinion: str | None
    doubtful: bool
    neighbours: tuple[Neighbour, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain numbers and strings; neighbours by row, label and similarity."""
        return asdict(self) | {"neighbours": [neighbour.to_json() for neighbour in self.neighbours]}


@dataclass(frozen=True)
class Confusion:
    """Images of one class read as another, by loss, the largest first; doubtful: how many labels are likely wrong."""

    label: str
    predicted: str
    mistakes: tuple[Mistake, ...]

    @property
    def doubtful(self) -> int:
        """How many of the labels are likely wrong."""
        return sum(mistake.doubtful for mistake in self.mistakes)


@dataclass(frozen=True)
class Mistakes:
    """Every wrong answer of a model on a dataset, the largest loss first.

    labels: the judge's view of every label, right answers' too; None where there is too little to judge by.
    neighbours_from: the dataset whose training images the neighbours are, and their space; None where none is at hand.
    model: what it is called; learned: the images that the neighbours come from; page: None where none was asked for.
    """

    predictions: Predictions = field(repr=False)
    mistakes: tuple[Mistake, ...]
    labels: LabelErrors | None
    neighbours_from: Neighbours | None
    model: str
    learned: Dataset | None = field(default=None, repr=False)
    page: Path | None = None

    @cached_property
    def confusions(self) -> tuple[Confusion, ...]:
        """The mistakes by confusion, the commonest first; equally common ones by their largest loss."""
        groups: dict[tuple[str, str], list[Mistake]] = {}
        for mistake in self.mistakes:
            groups.setdefault((mistake.label, mistake.predicted), []).append(mistake)
        ranked = sorted(groups.items(), key=lambda item: -len(item[1]))
        return tuple(Confusion(label, predicted, tuple(found)) for (label, predicted), found in ranked)

    @property
    def doubtful(self) -> int:
        """Wrong answers whose label is likely wrong."""
        return sum(mistake.doubtful for mistake in self.mistakes)

    @property
    def seconded(self) -> int:
        """Wrong answers that the judge gives, too."""
        return sum(mistake.opinion == mistake.predicted for mistake in self.mistakes)

    def to_json(self) -> dict[str, Any]:
        """Scores on the labels as they are come first; corrected ones beside them and called so."""
        dataset, card, n = self.predictions.dataset, self.predictions.card, len(self.predictions.labels)
        raw = _score(self.predictions.right)
        return {
            **raw,
            "n": n,
            "corrected": self._corrected(),
            "dataset": {"name": dataset.name, "split": dataset.split, "sha256": dataset.sha256, "n": n},
            "model": {"recipe": card.recipe, "classes": list(card.classes), "seen": self.predictions.seen},
            "judge": self._judge(),
            "neighbours": self.neighbours_from.to_json() if self.neighbours_from else None,
            "confusions": [
                {"label": one.label, "predicted": one.predicted, "count": len(one.mistakes), "doubtful": one.doubtful}
                for one in self.confusions
            ],
            "mistakes": [mistake.to_json() for mistake in self.mistakes],
            "page": str(self.page) if self.page else None,
        }

    def _corrected(self) -> dict[str, Any] | None:
        """The score with every doubtful label replaced by the judge's, also where the model answered as labelled."""
        if self.labels is None:
            return None
        dataset, card = self.predictions.dataset, self.predictions.card
        labels, rows = self.predictions.labels.copy(), self.labels.rows
        suggested = [dataset.classes[index] for index in self.labels.suggested[rows]]
        labels[rows] = [card.classes.index(name) for name in suggested]
        return {"labels": len(rows), **_score(self.predictions.predicted == labels)}

    def _judge(self) -> dict[str, Any] | None:
        if self.labels is None:
            return None
        n = max(1, len(self.mistakes))
        return {
            "accuracy": self.labels.accuracy,
            "estimated_label_errors": self.labels.estimated,
            "mistakes_doubtful": self.doubtful,
            "mistakes_doubtful_share": self.doubtful / n,
            "mistakes_seconded": self.seconded,
        }


def find_mistakes(
    model: str | Path | Run | None = None,
    data: str | Path | Dataset | None = None,
    *,
    split: str = "test",
    neighbours: int = 5,
    data_dir: str | Path | None = None,
) -> Mistakes:
    """Every wrong answer of a model on a split of a dataset, each with the training images that look most like it.

    neighbours: how many for each mistake. Whether a label is likely wrong is judged by confident learning over five
    folds: by a fast model, not by the one whose mistakes these are, and never by one that learned from the image.
    Raises as `evaluate` does.
    """
    if neighbours < 0:
        raise UsageError(f"neighbours must be at least 0, not {neighbours}")
    classifier, dataset = open_with_data(model, data, split=split, data_dir=data_dir)
    predictions, run = answer(classifier, dataset), open_run(model)
    own = None if isinstance(data, Dataset) or dataset.split == "train" else _training_split(run, data, data_dir)
    labels = find_label_errors(dataset, own)
    losses = -log_softmax(predictions.logits)[np.arange(len(predictions.labels)), predictions.labels]
    wrong = np.flatnonzero(~predictions.right)
    rows = wrong[np.argsort(-losses[wrong], kind="stable")]
    learned = _learned_from(run, own, data_dir) if neighbours and len(rows) else None
    near = find_neighbours(OnnxGraph(classifier), dataset.images[rows], learned, neighbours) if learned else None
    found = tuple(_mistake(predictions, labels, near, losses, place, int(row)) for place, row in enumerate(rows))
    name = run.name if run else classifier.path.name
    return Mistakes(predictions, found, labels, near, name, learned)


def _mistake(
    predictions: Predictions,
    labels: LabelErrors | None,
    near: Neighbours | None,
    losses: NDArray[np.float64],
    place: int,
    row: int,
) -> Mistake:
    classes, names = predictions.card.classes, predictions.dataset.classes
    return Mistake(
        row=row,
        label=classes[predictions.labels[row]],
        predicted=classes[predictions.predicted[row]],
        confidence=float(predictions.confidence[row]),
        loss=float(losses[row]),
        opinion=names[labels.suggested[row]] if labels else None,
        doubtful=bool(labels is not None and row in labels.rows),
        neighbours=near.nearest[place] if near else (),
    )


def _training_split(run: Run | None, data: str | Path | None, data_dir: str | Path | None) -> Dataset | None:
    """The training split of what is scored, for the judge to learn from."""
    table = run.recipe["data"] if run else {}
    name = data if data is not None else table.get("test") or table.get("name")
    return None if name is None else split_at_hand(name, "train", data_dir)


def _learned_from(run: Run | None, own: Dataset | None, data_dir: str | Path | None) -> Dataset | None:
    """What the model was trained on, as far as that is at hand; else the training split of what it is scored on."""
    names = run.trained_on if run and "name" in run.recipe.get("data", {}) else ()
    if own is not None and names == (own.name,):
        return own
    parts = [part for name in names if (part := split_at_hand(name, "train", data_dir)) is not None]
    return join(parts) if parts else own


def _score(right: NDArray[np.bool_]) -> dict[str, Any]:
    n = len(right)
    return {
        "accuracy": float(right.mean()),
        "accuracy_ci95": list(wilson_interval(int(right.sum()), n)),
        "errors": n - int(right.sum()),
    }
