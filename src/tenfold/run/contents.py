"""The run folder: what training leaves behind and everything after it starts from."""

import csv
import tomllib
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tenfold.errors import TenfoldError, did_you_mean_beside, no_model
from tenfold.files import checked_table, read_json, readable, write_json

UNFINISHED = ".unfinished"


@dataclass(frozen=True)
class Run:
    """A finished run, read from its folder. `Run.open` checks that it is one."""

    path: Path

    @classmethod
    def open(cls, path: str | Path) -> "Run":
        """The run in a folder. Raises TenfoldError where the folder is not a finished run."""
        path = Path(path)
        if path.name.endswith(UNFINISHED):
            raise TenfoldError(f"{path}: this run was never finished: train it again with --resume")
        if path.is_file():
            raise no_model(path)
        if not path.is_dir():
            raise TenfoldError(f"{path}: no such run{did_you_mean_beside(path)}: tenfold runs lists them")
        missing = [name for name in ("recipe.toml", "environment.json", "model.onnx") if not (path / name).is_file()]
        if missing:
            raise TenfoldError(f"{path}: not a run folder ({', '.join(missing)} missing)")
        return cls(path)

    @property
    def name(self) -> str:
        """The folder's name, such as fast-3; a run still being made already has it."""
        return self.path.name.removesuffix(UNFINISHED)

    @property
    def onnx(self) -> Path:
        """The self-sufficient model file."""
        return self.path / "model.onnx"

    @cached_property
    def recipe(self) -> dict[str, Any]:
        """recipe.toml, resolved: nothing that decided the result is left out."""
        with self._readable("recipe.toml") as text:
            return checked_table(self.path / "recipe.toml", tomllib.loads(text))

    @property
    def trained_on(self) -> tuple[str, ...]:
        """The names or paths of the datasets that its recipe trains on."""
        return (self.recipe["data"]["name"], *self.recipe["data"].get("also", {}))

    @cached_property
    def environment(self) -> dict[str, Any]:
        """environment.json: versions, machine, threads, data hashes, and what training measured."""
        return self._json("environment.json")

    @cached_property
    def history(self) -> list[dict[str, float]]:
        """history.csv: a row an epoch; empty where training kept none."""
        return self._rows("history.csv")

    @cached_property
    def steps(self) -> list[dict[str, float]]:
        """steps.csv: how training went within the epochs of a run of few; empty where training kept none."""
        return self._rows("steps.csv")

    @property
    def scores(self) -> dict[str, Any] | None:
        """scores.json, or None before the run was evaluated."""
        return self._json("scores.json") if (self.path / "scores.json").is_file() else None

    @property
    def members(self) -> dict[str, Any] | None:
        """members.json: an ensemble beside each of its members; None for a run of one model."""
        return self._json("members.json") if (self.path / "members.json").is_file() else None

    def check(self) -> None:
        """Read every file that says something of the run, for who takes it as it is.

        Raises TenfoldError, which names the file, where one is damaged.
        """
        _ = self.recipe, self.environment, self.history, self.steps, self.members
        if (scores := self.scores) is not None:
            _ = scores["accuracy"], scores["dataset"]

    def _rows(self, name: str) -> list[dict[str, float]]:
        if not (self.path / name).is_file():
            return []
        with self._readable(name) as text:
            rows = [{key: float(value) for key, value in row.items()} for row in csv.DictReader(text.splitlines())]
        return rows

    def _json(self, name: str) -> dict[str, Any]:
        return read_json(self.path / name)

    def _readable(self, name: str) -> AbstractContextManager[str]:
        return readable(self.path / name)


def note_environment(folder: Path, values: Mapping[str, Any]) -> None:
    """Add to a run's environment.json what was measured later, atomically; a key that is there gets the new value."""
    path = folder / "environment.json"
    write_json(path, {**read_json(path), **values})
