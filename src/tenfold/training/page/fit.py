"""A page recipe, trained into a run folder: its pages, its three networks, their files and what they find."""

import csv
import hashlib
import io
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

import torch
from safetensors.torch import save
from torch import Tensor, nn

from tenfold.data.inventory import cache_folder
from tenfold.data.pages.cache import cached_pages
from tenfold.data.pages.make import Pages
from tenfold.errors import cannot_write
from tenfold.exporting.page import add_metadata, export_glyph, export_line, export_page
from tenfold.files import write_atomically, write_json
from tenfold.models.glyph import GlyphNetwork
from tenfold.models.line import LineNetwork
from tenfold.models.page import PageNetwork
from tenfold.reading.detector import GLYPH_FILE, LINE_FILE, PAGE_FILE, Detector
from tenfold.recipes.page import GlyphRecipe, LineRecipe, PageRecipe
from tenfold.run.folder import RunFolder
from tenfold.system import cores
from tenfold.training.environment import describe_environment
from tenfold.training.page.checkpoint import Row
from tenfold.training.page.crops import CropViews, found_crops
from tenfold.training.page.loop import SHOWN, Batch, train
from tenfold.training.page.loss import label_loss, page_loss
from tenfold.training.page.plan import Plan
from tenfold.training.page.scores import score_pages
from tenfold.training.page.second_opinion import fit_weights, said_of
from tenfold.training.page.strips import StripViews, found_strips
from tenfold.training.page.views import Views
from tenfold.version import __version__

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
    """Draw the pages, train the three networks, write their files, and score them on pages of held-out glyphs.

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
    making = _Making(recipe, folder, pages, metadata, on_row)
    making.page()
    say("looking at pages with it: some minutes")
    making.glyph()
    say("looking at pages for lines: some minutes")
    making.line()
    # How much the page network's opinion counts beside the glyph network's, fitted on pages of handwriting.
    weights = fit_weights(said_of(written, Detector(folder.path)))
    add_metadata(folder.path / GLYPH_FILE, {"tenfold.opinions": weights.to_json()})
    write_json(folder.path / "scores.json", score_pages(Detector(folder.path), validation))
    environment = describe_environment(torch.device("cpu"), torch.bfloat16)
    own = {"pages_sha256": metadata["tenfold.pages_sha256"], "training": making.trained}
    write_json(folder.path / "environment.json", environment | own)


@dataclass(frozen=True)
class _Making:
    """A detector in the making. trained: of each network, once it is trained, in how many seconds, and its size."""

    recipe: PageRecipe
    folder: RunFolder
    pages: Pages
    metadata: dict[str, str]
    on_row: Callable[[str, int, Row, float], None] | None
    trained: dict[str, dict[str, float]] = field(default_factory=dict)

    def page(self) -> None:
        """Train the page network and write its file."""
        recipe, size = self.recipe, self.recipe.model
        torch.manual_seed(recipe.seed)
        network = PageNetwork(tuple(size.channels), tuple(size.blocks), size.neck)
        plan = self._plan(recipe, "lr")
        views = Views(self.pages, plan)
        self._train("page", network, plan, views.batch, page_loss)
        examples = (views.batch(step).pages.numpy() for step in range(_EXAMPLES))
        export_page(network, self._page_file, self.metadata, examples)

    def glyph(self) -> None:
        """Train the glyph network on what the page network finds, and write its file."""
        own = self.recipe.glyph
        plan = self._plan(own, "glyph.lr")
        views = CropViews(found_crops(self.pages.part(0, own.pages), self._page_file, cores()), plan)
        network = GlyphNetwork(tuple(own.channels), tuple(own.blocks))
        self._train("glyph", network, plan, views.batch, label_loss)
        examples = (views.batch(step)[0].numpy() for step in range(_EXAMPLES))
        export_glyph(network, self.folder.path / GLYPH_FILE, self.metadata, examples)

    def line(self) -> None:
        """Train the line network on the lines that the page network finds, and write its file."""
        own = self.recipe.line
        plan = self._plan(own, "line.lr")
        views = StripViews(found_strips(self.pages.part(0, own.pages), self._page_file, cores()), plan)
        network = LineNetwork(tuple(own.channels), own.blocks, tuple(own.contexts))
        self._train("line", network, plan, views.batch, label_loss)
        examples = (views.batch(step)[0].numpy() for step in range(_EXAMPLES))
        export_line(network, self.folder.path / LINE_FILE, self.metadata, examples)

    @property
    def _page_file(self) -> Path:
        return self.folder.path / PAGE_FILE

    def _plan(self, own: PageRecipe | GlyphRecipe | LineRecipe, key: str) -> Plan:
        """How a network is trained; key: of its learning rate in the recipe."""
        recipe = self.recipe
        return Plan(own.steps, own.batch_size, own.lr, recipe.weight_decay, recipe.averaging, recipe.seed, key)

    def _train(
        self,
        name: str,
        network: nn.Module,
        plan: Plan,
        batch_of: Callable[[int], Batch],
        loss_of: Callable[[nn.Module, Batch], Tensor],
    ) -> None:
        """Train a network, and write its weights and history."""
        checkpoint = self.folder.checkpoint
        if name != "page":
            checkpoint = checkpoint.with_name(f"{name}.safetensors")
        history = train(network, plan, batch_of, loss_of, checkpoint, self._told(name, plan))
        self.trained[name] = _kept(self.folder.path, name, network, history)

    def _told(self, name: str, plan: Plan) -> Callable[[Row], None]:
        on_row = self.on_row
        return lambda row: on_row(name, plan.steps, row, SHOWN * plan.batch / row.seconds) if on_row else None


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
    writer = csv.DictWriter(text, [column.name for column in fields(Row)], lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(row) for row in history)
    return text.getvalue()
