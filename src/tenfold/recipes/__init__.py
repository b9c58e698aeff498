"""How a model is trained: one TOML file a recipe; a user's own file works the same way."""

from tenfold.recipes.load import (
    describe_recipes,
    dump_recipe,
    load_recipe,
    parse_recipe,
    recipe_names,
    search_table,
    without_report,
)
from tenfold.recipes.schema import Recipe

__all__ = [
    "Recipe",
    "describe_recipes",
    "dump_recipe",
    "load_recipe",
    "parse_recipe",
    "recipe_names",
    "search_table",
    "without_report",
]
