"""A page recipe, trained into a run folder: its pages, the loop, the network's file and what it finds."""

import csv
import hashlib
import io
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, fields
from pathlib import Path

import torch
from safetensors.torch import save

from tenfold import __version__
from tenfold.data.inventory import cache_folder
from tenfold.data.synthetic.pages.cache import cached_pages
from tenfold.data.synthetic.pages.make import Pages
from tenfold.exporting.page import export_page
from tenfold.models.page import PageNetwork
from tenfold.reading.detector import Detector
from tenfold.recipes.page import PageRecipe
from tenfold.run import write_atomically, write_json
from tenfold.training.environment import describe_environment
from tenfold.training.folder import RunFolder
from tenfold.training.page.checkpoint import Row
from tenfold.training.page.loop import SHOWN, train_pages
from tenfold.training.page.scores import score_pages
from tenfold.training.page.second_opinion import fit_weights
from tenfold.training.page.views import Plan

DETECTOR = "page.onnx"
"""Name of the network's file in a run folder."""


def fit_page(
    name: str,
    recipe: PageRecipe,
    folder: RunFolder,
    *,
    data_dir: str | Path | None = None,
    on_row: Callable[[Row, float], None] | None = None,
    say: Callable[[str], object] | None = None,
) -> None:
    """Draw the pages, train on them, write page.onnx, and score it on pages of held-out glyphs.

    say gets a line before the pages are drawn. Raises TenfoldError where there are no digits or no fonts to draw pages
    with, or the loss is not finite.
    """
    if say is not None:
        say(f"drawing {recipe.pages:,} pages, or taking them from the cache: some minutes the first time")
    cache = cache_folder().parent / "pages"
    pages = cached_pages(recipe.pages, recipe.seed, cache, data_dir)
    validation = cached_pages(recipe.validation, recipe.seed, cache, data_dir, "validation")
    written = cached_pages(recipe.validation, recipe.seed, cache, data_dir, "written")
    torch.manual_seed(recipe.seed)
    size = recipe.model
    network = PageNetwork(tuple(size.channels), tuple(size.blocks), size.neck)
    started = time.perf_counter()
    plan = _plan(recipe)

    def told(row: Row) -> None:
        if on_row is not None:
            on_row(row, SHOWN * plan.batch / row.seconds)

    history = train_pages(pages, plan, network, folder.checkpoint, told)
    seconds = time.perf_counter() - started
    write_atomically(folder.path / "history.csv", _as_csv(history))
    write_atomically(folder.path / "page.safetensors", save(network.state_dict()))
    sha256 = _digest(pages)
    metadata = _metadata(name, sha256)
    export_page(network, folder.path / DETECTOR, metadata)
    detector = Detector(folder.path / DETECTOR)
    write_json(folder.path / "scores.json", score_pages(detector, validation))
    # The classifier knows handwriting: what it says of print tells little of what it is worth.
    weights = fit_weights(detector, written)
    export_page(network, folder.path / DETECTOR, metadata | {"tenfold.opinions": weights.to_json()})
    measured = {
        "train_seconds": seconds,
        "steps": recipe.steps,
        "parameters": sum(p.numel() for p in network.parameters()),
    }
    environment = describe_environment(torch.device("cpu"), torch.bfloat16)
    write_json(folder.path / "environment.json", environment | {"pages_sha256": sha256, "training": measured})


def _plan(recipe: PageRecipe) -> Plan:
    return Plan(recipe.steps, recipe.batch_size, recipe.lr, recipe.weight_decay, recipe.averaging, recipe.seed)


def _metadata(name: str, sha256: str) -> dict[str, str]:
    """What page.onnx says of itself."""
    return {
        "tenfold.kind": "page detector",
        "tenfold.recipe": name,
        "tenfold.pages_sha256": sha256,
        "tenfold.version": __version__,
    }


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


__all__ = ["DETECTOR", "fit_page"]
