"""What is asked: a recipe, what of it varies, and what for."""

import hashlib
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tenfold.errors import UsageError, cannot_write, needs_extra
from tenfold.files import write_atomically
from tenfold.tuning.space import Dimension, default_space, parse_option, parse_table

if TYPE_CHECKING:
    from tenfold.recipes import Recipe

LEAST_VALIDATION = 0.1
"""A search holds out at least this share. Of MNIST's 60,000 that is 6,000 images, which tell 99.0 % from 99.3 %; the
2 % that suffice for a temperature do not: their standard error at 99 % is 0.3 points."""


@dataclass(frozen=True)
class SearchSpec:
    """What a study is about. Another recipe, space or objective is another study, even in the same storage.

    recipe: resolved, as every trial starts from it; file: where `write_recipe` puts it; text: its TOML; own_validation:
    the share that the recipe holds out when nothing is searched.
    """

    name: str
    recipe: "Recipe"
    file: Path
    text: str
    space: tuple[Dimension, ...]
    objectives: tuple[str, ...]
    own_validation: float

    @property
    def study(self) -> str:
        """The study's name in its storage."""
        asked = [self.text, [dimension.to_json() for dimension in self.space], self.objectives]
        return f"{self.name}-{hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:8]}"

    def write_recipe(self) -> None:
        """Write the recipe that trials read. Raises TenfoldError where that cannot be."""
        folder = self.file.parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
            write_atomically(self.file, self.text)
        except OSError as error:
            raise cannot_write(folder, error, elsewhere="choose another --out") from None


def ask(
    recipe: str | Path,
    space: Sequence[str],
    overrides: Mapping[str, Any] | None,
    objectives: tuple[str, ...],
    validation: float | None,
    seed: int,
    folder: str | Path | None,
) -> SearchSpec:
    """The question, checked; nothing is written yet."""
    with needs_extra("train", "tuning"):
        from tenfold import training  # noqa: F401  first: it settles how torch's threads wait

        # isort: split
        from tenfold import models
        from tenfold.recipes import dump_recipe, load_recipe, search_table

    name, own = load_recipe(recipe, overrides, check_model=models.check)
    share = max(own.data.validation, LEAST_VALIDATION) if validation is None else validation
    held = dict(overrides or {}) | {"data.validation": share, "seed": seed}
    _, base = load_recipe(recipe, held, check_model=models.check)
    if base.data.validation == 0:
        raise UsageError("--validation 0: nothing would be left to choose by")
    dimensions = [parse_option(text) for text in space] or parse_table(search_table(recipe)) or default_space(base)
    _check_keys([dimension.key for dimension in dimensions])
    file = Path(folder or Path("tune", name), "search.toml").resolve()
    question = SearchSpec(name, base, file, dump_recipe(base), tuple(dimensions), objectives, own.data.validation)
    _check_space(question)
    return question


def recipe_value(recipe: "Recipe", key: str) -> Any:
    """The value that a recipe has at a dotted key, a model's option where it says none; None where there is none."""
    from tenfold import models

    values: Any = recipe.model_dump()
    values["model_options"] = models.option_defaults(recipe.model) | recipe.model_options
    for part in key.split("."):
        values = values.get(part) if isinstance(values, dict) else None
    return list(values) if isinstance(values, tuple) else values


def _check_space(question: SearchSpec) -> None:
    """Raise UsageError where not one of many draws from the space is a recipe: a key is unknown, or a range is off."""
    from tenfold import models
    from tenfold.recipes import parse_recipe

    source, folder = str(question.file), question.file.parent
    draw, error = random.Random(0), None
    for _ in range(30):
        point = {d.key: d.value(draw.choice(d.grid())) for d in question.space}
        try:
            parse_recipe(question.text, point, source=source, folder=folder, check_model=models.check)
            return
        except UsageError as found:
            error = found
    raise UsageError(f"the search finds no recipe: {str(error).replace('--set ', 'search.')}")


def _check_keys(keys: Sequence[str]) -> None:
    for key in keys:
        if keys.count(key) > 1:
            raise UsageError(f"search.{key}: is given twice")
        if key in ("seed", "data.validation", "data.name", "data.also", "data.test"):
            raise UsageError(f"search.{key}: would change what the trials are measured on")
