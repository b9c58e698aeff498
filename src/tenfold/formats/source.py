"""What is exported: a model as one model.onnx, whatever it came as, and the images that an export is checked on."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tenfold.data import Dataset, load_dataset
from tenfold.errors import UsageError
from tenfold.evaluation import open_classifier, open_run
from tenfold.evaluation.predictions import Predictions, answer
from tenfold.reading import Classifier
from tenfold.run import Run

Views = NDArray[np.uint8]
Floats = NDArray[np.float32]

Answers = Callable[[Views], Floats]
"""Probabilities [n, classes] for views uint8 [n, 28, 28]."""


@dataclass(frozen=True)
class Written:
    """A file that was written: what it answers, and what else is worth a word.

    latency_ms: milliseconds for one view, where timing a call of answers would time more than that, else None.
    """

    answers: Answers
    note: str = ""
    latency_ms: Callable[[Views], float] | None = None


OPSET = 18
"""The opset of the models that tenfold makes, which is that of the framing, too."""

CHECKED = 1000
"""Test images that every export is checked on."""


@dataclass(frozen=True)
class Source:
    """A model to export. name: for people; onnx: the model as a file of tenfold's own; data: what it is checked on."""

    name: str
    onnx: Path
    classifier: Classifier
    data: str | Path
    data_dir: str | Path | None

    @cached_property
    def test(self) -> Dataset:
        """The test split of its data."""
        return load_dataset(self.data, "test", data_dir=self.data_dir)

    @property
    def views(self) -> Views:
        """The images that an export is checked on."""
        return self.test.images[:CHECKED]

    @cached_property
    def train(self) -> Dataset:
        """The training split of its data."""
        return load_dataset(self.data, "train", data_dir=self.data_dir)

    def answers(self, classifier: Classifier) -> Predictions:
        """What a model of the same classes answers to the whole test split."""
        return answer(classifier, self.test)


def _renew(path: Path) -> None:
    """A foreign model at the opset of tenfold's own, where ONNX knows the way there; else it stays as it is."""
    import onnx

    proto = onnx.load(path)
    with suppress(Exception):  # what the converter cannot do it says in a dozen ways
        if not any(node.op_type == "Scan" for node in proto.graph.node):
            newer = onnx.version_converter.convert_version(proto, OPSET)
            onnx.helper.set_model_props(newer, {entry.key: entry.value for entry in proto.metadata_props})
            path.write_bytes(newer.SerializeToString())


def open_source(
    model: str | Path | Run | None, folder: Path, data: str | Path | None, data_dir: str | Path | None
) -> Source:
    """A model, ready to be exported; folder, which is for the moment, gets it as a file.

    data: None for the run's own, or mnist for digits. Raises UsageError where nothing says which, TenfoldError as
    Classifier does.
    """
    run = open_run(model)
    if data is None and run is not None:
        own = run.recipe["data"]
        data = str(own.get("test") or own["name"])
    classifier = open_classifier(run or model, data, data_dir)
    if data is None:
        if not set("0123456789") <= set(classifier.card.classes):
            raise UsageError(f"{model}: does not say which data to check its exports on: name it, as --data mnist")
        data = "mnist"
    path = folder / "model.onnx"
    classifier.save(path)
    if classifier.note is not None:
        _renew(path)
    name = "the shipped model" if model is None else run.name if run is not None else Path(str(model)).name
    return Source(name, path, Classifier(path), data, data_dir)
