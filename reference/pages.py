"""Which files are made, and from what: the test that none is stale asks here, too."""

from pathlib import Path

from reference import api, commands, recipe_keys

ROOT = Path(__file__).parents[1]


def pages() -> dict[Path, str]:
    """The text of every file that is made from the program, as it should be now."""
    recipes = ROOT / "docs" / "recipes.md"
    return {
        ROOT / "docs" / "cli.md": commands.page(),
        ROOT / "docs" / "api.md": api.page(),
        recipes: recipe_keys.renewed(recipes.read_text(encoding="utf-8")),
    }


def write() -> None:
    """Write them all."""
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
