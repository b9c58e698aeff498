"""What the recipe of a page network may say. Its pages are drawn, so it names no dataset."""

from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

import tomli_w
from pydantic import Field, ValidationError

from tenfold.errors import UsageError
from tenfold.recipes.load import override, parse_toml, explain_in
from tenfold.recipes.schema import Positive, Share, Table

Count = Annotated[int, Field(ge=1)]


class PageModel(Table):
    """The network's size."""

    channels: Annotated[list[Count], Field(min_length=5, max_length=5)] = Field(
        default=[16, 32, 64, 96, 128], description="of strides 2, 4, 8, 16 and 32"
    )
    blocks: Annotated[list[Annotated[int, Field(ge=0)]], Field(min_length=4, max_length=4)] = Field(
        default=[1, 2, 2, 1], description="residual blocks of strides 4, 8, 16 and 32"
    )
    neck: Count = Field(48, description="channels in which the strides are added")


class PageRecipe(Table):
    """Everything that decides a page network."""

    pages: Count = Field(30000, description="pages to train on, drawn once and kept")
    validation: Count = Field(1000, description="pages to measure on, of glyphs that no page to train on has")
    steps: Count = Field(12000, description="updates")
    batch_size: Count = Field(24, description="pages an update")
    lr: Positive = Field(3e-3, description="highest learning rate of AdamW")
    weight_decay: Annotated[float, Field(ge=0)] = Field(0.01, description="of AdamW")
    averaging: Share = Field(0.999, description="share of the averaged weights that an update leaves")
    seed: Annotated[int, Field(ge=0)] = Field(0, description="of pages, order and weights")
    model: PageModel = Field(default_factory=PageModel, description="the network's size")
