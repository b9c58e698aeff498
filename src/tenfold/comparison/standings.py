"""The comparison itself: every contender scored on the same images, timed in turn, and tested against the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Unpack

from tenfold.comparison.contenders import Contender, Trainings, gather, named, open_name, recipe_sha256
from tenfold.comparison.paired import Paired, paired_test
from tenfold.comparison.summary import spread
from tenfold.comparison.words import conclusions
from tenfold.data import Dataset, load_dataset
from tenfold.errors import UsageError
from tenfold.evaluation import Predictions, answer, measure_cost, open_classifier, score
from tenfold.metrics import wilson_interval
from tenfold.run import Run
from tenfold.run.find import RUNS


@dataclass(frozen=True)
class Row:
    """A contender's figures, each with mean, spread, min and max over its runs where they differ.

    accuracy_ci95: Wilson's interval of all its runs' answers; train_seconds and epochs: None where a run kept none;
    parameters: None likewise; operations: floating-point, for one image; predictions: of each run, on the same images.
    """

    contender: Contender
    accuracy: dict[str, float]
    accuracy_ci95: tuple[float, float]
    loss: dict[str, float]
    recall: dict[str, float]
    latency_ms: dict[str, float]
    train_seconds: dict[str, float] | None
    epochs: dict[str, float] | None
    parameters: int | None
    operations: int | None
    size_bytes: int
    predictions: tuple[Predictions, ...] = field(repr=False, compare=False)

    @property
    def name(self) -> str:
        """What the contender is called."""
        return self.contender.name

    def to_json(self) -> dict[str, Any]:
        """Plain numbers, with the runs that they come from."""
        runs = [
            {
                "path": str(run.path),
                "seed": seed,
                "recipe_sha256": recipe_sha256(run),
                "accuracy": float(p.right.mean()),
            }
            for run, seed, p in zip(self.contender.runs, self.contender.seeds, self.predictions, strict=True)
        ]
        return {
            "name": self.name,
            "seeds": list(self.contender.seeds),
            "trained": self.contender.trained,
            "accuracy": self.accuracy,
            "accuracy_ci95": list(self.accuracy_ci95),
            "loss": self.loss,
            "recall": self.recall,
            "train_seconds": self.train_seconds,
            "epochs": self.epochs,
            "parameters": self.parameters,
            "operations": self.operations,
            "size_bytes": self.size_bytes,
            "latency_ms": self.latency_ms,
            "runs": runs,
        }


@dataclass(frozen=True)
class ComparisonTable:
    """Contenders side by side on one test set, in the order in which they were named."""

    rows: tuple[Row, ...]
    dataset: Dataset

    @cached_property
    def tests(self) -> tuple[Paired, ...]:
        """Every pair of contenders: each against every one before it, the first first."""
        return tuple(self._test(a, b) for place, b in enumerate(self.rows) for a in self.rows[place + 1 :])

    @property
    def against_first(self) -> tuple[Paired, ...]:
        """Each contender but the first against the first."""
        return tuple(test for test in self.tests if test.b == self.rows[0].name)

    @property
    def conclusions(self) -> tuple[str, ...]:
        """Which differences from the first count and which are noise, a sentence each."""
        return conclusions(self.against_first, max(len(row.contender.runs) for row in self.rows))

    def to_json(self) -> dict[str, Any]:
        """What `tenfold compare --json` prints: plain lists, numbers and strings."""
        data = self.dataset
        return {
            "rows": [row.to_json() for row in self.rows],
            "tests": [test.to_json() for test in self.tests],
            "conclusions": list(self.conclusions),
            "dataset": {"name": data.name, "split": data.split, "sha256": data.sha256, "n": len(data)},
        }

    def _test(self, a: Row, b: Row) -> Paired:
        return paired_test(a.name, b.name, a.predictions, b.predictions, a.contender.seeds, b.contender.seeds)


def compare(
    models: Sequence[str | Path],
    *,
    seeds: int = 3,
    data: str | Path | None = None,
    overrides: Mapping[str, Any] | None = None,
    out: str | Path = RUNS,
    data_dir: str | Path | None = None,
    **trainings: Unpack[Trainings],
) -> ComparisonTable:
    """Compare recipes, each trained with the seeds from 0 on, finished runs, and models in files, on the same images.

    models: recipes by name or path, folders of finished runs, .onnx, .keras and .h5 files, or 'classics'. A finished
    run in out whose resolved recipe is the same is taken, the others are trained into it. data: what the recipes are
    trained on and all are scored on; None leaves each recipe its own, which must then have the same test split.
    overrides: of the recipes, {"epochs": 3}. trainings: `announce` gets a line before each training, `mapped` runs
    them, as the builtin map; `tensorboard`, `on_step`, `on_epoch` and `say` as of `train`. Raises UsageError for what
    cannot be compared, TenfoldError where data, disk or a training fail.
    """
    if len(names := named(models)) < 2:
        for name in names:  # what is wrong with the one is said first
            open_name(name, overrides or {})
        raise UsageError("a comparison has two sides or more: name recipes, .toml files, run folders or model files")
    given = None if data is None else str(data)
    contenders = gather(
        models,
        seeds=seeds,
        data=given,
        overrides=overrides,
        out=out,
        data_dir=data_dir,
        **trainings,
    )
    dataset, learned = _scored_on(contenders, given, data_dir)
    rows = tuple(_row(contender, dataset, learned, data_dir) for contender in contenders)
    return ComparisonTable(rows, dataset)


def _scored_on(contenders: Sequence[Contender], data: str | None, data_dir: str | Path | None) -> tuple[Dataset, str]:
    """The test images of all: those of data, else the ones that every run was scored on; and what is trained on."""
    if data is not None:
        return load_dataset(data, "test", data_dir=data_dir), data
    runs = [run for contender in contenders for run in contender.runs if isinstance(run, Run)]
    if not runs:
        raise UsageError("no file says what it was trained on: name what all are scored on, as --data mnist")
    first, *others = runs
    table = first.recipe["data"]
    dataset = load_dataset(table.get("test") or table["name"], "test", data_dir=data_dir)
    for run in (first, *others):
        tested = run.environment.get("data", {}).get("test", {})
        if tested.get("sha256") != dataset.sha256:
            raise UsageError(
                f"{run.path}: was scored on other images ({tested.get('name', 'unknown')}) than {first.path} "
                f"({dataset.name}): name what all are scored on, as --data mnist"
            )
    return dataset, table["name"]


def _row(contender: Contender, dataset: Dataset, learned: str, data_dir: str | Path | None) -> Row:
    classifiers = [open_classifier(run.onnx, learned, data_dir) for run in contender.runs]
    answers = tuple(answer(classifier, dataset) for classifier in classifiers)
    scores = [score(predictions) for predictions in answers]
    costs = [measure_cost(classifier) for classifier in classifiers]
    training = [run.environment.get("training", {}) for run in contender.runs]
    errors, n = sum(s.errors for s in scores), sum(s.n for s in scores)
    return Row(
        contender=contender,
        accuracy=spread([s.accuracy for s in scores]),
        accuracy_ci95=wilson_interval(n - errors, n),
        loss=spread([s.loss for s in scores]),
        recall=spread([s.recall for s in scores]),
        latency_ms=spread([cost.latency_ms for cost in costs]),
        train_seconds=_kept(training, "train_seconds"),
        epochs=_kept(training, "epochs"),
        parameters=training[0].get("parameters"),
        operations=costs[0].operations,
        size_bytes=costs[0].size_bytes,
        predictions=answers,
    )


def _kept(training: Sequence[Mapping[str, Any]], key: str) -> dict[str, float] | None:
    return spread([one[key] for one in training]) if all(key in one for one in training) else None
