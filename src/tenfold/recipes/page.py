"""What the recipe of a detector may say. Its pages are drawn, so it names no dataset."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import tomli_w
from pydantic import Field, ValidationError

from tenfold.errors import UsageError, did_you_mean
from tenfold.recipes.load import find_recipe, override, parse_toml
from tenfold.recipes.schema import NotNegative, Positive, Share, Table

Count = Annotated[int, Field(ge=1)]


class PageModel(Table):
    """The page network's size."""

    channels: Annotated[list[Count], Field(min_length=5, max_length=5)] = Field(
        default=[16, 32, 64, 96, 128], description="of strides 2, 4, 8, 16 and 32"
    )
    blocks: Annotated[list[Annotated[int, Field(ge=0)]], Field(min_length=4, max_length=4)] = Field(
        default=[1, 2, 3, 1], description="residual blocks of strides 4, 8, 16 and 32"
    )
    neck: Count = Field(48, description="channels in which the strides are added")


class GlyphRecipe(Table):
    """Everything that decides the glyph network, which judges what the page network finds."""

    pages: Count = Field(10000, description="of the pages: it learns from what the page network finds on them")
    steps: Count = Field(8000, description="updates")
    batch_size: Count = Field(256, description="digits an update")
    lr: Positive = Field(2e-3, description="highest learning rate of AdamW")
    channels: Annotated[list[Count], Field(min_length=3, max_length=3)] = Field(
        default=[24, 48, 96], description="of strides 2, 4 and 8"
    )
    blocks: Annotated[list[Annotated[int, Field(ge=0)]], Field(min_length=2, max_length=2)] = Field(
        default=[2, 2], description="residual blocks of strides 4 and 8"
    )


class LineRecipe(Table):
    """Everything that decides the line network, which judges digits together with their neighbours."""

    pages: Count = Field(20000, description="of the pages: it learns from the lines that are found on them")
    steps: Count = Field(8000, description="updates")
    batch_size: Count = Field(64, description="pieces of lines an update")
    lr: Positive = Field(3e-3, description="highest learning rate of AdamW")
    channels: Annotated[list[Count], Field(min_length=4, max_length=4)] = Field(
        default=[24, 48, 96, 160], description="of strides 2 and 4, of stride 8 down, and along the line"
    )
    blocks: Annotated[int, Field(ge=0)] = Field(2, description="residual blocks of stride 4, and of stride 8 down")
    contexts: list[Count] = Field(
        default=[1, 2, 1], description="residual blocks along the line: how far apart the cells are that each sees"
    )


class PageRecipe(Table):
    """Everything that decides a detector: a page network, a glyph network and a line network."""

    pages: Count = Field(40000, description="pages to train on, drawn once and kept")
    validation: Count = Field(1000, description="pages to measure on, of glyphs that no page to train on has")
    steps: Count = Field(12000, description="updates of the page network")
    batch_size: Count = Field(24, description="pages an update")
    lr: Positive = Field(3e-3, description="highest learning rate of AdamW")
    weight_decay: NotNegative = Field(0.01, description="of AdamW, for all networks")
    averaging: Share = Field(0.999, description="share of the averaged weights that an update leaves, for all")
    seed: Annotated[int, Field(ge=0)] = Field(0, description="of pages, order and weights")
    model: PageModel = Field(default_factory=PageModel, description="the page network's size")
    glyph: GlyphRecipe = Field(default_factory=GlyphRecipe, description="the glyph network")
    line: LineRecipe = Field(default_factory=LineRecipe, description="the line network")


def is_page_recipe(name_or_path: str | Path) -> bool:
    """Whether a recipe is of a page network: it says how many pages there are. Raises as `load_page_recipe` does."""
    _name, source, text, _folder = find_recipe(str(name_or_path))
    return "pages" in parse_toml(source, text)


def load_page_recipe(name_or_path: str | Path, overrides: Mapping[str, Any] | None = None) -> tuple[str, PageRecipe]:
    """A page recipe's name and its validated content; overrides: dotted keys to values, as of `load_recipe`.

    Raises UsageError that names the file or the --set, the key, and what is allowed.
    """
    name, source, text, _folder = find_recipe(str(name_or_path))
    values = parse_toml(source, text)
    for key, value in (overrides or {}).items():
        override(values, key, value)
    try:
        return name, PageRecipe.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        where = f"--set {key}" if key in (overrides or {}) else source
        if first["type"] == "extra_forbidden":
            allowed = [
                *PageRecipe.model_fields,
                *(f"model.{field}" for field in PageModel.model_fields),
                *(f"glyph.{field}" for field in GlyphRecipe.model_fields),
                *(f"line.{field}" for field in LineRecipe.model_fields),
            ]
            meant = did_you_mean(key, allowed)
            raise UsageError(f"{where}: unknown key '{key}'{meant}: there are {', '.join(allowed)}") from None
        message = first["msg"]
        raise UsageError(f"{where}: {key}: {message[0].lower() + message[1:]}") from None


def dump_page_recipe(recipe: PageRecipe) -> str:
    """The recipe as TOML with every default written out."""
    return tomli_w.dumps(recipe.model_dump())
