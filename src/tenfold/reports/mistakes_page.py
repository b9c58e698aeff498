"""A model's mistakes as a page: the scores, the confusions, and each mistake beside what the model learned from."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tenfold.data import Dataset
from tenfold.evaluation.mistakes import Mistake, Mistakes
from tenfold.files import write_atomically, written_to
from tenfold.reports import canvas, mistakes_figures
from tenfold.reports.page import data_uri, picture, render

if TYPE_CHECKING:
    from matplotlib.figure import Figure


_SHOWN = 300
"""Mistakes on the page: with five neighbours each, a megabyte or two."""

_SHOWN_CONFUSIONS = 12
_PICTURED = 12


def mistakes_folder(model: str | Path | None, split: str = "test", data: str | Path | None = None) -> Path:
    """Where a model's page lies unless it is told otherwise: in the run's folder, or mistakes/MODEL."""
    home = Path("mistakes", Path(model).stem if model is not None else "shipped")
    if model is not None and Path(model).is_dir():
        home = Path(model, "mistakes")
    return home.joinpath(*([Path(data).name] if data is not None else []), *([split] if split != "test" else []))


def write_mistakes(found: Mistakes, folder: Path) -> Path:
    """Write index.html and its figures into a folder, made where it is missing; returns the page's path.

    Raises TenfoldError where the folder cannot be written.
    """
    from markupsafe import Markup

    page, learned = folder / "index.html", found.learned
    drawings = _draw(found, learned)
    confusions = Markup(canvas.svg(drawings["confusions"], "Commonest confusions")) if drawings else ""
    contents = {
        "model_title": found.model,
        "found": replace(found, page=page).to_json(),
        "confusions": confusions,
        "shown": min(_SHOWN, len(found.mistakes)),
        "groups": _groups(found, learned),
    }
    with written_to(folder):
        for name, figure in drawings.items():
            write_atomically(page.with_name(f"{name}.png"), canvas.png(figure))
        write_atomically(page, render("mistakes.html.jinja", contents))
    return page


def _draw(found: Mistakes, learned: Dataset | None) -> dict[str, "Figure"]:
    """The figures by file name; none where there is no mistake."""
    if not found.mistakes:
        return {}
    shown = found.confusions[:_SHOWN_CONFUSIONS]
    names = [f"{one.label} → {one.predicted}" for one in shown]
    counts, doubtful = [len(one.mistakes) for one in shown], [one.doubtful for one in shown]
    worst = found.mistakes[:_PICTURED]
    columns = 1 + max(len(one.neighbours) for one in worst)
    images = np.zeros((len(worst), columns, 28, 28), np.uint8)
    captions = [[f"{one.label} read as {one.predicted}"] + [""] * (columns - 1) for one in worst]
    for row, one in enumerate(worst):
        images[row, 0] = found.predictions.dataset.images[one.row]
        for column, neighbour in enumerate(one.neighbours, start=1):
            assert learned is not None
            images[row, column] = learned.images[neighbour.row]
            captions[row][column] = neighbour.label
    return {
        "confusions": mistakes_figures.draw_confusions(names, counts, doubtful),
        "mistakes": mistakes_figures.draw_neighbours(images, captions),
    }


def _groups(found: Mistakes, learned: Dataset | None) -> list[dict[str, Any]]:
    """The mistakes by confusion, with their pictures; of very many, those of the largest loss."""
    kept = {one.row for one in found.mistakes[:_SHOWN]}
    groups = [
        {
            "label": group.label,
            "predicted": group.predicted,
            "count": len(group.mistakes),
            "doubtful": group.doubtful,
            "mistakes": [_shown(found, one, learned) for one in group.mistakes if one.row in kept],
        }
        for group in found.confusions
    ]
    return [group for group in groups if group["mistakes"]]


def _shown(found: Mistakes, one: Mistake, learned: Dataset | None) -> dict[str, Any]:
    neighbours = []
    for neighbour in one.neighbours:
        assert learned is not None
        image = data_uri(picture(learned.images[neighbour.row]))
        neighbours.append(neighbour.to_json() | {"image": image})
    image = data_uri(picture(found.predictions.dataset.images[one.row]))
    return one.to_json() | {"image": image, "neighbours": neighbours}
