"""The models that are to be one: opened, and checked for what they must share."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Unpack

from tenfold.comparison import ModelFile, Trainings, gather, named
from tenfold.data import CATALOG
from tenfold.data.inventory import user_path
from tenfold.errors import UsageError
from tenfold.evaluation import open_classifier, open_run
from tenfold.inference.classifier import model_file
from tenfold.model_files import KERAS_FILES, MODEL_FILES
from tenfold.reading import Classifier, ModelCard
from tenfold.run import Run


@dataclass(frozen=True)
class LoadedMember:
    """A member: its name among the members, its run where it has one, its model and that file's SHA-256."""

    name: str
    run: Run | None
    classifier: Classifier
    sha256: str

    @property
    def card(self) -> ModelCard:
        """What the model says of itself."""
        return self.classifier.card


def train_missing(
    models: Sequence[str | Path | Run],
    *,
    seeds: int,
    data: str | Path | None,
    overrides: Mapping[str, Any] | None,
    out: str | Path,
    data_dir: str | Path | None,
    **trainings: Unpack[Trainings],
) -> list[str | Path | Run]:
    """The models, where a recipe among them has become its runs with the seeds from 0 on, found or trained.

    What is there already is opened first: nobody
    waits for a training to be told of a wrong name. Raises UsageError where all make fewer than two, and as `gather`.
    """
    spelt = [one for model in models for one in ([model] if isinstance(model, Run) else named([model]))]
    recipes = [model for model in spelt if not isinstance(model, Run) and _is_recipe(model)]
    for model in spelt:
        if model not in recipes:
            _open(model)
    if len(spelt) - len(recipes) + seeds * len(recipes) < 2:
        raise UsageError("an ensemble has two members or more: name runs, .onnx files, or a recipe and --seeds")
    told = None if data is None else str(data)
    made = gather(recipes, seeds=seeds, data=told, overrides=overrides, out=out, data_dir=data_dir, **trainings)
    trained = iter(made)
    members = (one for model in spelt for one in (next(trained).runs if model in recipes else (model,)))
    return [one.path if isinstance(one, ModelFile) else one for one in members]


def _is_recipe(model: str | Path) -> bool:
    """Whether it names a recipe or its .toml, as against a run's folder or a model's file, be they there or not."""
    path = user_path(model)
    alone = path.name == str(model) and path.suffix.lower() not in MODEL_FILES
    return path.suffix == ".toml" or (alone and not path.is_dir())


def open_members(models: Sequence[str | Path | Run]) -> list[LoadedMember]:
    """The members: of the same classes and framing, none of them twice and none an ensemble itself.

    Raises UsageError where they are not so, TenfoldError where one cannot be loaded.
    """
    members: list[LoadedMember] = []
    names: list[str] = []
    for model in models:
        run, classifier = _open(model)
        names.append(_name(classifier.path))
        again = names.count(names[-1])
        name = f"{names[-1]} ({again})" if again > 1 else names[-1]
        opened = LoadedMember(name, run, classifier, hashlib.sha256(classifier.path.read_bytes()).hexdigest())
        for member in members:
            _check_pair(member, opened)
        members.append(opened)
    return members


def _open(model: str | Path | Run) -> tuple[Run | None, Classifier]:
    """A model that can be a member. Raises UsageError for one of another tool's, or an ensemble itself, TenfoldError
    for a run one of whose files is damaged."""
    run = open_run(model)
    if run is not None:
        run.check()
    path = run.onnx if run else model_file(Path(str(model)))
    if path.suffix.lower() in KERAS_FILES or (classifier := open_classifier(path)).note is not None:
        raise UsageError(f"{model}: is no .onnx of tenfold's own: tenfold export {model} --to onnx makes it one")
    if classifier.card.members:
        raise UsageError(f"{classifier.path}: is an ensemble itself: name its members instead")
    return run, classifier


def _name(path: Path) -> str:
    """A model's name: every run's file is called model.onnx, so that its folder names it."""
    return path.resolve().parent.name if path.name == "model.onnx" else path.stem


def _check_pair(first: LoadedMember, other: LoadedMember) -> None:
    one, two = first.classifier.path, other.classifier.path
    if first.sha256 == other.sha256:
        raise UsageError(f"{two}: is the same model as {one}: name each member once")
    if first.card.classes != other.card.classes:
        known = ", ".join(first.card.classes[:10])
        raise UsageError(f"{two}: answers with other classes, or in another order, than {one} ({known})")
    if first.card.framing != other.card.framing:
        raise UsageError(f"{two}: framed by '{other.card.framing}', but {one} by '{first.card.framing}'")


def choose_data(members: Sequence[LoadedMember], data: str | Path | None) -> dict[str, str]:
    """name and test of what the ensemble is scored on, as a recipe has them: data, or else what the members' name.

    A path is made absolute, for the ensemble must find it again from anywhere. Raises UsageError where data is None and
    the members name none, or not the same.
    """
    tables = [member.run.recipe["data"] for member in members if member.run]
    named = {(str(table["name"]), str(table.get("test") or "")) for table in tables}
    name, test = named.pop() if len(named) == 1 else ("", "")
    if data is not None:
        path = user_path(data)
        test = str(path.resolve()) if data not in CATALOG and path.exists() else str(data)
    elif not name:
        raise UsageError("the members do not name one dataset to score them on: name it, as --data mnist")
    return {"name": name, "test": test}
