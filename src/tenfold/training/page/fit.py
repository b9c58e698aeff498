"""A page recipe, trained into a run folder: its pages, both networks, their files and what they find."""

import csv
import hashlib
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, fields
from pathlib import Path

import torch
from safetensors.torch import save
from torch import nn

from tenfold import __version__
from tenfold.data.inventory import cache_folder
from tenfold.data.synthetic.pages.cache import cached_pages
from tenfold.data.synthetic.pages.make import Pages
from tenfold.errors import cannot_write
from tenfold.exporting.int8 import Floats
from tenfold.exporting.page import add_metadata, export_glyph, export_page
from tenfold.models.glyph import GlyphNetwork
from tenfold.models.page import PageNetwork
from tenfold.reading.detector import GLYPH_FILE, PAGE_FILE, Detector
from tenfold.recipes.page import PageRecipe
from tenfold.run import write_atomically, write_json
from tenfold.system import cores
from tenfold.training.environment import describe_environment
from tenfold.training.folder import RunFolder
from tenfold.training.page.checkpoint import Row
from tenfold.training.page.crops import CropViews, crop_loss, found_crops
from tenfold.training.page.loop import SHOWN, train
from tenfold.training.page.loss import page_loss
from tenfold.training.page.plan import Plan
from tenfold.training.page.scores import score_pages
from tenfold.training.page.second_opinion import fit_weights, said_of
from tenfold.training.page.views import Views

_EXAMPLES = 12
"""Batches from which the ranges of activations are taken."""


def fit_page(
    name: str,
    recipe: PageRecipe,
    folder: RunFolder,
    *,
    data_dir: str | Path | None = None,
    on_row: Callable[[str, int, Row, float], None] | None = None,
    say: Callable[[str], object] | None = None,
) -> None:
    """Draw the pages, train both networks, write page.onnx and glyph.onnx, and score them on pages of held-out glyphs.

    on_row is told which network's row it is, how many updates that has, the row, and how many examples a second; say
    gets a line before each long wait. Raises TenfoldError where there are no digits or no fonts to draw pages with, or
    the loss is not finite.
    """
    say = say or (lambda _line: None)
    say(f"drawing {recipe.pages:,} pages, or taking them from the cache: some minutes the first time")
    cache = cache_folder().parent / "pages"
    try:
        pages = cached_pages(recipe.pages, recipe.seed, cache, data_dir)
        validation = cached_pages(recipe.validation, recipe.seed, cache, data_dir, "validation")
        written = cached_pages(recipe.validation, recipe.seed, cache, data_dir, "written")
    except OSError as error:
        raise cannot_write(cache, error) from None
    metadata = {"tenfold.recipe": name, "tenfold.pages_sha256": _digest(pages), "tenfold.version": __version__}
    trained = {}

    def told(network: str, plan: Plan) -> Callable[[Row], None]:
        return lambda row: on_row(network, plan.steps, row, SHOWN * plan.batch / row.seconds) if on_row else None

    torch.manual_seed(recipe.seed)
    network = PageNetwork(tuple(recipe.model.channels), tuple(recipe.model.blocks), recipe.model.neck)
    plan = _page_plan(recipe)
    views = Views(pages, plan)
    history = train(network, plan, views.batch, page_loss, folder.checkpoint, told("page", plan))
    trained["page"] = _kept(folder.path, "page", network, history)
    examples = (views.batch(step).pages.numpy() for step in range(_EXAMPLES))
    export_page(network, folder.path / PAGE_FILE, metadata, examples)

    say("looking at pages with it: some minutes")
    crops = found_crops(pages.part(0, recipe.glyph.pages), folder.path / PAGE_FILE, cores())
    judge = GlyphNetwork(tuple(recipe.glyph.channels), tuple(recipe.glyph.blocks))
    plan = _glyph_plan(recipe)
    checkpoint = folder.checkpoint.with_name("glyph.safetensors")
    looks = CropViews(crops, plan)
    history = train(judge, plan, looks.batch, crop_loss, checkpoint, told("glyph", plan))
    trained["glyph"] = _kept(folder.path, "glyph", judge, history)
    _export_judge(judge, folder.path, written, metadata, (looks.batch(step)[0].numpy() for step in range(_EXAMPLES)))
    write_json(folder.path / "scores.json", score_pages(Detector(folder.path), validation))
    environment = describe_environment(torch.device("cpu"), torch.bfloat16)
    pages_sha256 = metadata["tenfold.pages_sha256"]
    write_json(folder.path / "environment.json", environment | {"pages_sha256": pages_sha256, "training": trained})


def _export_judge(
    judge: GlyphNetwork, folder: Path, written: Pages, metadata: dict[str, str], examples: Iterable[Floats]
) -> None:
    """Write glyph.onnx beside page.onnx, with how much the opinion of either counts, fitted on pages of handwriting."""
    export_glyph(judge, folder / GLYPH_FILE, metadata, examples)
    weights = fit_weights(said_of(written, Detector(folder)))
    add_metadata(folder / GLYPH_FILE, {"tenfold.opinions": weights.to_json()})


def _page_plan(recipe: PageRecipe) -> Plan:
    """How the page network is trained."""
    return Plan(recipe.steps, recipe.batch_size, recipe.lr, recipe.weight_decay, recipe.averaging, recipe.seed)


def _glyph_plan(recipe: PageRecipe) -> Plan:
    """How the glyph network is trained."""
    own = recipe.glyph
    return Plan(own.steps, own.batch_size, own.lr, recipe.weight_decay, recipe.averaging, recipe.seed, "glyph.lr")


def _kept(folder: Path, name: str, network: nn.Module, history: Sequence[Row]) -> dict[str, float]:
    """Writes a network's weights and history; says how it was trained."""
    weights = {key: value.contiguous() for key, value in network.state_dict().items()}
    write_atomically(folder / f"{name}-history.csv", _as_csv(history))
    write_atomically(folder / f"{name}.safetensors", save(weights))
    parameters = sum(values.numel() for values in network.parameters())
    return {"seconds": sum(row.seconds for row in history), "parameters": parameters}


def _digest(pages: Pages) -> str:
    """The SHA-256 of all pages and their marks."""
    digest = hashlib.sha256(pages.pixels.tobytes())
    digest.update(pages.marks.tobytes())
    return digest.hexdigest()


def _as_csv(history: Sequence[Row]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, [field.name for field in fields(Row)], lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(row) for row in history)
    return text.getvalue()
