"""A recipe from its file and the command line: read, overridden, validated."""

import re
import tomllib
from collections.abc import Callable, Mapping
from functools import partial
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import tomli_w
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from tenfold.errors import TenfoldError, UsageError, did_you_mean, shown
from tenfold.recipes.paths import find_files
from tenfold.recipes.schema import Recipe

_SHIPPED = files("tenfold.recipes")

_DETECTORS = _SHIPPED / "detectors"
"""Recipes of networks that find digits on pages: `tenfold.recipes.page` says what stands in them."""

_MOST_BYTES = 1 << 15
"""A recipe is a page of text: a larger file is something else."""

_LONGEST_LINE = 4096
"""Characters; a path may be as long. A key of n parts takes the parser n² steps and as much memory."""


def recipe_names() -> list[str]:
    """The shipped recipes' names, sorted."""
    return _names_in(_SHIPPED)


def _names_in(folder: Traversable) -> list[str]:
    return sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml"))


def load_recipe(
    name_or_path: str | Path,
    overrides: Mapping[str, Any] | None = None,
    *,
    check_model: Callable[[str, Mapping[str, Any]], None] | None = None,
) -> tuple[str, Recipe]:
    """A recipe's name and its validated content.

    name_or_path: a shipped recipe's name, or the path of a .toml file (its stem is the name). overrides maps
    dotted keys to values, {"optimizer.lr": 0.01}; a str value is read as TOML where that is possible. check_model
    is given the model's name and options, and raises UsageError where there is no such model.
    Raises UsageError that names the file or the --set, the key, and what is allowed.
    """
    name, source, text, folder = find_recipe(str(name_or_path))
    return name, parse_recipe(text, overrides, source=source, folder=folder, check_model=check_model)


def parse_recipe(
    text: str,
    overrides: Mapping[str, Any] | None = None,
    *,
    source: str,
    folder: Path,
    check_model: Callable[[str, Mapping[str, Any]], None] | None = None,
) -> Recipe:
    """A recipe's validated content from its text, which errors call source; its paths lead from folder.

    overrides, check_model and errors: as of `load_recipe`.
    """
    changed = dict(overrides or {})
    values = parse_toml(source, text)
    values.pop("search", None)  # what tenfold tune may try; it decides nothing in a run
    for key, value in changed.items():
        override(values, key, value)
    try:
        recipe = Recipe.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        where = _blame(source, changed, ".".join(map(str, first["loc"])))
        raise UsageError(f"{where}: {_explain(first)}") from None
    if check_model is not None:
        try:
            check_model(recipe.model, recipe.model_options)
        except UsageError as error:
            raise UsageError(f"{_blame(source, changed, 'model', 'model_options')}: {error}") from None
    return find_files(recipe, folder, partial(_set_by, changed))


def search_table(name_or_path: str | Path) -> dict[str, Any]:
    """A recipe's [search] table, as it stands there; empty without one. Raises UsageError as `load_recipe` does."""
    _name, source, text, _folder = find_recipe(str(name_or_path))
    table = parse_toml(source, text).get("search", {})
    if not isinstance(table, dict):
        raise UsageError(f"{source}: search should be a table of the recipe's keys, each with a range or choices")
    return table


def describe_recipes() -> list[dict[str, str]]:
    """Each shipped recipe's name, model and summary: the comment that its file opens with."""
    rows = []
    for folder in (_SHIPPED, _DETECTORS):
        for name in _names_in(folder):
            text = (folder / f"{name}.toml").read_text(encoding="utf-8")
            summary = text.splitlines()[0].removeprefix(f"# {name}: ")
            model = tomllib.loads(text)["model"]
            rows.append(
                {"name": name, "model": model if isinstance(model, str) else "page network", "summary": summary}
            )
    return rows


def dump_recipe(recipe: Recipe) -> str:
    """The recipe as TOML with every default written out: nothing that decides a run is left to the version."""
    return tomli_w.dumps(recipe.model_dump(exclude_none=True))


def without_report(text: str) -> str:
    """A resolved recipe's TOML without the key `report`, which decides no number: equal texts are equal runs."""
    return re.sub(r"^report = (?:true|false)\n", "", text, flags=re.MULTILINE)


def parse_toml(source: str, text: str) -> dict[str, Any]:
    """A recipe's values, not yet validated. Raises UsageError that names the source."""
    if max(map(len, text.splitlines()), default=0) > _LONGEST_LINE:
        raise UsageError(f"{source}: a line of more than {_LONGEST_LINE} characters: not a recipe")
    try:
        return tomllib.loads(text)
    except ValueError as error:  # TOMLDecodeError, and Python's own for a number of too many digits
        raise UsageError(f"{source}: not TOML: {error}") from None
    except RecursionError:
        raise UsageError(f"{source}: not a recipe: its tables or lists are nested too deeply") from None


def find_recipe(name_or_path: str) -> tuple[str, str, str, Path]:
    """A recipe's name, where it was found, its text, and the folder that its paths lead from.

    Raises UsageError where there is none, TenfoldError where it cannot be read.
    """
    if name_or_path.endswith(".toml") or "/" in name_or_path:
        path = Path(name_or_path)
        try:
            with path.open("rb") as file:
                content = file.read(_MOST_BYTES + 1)
            # Windows' Notepad puts a byte order mark first.
            text = content.decode("utf-8-sig")
        except FileNotFoundError:
            raise UsageError(f"{name_or_path}: no such recipe file") from None
        except UnicodeDecodeError:
            raise UsageError(f"{name_or_path}: not a text in UTF-8") from None
        except (OSError, ValueError) as error:
            raise TenfoldError(f"{name_or_path}: cannot be read: {error}") from None
        if len(content) > _MOST_BYTES:
            raise UsageError(f"{name_or_path}: larger than {_MOST_BYTES >> 10} KiB: not a recipe")
        return path.stem, name_or_path, text, path.parent
    if name_or_path in (detectors := _names_in(_DETECTORS)):
        return name_or_path, f"{name_or_path}.toml", (_DETECTORS / f"{name_or_path}.toml").read_text("utf-8"), Path()
    if name_or_path not in recipe_names():
        names = [*recipe_names(), *detectors]
        meant = did_you_mean(name_or_path, names)
        raise UsageError(
            f"unknown recipe '{name_or_path}'{meant}: there are {', '.join(names)}, or give the path of a .toml file"
        )
    text = (_SHIPPED / f"{name_or_path}.toml").read_text(encoding="utf-8")
    return name_or_path, f"{name_or_path}.toml", text, Path()


def _set_by(overrides: Mapping[str, Any], path: str) -> str | None:
    """The override that decides the value at a dotted path, the last of several; None where the file does."""
    return next((key for key in reversed(list(overrides)) if f"{path}.".startswith(f"{key}.")), None)


def _blame(source: str, overrides: Mapping[str, Any], *paths: str) -> str:
    """Where the values at these paths come from: one --set, the file, or the file as --set changed it."""
    if len(paths) == 1 and (key := _set_by(overrides, paths[0])):
        return f"--set {key}"
    within = [key for key in overrides if any(f"{key}.".startswith(f"{path}.") or not path for path in paths)]
    return f"{source} with {', '.join(f'--set {key}' for key in within)}" if within else source


def override(values: dict[str, Any], key: str, value: Any) -> None:
    """Put a value at a dotted key, in place; a str is read as TOML where that is possible. Raises UsageError."""
    *tables, last = key.split(".")
    table = values
    for part in tables:
        table = table.setdefault(part, {})
        if not isinstance(table, dict):
            raise UsageError(f"--set {key}: '{part}' is a value, not a table")
    table[last] = _as_toml(key, value) if isinstance(value, str) else value


def _as_toml(key: str, text: str) -> Any:
    """0.01 is a number, [1, 2] a list; a bare word, such as adam, is itself."""
    try:
        value, *more = tomllib.loads(f"value = {text}").values()
    except (ValueError, RecursionError):
        return text
    if more:
        raise UsageError(f"--set {key}: more than one value: give each key its own --set")
    return value


def _explain(error: ErrorDetails) -> str:
    """One line: the key, what was given, what is allowed."""
    path = [str(part) for part in error["loc"]]
    key = ".".join(path)
    if error["type"] == "extra_forbidden":
        allowed = _keys(path[:-1])
        elsewhere = [f" (did you mean {full}?)" for full in _dotted_keys() if full.endswith(f".{path[-1]}")]
        meant = elsewhere[0] if elsewhere else did_you_mean(key, [".".join([*path[:-1], name]) for name in allowed])
        return f"unknown key '{key}'{meant}: there are {', '.join(allowed)}"
    if error["type"] == "missing":
        return f"'{key}' is missing"
    message = error["msg"].removeprefix("Value error, ")
    if error["type"] == "model_type":
        message = f"should be a table with {', '.join(_keys(path))}"
    message = message[0].lower() + message[1:]
    if not path or error["type"] == "value_error":
        return f"{key}: {message}" if key else message
    return f"{key} = {shown(error['input'])}: {message}"


def _keys(path: list[str]) -> list[str]:
    """The keys allowed in the table at a path."""
    table: type[BaseModel] | None = Recipe
    for part in path:
        assert table is not None
        table = _table_type(table, part)
    return list(table.model_fields) if table else []


def _dotted_keys() -> list[str]:
    """Every key that lies in a table, as --set takes it: optimizer.lr."""
    return [f"{table}.{key}" for table in Recipe.model_fields if _table_type(Recipe, table) for key in _keys([table])]


def _table_type(table: type[BaseModel], key: str) -> type[BaseModel] | None:
    """The class of the table at a key; None where a plain value stands there."""
    annotation = table.model_fields[key].annotation
    candidates = getattr(annotation, "__args__", (annotation,))
    return next((c for c in candidates if isinstance(c, type) and issubclass(c, BaseModel)), None)
