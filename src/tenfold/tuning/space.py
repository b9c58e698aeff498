"""What a search may vary: keys of a recipe, each with a range or choices."""

import itertools
import json
import math
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tenfold.errors import UsageError

if TYPE_CHECKING:
    from optuna import Trial

    from tenfold.recipes import Recipe

_POINTS = 4
"""Values of a range that a grid tries."""

_MOST_GRID = 100_000


@dataclass(frozen=True)
class Dimension:
    """One key of a recipe, as 'optimizer.lr', and what it may be.

    choices: the values, or empty for the range from low to high, both included; log: by ratio; whole: ints only.
    """

    key: str
    choices: tuple[Any, ...] = ()
    low: float = 0
    high: float = 0
    log: bool = False
    whole: bool = False

    def suggest(self, trial: "Trial") -> Any:
        """What Optuna suggests for a trial; a choice that is a list is its JSON text there."""
        if self.choices:
            return trial.suggest_categorical(self.key, [_told(choice) for choice in self.choices])
        if self.whole:
            return trial.suggest_int(self.key, int(self.low), int(self.high), log=self.log)
        return trial.suggest_float(self.key, self.low, self.high, log=self.log)

    def value(self, parameter: Any) -> Any:
        """The recipe's value for what Optuna suggests."""
        return next((choice for choice in self.choices if _told(choice) == parameter), parameter)

    def parameter(self, value: Any) -> Any:
        """What Optuna calls a recipe's value; None where it lies outside."""
        if self.choices:
            return next((_told(choice) for choice in self.choices if _told(choice) == _told(value)), None)
        return value if type(value) in (int, float) and self.low <= value <= self.high else None

    def grid(self) -> list[Any]:
        """The parameters that a grid tries: every choice, or a few points of a range at equal steps."""
        if self.choices:
            return [_told(choice) for choice in self.choices]
        low, high = (math.log(self.low), math.log(self.high)) if self.log else (self.low, self.high)
        steps = [low + (high - low) * i / (_POINTS - 1) for i in range(_POINTS)]
        points = [math.exp(step) if self.log else step for step in steps]
        points[0], points[-1] = self.low, self.high  # exactly, whatever log and exp make of them
        return list(dict.fromkeys(round(point) for point in points)) if self.whole else points

    def to_json(self) -> dict[str, Any]:
        """As it is kept with the study."""
        if self.choices:
            return {"key": self.key, "choices": list(self.choices)}
        return {"key": self.key, "low": self.low, "high": self.high, "log": self.log, "whole": self.whole}


def parse_table(table: Mapping[str, Any], prefix: str = "") -> list[Dimension]:
    """The dimensions of a [search] table: lists are choices, tables with low and high are ranges, others are nested."""
    found = []
    for name, value in table.items():
        key = f"{prefix}{name}"
        if isinstance(value, list):
            found.append(_choices(key, value))
        elif isinstance(value, dict) and {"low", "high"} <= value.keys():
            found.append(_range(key, **value))
        elif isinstance(value, dict) and value and not {"low", "high"} & value.keys():
            found += parse_table(value, f"{key}.")
        else:
            raise UsageError(f"search.{key}: give a list of choices, or a range as {{ low = 1e-4, high = 1e-2 }}")
    return found


def parse_option(text: str) -> Dimension:
    """The dimension that a --search says: optimizer.lr=1e-4:1e-2:log, batch_size=32,64, or epochs=5:20."""
    key, equals, values = text.partition("=")
    if not key.strip() or not equals or not values.strip():
        raise UsageError(f"--search {text}: give key=low:high, key=low:high:log or key=choice,choice")
    key, parts = key.strip(), values.split(":")
    if len(parts) == 1:
        return _choices(key, _as_list(values))
    low, high = (_as_list(part)[0] for part in parts[:2])
    if len(parts) > 3 or parts[2:] not in ([], ["log"]):
        raise UsageError(f"--search {text}: a range is key=low:high or key=low:high:log")
    return _range(key, low, high, log=len(parts) == 3)


def default_space(recipe: "Recipe") -> list[Dimension]:
    """What is worth trying with any recipe: its model's sizes and dropout, rate, batch, schedule, augmentation."""
    from tenfold import models

    rate = recipe.optimizer.lr
    dimensions = [
        Dimension("optimizer.lr", low=rate / 10, high=rate * 10, log=True),
        Dimension("batch_size", (recipe.batch_size, 2 * recipe.batch_size, 4 * recipe.batch_size)),
        Dimension("schedule.name", tuple(dict.fromkeys((recipe.schedule.name, "constant", "cosine", "one-cycle")))),
        Dimension("optimizer.weight_decay", tuple(dict.fromkeys((recipe.optimizer.weight_decay, 0.0, 5e-4, 5e-3)))),
        Dimension("label_smoothing", tuple(dict.fromkeys((recipe.label_smoothing, 0.0, 0.1)))),
        Dimension("augmentation.rotation", low=0.0, high=max(12.0, recipe.augmentation.rotation)),
        Dimension("augmentation.translation", low=0.0, high=max(2.0, recipe.augmentation.translation)),
    ]
    if recipe.init is None:  # the weights of another run fit no other size
        defaults = models.option_defaults(recipe.model) | recipe.model_options
        dimensions += [_sizes(f"model_options.{key}", value) for key, value in defaults.items()]
    return dimensions


def check_grid(space: Sequence[Dimension]) -> None:
    """Raise UsageError where a grid over the space has more points than anybody could train."""
    if math.prod(len(dimension.grid()) for dimension in space) > _MOST_GRID:
        raise UsageError(f"--sampler grid: more than {_MOST_GRID:,} points: vary fewer keys, or use tpe")


def grid(space: Sequence[Dimension]) -> Iterator[dict[str, Any]]:
    """Every combination of the dimensions' grids, as parameters by key."""
    for values in itertools.product(*(dimension.grid() for dimension in space)):
        yield dict(zip((dimension.key for dimension in space), values, strict=True))


def _sizes(key: str, value: Any) -> Dimension:
    """Around a model's option: half to twice as many units or filters, each layer likewise; dropout up to 0.6."""
    if isinstance(value, float):
        return Dimension(key, low=0.0, high=max(0.6, value))
    if isinstance(value, int):
        return Dimension(key, low=max(1, value // 2), high=2 * value, log=True, whole=True)
    scaled = [[max(1, int(units * factor)) for units in value] for factor in (0.5, 1, 2, 4)]
    return Dimension(key, tuple(scaled))


def _choices(key: str, values: Sequence[Any]) -> Dimension:
    if len({_told(value) for value in values}) < max(1, len(values)):
        raise UsageError(f"search.{key}: give choices that differ, one at least")
    return Dimension(key, tuple(values))


def _range(key: str, low: Any, high: Any, log: Any = False, **more: Any) -> Dimension:
    if more:
        raise UsageError(f"search.{key}: unknown '{next(iter(more))}': a range has low, high and log")
    if not all(type(bound) in (int, float) for bound in (low, high)) or not low < high or (log and low <= 0):
        above = ", above 0 for log" if log else ""
        raise UsageError(f"search.{key}: low = {low!r}, high = {high!r}: give two numbers, the lower first{above}")
    whole = type(low) is int and type(high) is int
    return Dimension(key, low=low, high=high, log=bool(log), whole=whole)


def _as_list(text: str) -> list[Any]:
    """Values between commas, as TOML where they are that, else as words."""
    try:
        return list(tomllib.loads(f"value = [{text}]")["value"])
    except tomllib.TOMLDecodeError:
        return [_as_list(word)[0] if _is_toml(word) else word.strip() for word in text.split(",")]


def _is_toml(text: str) -> bool:
    try:
        return bool(tomllib.loads(f"value = [{text}]")["value"])
    except tomllib.TOMLDecodeError:
        return False


def _told(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, list | tuple | dict) else value
