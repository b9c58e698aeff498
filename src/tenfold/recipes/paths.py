"""What a recipe names on the disk: paths that hold from anywhere, and which files they were."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from tenfold.data import CATALOG
from tenfold.data.inventory import user_path
from tenfold.errors import TenfoldError
from tenfold.recipes.schema import Init, Recipe, Teacher


def find_files(recipe: Recipe, folder: Path, set_by: Callable[[str], str | None]) -> Recipe:
    """The recipe with the paths of its data and of other runs absolute, and the hashes of those runs' files.

    A path in the recipe's file leads from the file's folder where it exists there; any other, as one that set_by says
    the command line gave at a dotted key, from the working folder. A path that leads nowhere stays as it is. Raises
    TenfoldError where a run's file is not the one whose hash the recipe holds.
    """

    def found(key: str, given: str) -> Path | None:
        origins = [Path()] if set_by(key) else [folder, Path()]
        paths = (origin / user_path(given) for origin in origins)
        return next((path.resolve() for path in paths if _exists(path)), None)

    def found_data(key: str, given: str) -> str:
        path = found(f"data.{key}", given) if given and given not in CATALOG else None
        return given if path is None else str(path)

    data: dict[str, object] = {key: found_data(key, getattr(recipe.data, key)) for key in ("name", "test")}
    data["also"] = {found_data("also", given): times for given, times in recipe.data.also.items()}
    changed = {"data": recipe.data.model_copy(update=data)}
    for key in ("init", "teacher"):
        table = getattr(recipe, key)
        path = found(f"{key}.run", table.run) if table is not None else None
        if path is not None:
            # A path from the command line is another run's, whatever hash the file holds.
            expected = "" if set_by(f"{key}.run") and not set_by(f"{key}.sha256") else table.sha256
            given = table.model_copy(update={"run": str(path), "sha256": expected})
            changed[key] = given.model_copy(update={"sha256": check_hash(key, given)})
    return recipe.model_copy(update=changed)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name longer than any can be
        return False


def weights_file(table: Init | Teacher) -> Path:
    """The one file of another run that a recipe uses: a teacher's answers, or the weights to start from."""
    path = user_path(table.run)
    if isinstance(table, Init):
        return path / "model.safetensors"
    return path / "model.onnx" if path.is_dir() else path


def check_hash(key: str, table: Init | Teacher) -> str:
    """The SHA-256 of the file that a recipe's table uses; what the table holds where there is no such file.

    Raises TenfoldError where it is not the one that the table holds, or cannot be read.
    """
    path = weights_file(table)
    try:
        if not path.is_file():  # a device never ends
            return table.sha256
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise TenfoldError(f"{path}: cannot be read ({error.strerror})") from None
    if table.sha256 not in ("", found):
        raise TenfoldError(
            f"{key}.run: {path} is not the file that the recipe means (its sha256 is {found[:12]}…, not "
            f"{table.sha256[:12]}…): give {key}.run anew, or {key}.sha256 = '' for whatever is there"
        )
    return found
