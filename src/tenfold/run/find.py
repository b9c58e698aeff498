"""Find the runs that a folder holds: finished, unfinished, to be repeated or to be thrown away."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from tenfold.errors import TenfoldError, needs_extra
from tenfold.run.contents import Run
from tenfold.version import __version__

RUNS = Path("runs")
"""Where runs are kept unless another folder is named."""


def unfinished_run(
    recipe: str | Path, out: str | Path = RUNS, overrides: Mapping[str, Any] | None = None
) -> Path | None:
    """The folder in out that `train(..., resume=True)` would go on with; None where it would start anew."""
    with needs_extra("train", "training"):
        from tenfold.recipes import dump_recipe, load_recipe
        from tenfold.run import folder

    name, resolved = load_recipe(recipe, overrides)
    return folder.unfinished_run(Path(out), name, dump_recipe(resolved))


def finished_run(
    recipe: str | Path,
    out: str | Path = RUNS,
    overrides: Mapping[str, Any] | None = None,
    *,
    among: Sequence[Run] | None = None,
) -> Run | None:
    """The newest finished run in out that this recipe would repeat: same values, same tenfold; None without one.

    among: what `runs(out)` gave, for who asks for many recipes: then each run's files are read once.
    """
    with needs_extra("train", "training"):
        from pydantic import ValidationError

        from tenfold.recipes import Recipe, dump_recipe, load_recipe, without_report

    _name, resolved = load_recipe(recipe, overrides)
    wanted = without_report(dump_recipe(resolved))
    alike = (resolved.model, resolved.seed)
    for run in runs(out) if among is None else among:
        with suppress(TenfoldError, ValidationError):  # damaged, or an ensemble's
            if (run.recipe.get("model"), run.recipe.get("seed")) != alike:  # most runs, and validating takes longer
                continue
            if run.scores is None or run.environment["tenfold"] != __version__:
                continue
            if without_report(dump_recipe(Recipe.model_validate(run.recipe))) == wanted:
                return run
    return None


def runs(out: str | Path = RUNS) -> list[Run]:
    """The finished runs in a folder, the newest first."""
    found = []
    for path in Path(out).glob("*/environment.json"):
        with suppress(TenfoldError):  # another tool's folder, or a damaged one, is no run
            found.append((path.stat().st_mtime, str(path.parent), Run.open(path.parent)))
    return [run for _, _, run in sorted(found, key=lambda entry: entry[:2], reverse=True)]


def prunable(out: str | Path = RUNS) -> dict[Path, str]:
    """What can go from a folder of runs, each with the reason: unfinished runs that nobody is training, and repeats.

    A repeat is a run whose recipe, down to the seed, and whose tenfold are those of a newer one. Runs that a recipe or
    an ensemble here names as teacher, start or member stay.
    """
    with needs_extra("train", "pruning runs"):
        from tenfold.run import folder

    found = dict.fromkeys(folder.abandoned(Path(out)), "unfinished, nobody is training it")
    finished = runs(out)
    needed = {name for run in finished for name in _named(run)}
    newest: dict[tuple[str, Any], Run] = {}
    for run in finished:
        key = ((run.path / "recipe.toml").read_text(encoding="utf-8"), run.environment.get("tenfold"))
        kept = newest.setdefault(key, run)
        if kept is not run and not {str(run.path.resolve()), run.name} & needed:
            found[run.path] = f"repeats {kept.name}"
    return found


def _named(run: Run) -> Iterator[str]:
    """The runs that a run's recipe names: by path its teacher and the weights it starts from, by name its members."""
    for key in ("teacher", "init"):
        if key in run.recipe:
            yield str(Path(run.recipe[key]["run"]).resolve())
    yield from run.recipe.get("members", {})
