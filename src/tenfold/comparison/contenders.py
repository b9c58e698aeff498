"""Who is compared: recipes, whose runs are found or trained, and runs that are there already."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Unpack

from tenfold import pipeline
from tenfold.data import CATALOG, join, load_dataset, load_training_parts
from tenfold.data.inventory import user_path
from tenfold.errors import TenfoldError, UsageError, needs_extra
from tenfold.inference.classifier import model_file
from tenfold.model_files import MODEL_FILES
from tenfold.pipeline import Watching
from tenfold.run import Run, find
from tenfold.run.find import RUNS

CLASSICS = ("cnn-baseline", "cnn-deep", "cnn-regularized", "mlp-dropout", "mlp-sgd", "cnn-sgd", "cnn-dropout")
"""What the name 'classics' stands for: the seven models of the tutorials (docs/classics.md)."""

MapFunction = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]
"""How a function is done to many tasks: as the builtin map, one after the other, or several at a time in any order."""

_Found = Mapping[tuple[int, int], tuple[Run, bool]]
"""By place and seed: the run, and whether it was trained for this."""

_MOST_SEEDS = 1000

_ALIASES = {"classics": CLASSICS}


@dataclass(frozen=True)
class ModelFile:
    """A .onnx, .keras or .h5 by itself, with what a comparison asks of a run: nothing is known of its training."""

    path: Path
    recipe: Mapping[str, Any] = field(default_factory=dict)
    environment: Mapping[str, Any] = field(default_factory=dict)
    history: Sequence[Mapping[str, float]] = ()
    steps: Sequence[Mapping[str, float]] = ()

    @property
    def onnx(self) -> Path:
        """What is opened as the model."""
        return self.path


@dataclass(frozen=True)
class Contender:
    """One row of a comparison: its name, its runs (or its file), and how many of them were trained for it."""

    name: str
    runs: tuple[Run | ModelFile, ...]
    trained: int

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seed of each run; an ensemble has none and counts as 0."""
        return tuple(int(run.recipe.get("seed", 0)) for run in self.runs)


class Trainings(Watching, total=False):
    """How trainings that are missing are run and watched: arguments of `gather`.

    announce gets a line before each. mapped: runs them, as the builtin map.
    """

    announce: Callable[[str], Any]
    mapped: MapFunction


def trained_run(
    recipe: str | Path,
    overrides: Mapping[str, Any],
    *,
    out: str | Path = RUNS,
    data_dir: str | Path | None = None,
    **watching: Unpack[Watching],
) -> tuple[Run, bool]:
    """The run of a recipe with these overrides, and whether it had to be trained.

    A finished run in out is taken where its resolved recipe and its tenfold are the same and the data have not changed
    since; one that was left unfinished is gone on with.
    """
    if found := _finished(recipe, overrides, out, data_dir):
        return found, False
    return pipeline.finish_or_train(recipe, overrides=overrides, out=out, data_dir=data_dir, **watching), True


def gather(
    names: Sequence[str | Path],
    *,
    seeds: int = 3,
    data: str | None = None,
    overrides: Mapping[str, Any] | None = None,
    out: str | Path = RUNS,
    data_dir: str | Path | None = None,
    announce: Callable[[str], Any] = lambda _: None,
    mapped: MapFunction = map,
    **watching: Unpack[Watching],
) -> list[Contender]:
    """The contenders that names stand for: recipes by name or .toml, folders of finished runs, files of models, or
    'classics'.

    Every recipe is checked before the first is trained. A recipe gets the seeds from 0 on. data, overrides: of the
    recipes. announce gets a line before each training. mapped: how those that are missing are trained, as the builtin
    map. Raises UsageError where one is named twice or a recipe is not valid, TenfoldError where a folder is no run or a
    training fails.
    """
    check_seeds(seeds)
    wanted = named(names)
    changed = dict(overrides or {})
    if data is not None:  # these data, without what a recipe adds to its own
        changed = {"data.also": {}} | changed | {"data.name": pipeline.quoted(data)}
    opened = [open_name(name, changed) for name in wanted]
    if overrides and None not in opened:
        raise UsageError("--set changes recipes, and only trained models are named")
    labels = _labels([str(name) for name in wanted])

    members = [
        _Member(place, seed, name, changed | {"seed": seed}, out, data_dir, watching)
        for place, (name, run) in enumerate(zip(wanted, opened, strict=True))
        for seed in (range(seeds) if run is None else ())
    ]
    there = _find(members, find.runs(out))

    def missing() -> Iterator[_Member]:
        for member in members:
            if (member.place, member.seed) not in there:
                left = find.unfinished_run(member.name, out, member.overrides)
                on = f": goes on with {left}" if left else ""
                announce(f"{labels[member.place]}, seed {member.seed} ({member.seed + 1} of {seeds}){on}")
                yield member

    found = {**there, **dict(mapped(_train_member, missing()))}
    return [
        Contender(label, *_of(found, place, seeds)) if run is None else Contender(label, (run,), 0)
        for place, (label, run) in enumerate(zip(labels, opened, strict=True))
    ]


def check_seeds(seeds: int, least: int = 1) -> None:
    """Raise UsageError for seeds of a recipe that are too few or beyond all measure."""
    if not least <= seeds <= _MOST_SEEDS:
        raise UsageError(f"--seeds {seeds}: give a number from {least} to {_MOST_SEEDS:,}")


def named(names: Sequence[str | Path]) -> list[str | Path]:
    """The names with 'classics' spelt out."""
    return [name for given in names for name in _ALIASES.get(str(given), (given,))]


@dataclass(frozen=True)
class _Member:
    """One recipe with one seed, to be found or trained, wherever that is done. It is pickled."""

    place: int
    seed: int
    name: str | Path
    overrides: Mapping[str, Any]
    out: str | Path
    data_dir: str | Path | None
    watching: Watching


def _find(members: Sequence[_Member], there: Sequence[Run]) -> _Found:
    """Those whose finished run is there."""
    runs = [_finished(member.name, member.overrides, member.out, member.data_dir, there) for member in members]
    return {(m.place, m.seed): (run, False) for m, run in zip(members, runs, strict=True) if run is not None}


def _train_member(member: _Member) -> tuple[tuple[int, int], tuple[Run, bool]]:
    # Looked for once more: another recipe of the same values, or another machine, may have trained it meanwhile.
    run = trained_run(member.name, member.overrides, out=member.out, data_dir=member.data_dir, **member.watching)
    return (member.place, member.seed), run


def _of(found: _Found, place: int, seeds: int) -> tuple[tuple[Run, ...], int]:
    """A contender's runs by seed, and how many of them are new."""
    mine = [found[place, seed] for seed in range(seeds)]
    return tuple(run for run, _ in mine), sum(new for _, new in mine)


def recipe_sha256(run: Run | ModelFile) -> str | None:
    """The hash of a run's resolved recipe: what a run is found again by. None for a file, which has none."""
    if isinstance(run, ModelFile):
        return None
    return hashlib.sha256((run.path / "recipe.toml").read_bytes()).hexdigest()


def open_name(name: str | Path, overrides: Mapping[str, Any]) -> Run | ModelFile | None:
    """The run in a folder, or a model's file; None for a recipe. Each is checked: TenfoldError says what is wrong."""
    path = user_path(name)
    if path.is_dir():
        run = Run.open(path)
        run.check()
        return run
    if path.suffix.lower() in MODEL_FILES:
        return ModelFile(model_file(path))
    with needs_extra("train", "comparing recipes"):
        from tenfold import training  # noqa: F401  first: it settles how torch's threads wait

        # isort: split
        from tenfold import models
        from tenfold.recipes import load_recipe

    load_recipe(name, overrides, check_model=models.check)
    return None


def _labels(names: Sequence[str]) -> list[str]:
    """Short names that differ: a recipe's, a file's stem, a folder's, else as they were given."""
    short = [Path(name).stem if name.endswith(".toml") else user_path(name).resolve().name for name in names]
    labels = [one if short.count(one) == 1 else name for one, name in zip(short, names, strict=True)]
    if len(set(labels)) < len(labels):
        twice = next(label for label in labels if labels.count(label) > 1)
        raise UsageError(f"{twice}: is named twice: name each once")
    return labels


def _finished(
    recipe: str | Path,
    overrides: Mapping[str, Any],
    out: str | Path,
    data_dir: str | Path | None,
    among: Sequence[Run] | None = None,
) -> Run | None:
    """The finished run that a training would repeat; among as `find.finished_run` takes it."""
    found = find.finished_run(recipe, out, overrides, among=among)
    return found if found is not None and _same_data(found, data_dir) else None


def _same_data(run: Run, data_dir: str | Path | None) -> bool:
    """Whether a user's own files are still what the run was trained and scored on; the catalogue's never change."""
    table, known = run.recipe["data"], run.environment["data"]
    scored_on = table.get("test") or table["name"]
    try:
        if not set(run.trained_on) <= CATALOG.keys():
            train = join(load_training_parts(run.trained_on, data_dir))
            if train.sha256 != known["train"]["sha256"]:
                return False
        if scored_on not in CATALOG:
            return bool(load_dataset(scored_on, "test", data_dir=data_dir).sha256 == known["test"]["sha256"])
        return True
    except TenfoldError:
        return False  # training will say what is wrong with them
