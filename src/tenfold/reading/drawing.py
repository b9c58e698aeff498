"""Pictures of what a reader saw: the page with boxes, digits and confidences, and the 28×28 views below it."""

import statistics
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from tenfold.errors import TenfoldError, UsageError
from tenfold.reading.labels import Corners, Font, Labelled, draw_labelled, font, outline
from tenfold.reading.measures import Box
from tenfold.reading.outcome import Reading
from tenfold.reading.page import Page, Picture, open_pages
from tenfold.reading.turning import turned_box, turned_page

INK, MUTED, LINE, SURFACE = "#1b1f24", "#626a73", "#c9cdd2", "#f6f6f4"
TAKEN, LEFT = "#1f62b5", "#c4540a"
"""Blue for digits, orange for what was left: apart for every kind of colour blindness; left ink is dashed as well."""
TABLE = "#8fb0d6"
"""Of the cells of a table, and of what joins those of a row."""

_CELL_ROOM = 5
"""Pixels of the drawing between a cell of a table and its digits' boxes."""

_LARGEST, _SMALLEST = 1600, 560
"""Pixels of the longer side: larger pages are shrunk, smaller ones enlarged until every pixel shows."""

_NARROWEST = 480
"""Pixels: a title has room."""

_MARGIN = 34
"""Pixels around the page, where labels of digits at its edge find room."""

_VIEW, _SMALL_VIEW = 84, 56
"""Pixels of a 28×28 view on a sheet: three times its size, or twice where there are more than _FEW."""

_FEW = 30
_WIDE = 1000
"""Pixels that a sheet of many views is wide at least."""

_GAP = 10
_MOST_CELLS = 400
"""A sheet shows no more views than this, and says how many it leaves out."""


@dataclass(frozen=True)
class Cell:
    """A view uint8 [28, 28] on a sheet, lines of text below it, and the colour of both."""

    view: NDArray[np.uint8]
    captions: tuple[str, ...]
    colour: str = LINE
    dashed: bool = False


def draw_reading(reading: Reading, picture: Picture | Page | None = None) -> Image.Image:
    """What was read, on the page it was read from, above what the model saw of each piece of ink: an RGB image.

    Digits have a solid blue box, ink that was left a dashed orange one with the reason; the cells of a table have thin
    frames, joined along its rows. A page that was turned to be read is shown so. picture: what was read, or the
    page of it; None opens the reading's source again. Raises UsageError where the source was no file, TenfoldError
    where it cannot be opened, or does not have the reading's page.
    """
    page = picture if isinstance(picture, Page) else _page_of(reading, picture)
    canvas, factor = on_canvas(turned_page(page, reading.turned).pixels)
    _draw_boxes(ImageDraw.Draw(canvas), reading, page, factor / page.scale)
    return titled(_title(reading), _subtitle(reading), [canvas, sheet(_cells(reading), canvas.width)])


def on_canvas(pixels: NDArray[np.uint8]) -> tuple[Image.Image, float]:
    """A page, as enlarged gives it, with a thin line and room around it; and its pixels for each of the page's."""
    shown, factor = enlarged(pixels)
    canvas = Image.new("RGB", (shown.width + 2 * _MARGIN, shown.height + 2 * _MARGIN), SURFACE)
    canvas.paste(shown, (_MARGIN, _MARGIN))
    box = (_MARGIN - 1, _MARGIN - 1, _MARGIN + shown.width, _MARGIN + shown.height)
    ImageDraw.Draw(canvas).rectangle(box, outline=LINE)
    return canvas, factor


def corners(box: tuple[float, float, float, float], factor: float) -> Corners:
    """The frame of a box x, y, width, height on a canvas with so many pixels for each of the box's."""
    x, y, width, height = (value * factor for value in box)
    # Around the ink, not on it.
    return _MARGIN + x - 3, _MARGIN + y - 3, _MARGIN + x + width + 2, _MARGIN + y + height + 2


def label_size(heights: Sequence[float]) -> float:
    """Pixels of the letters beside digits that are so many pixels high in the drawing."""
    return min(26.0, max(12.0, 0.3 * statistics.median(heights or [60.0])))


def draw_table(draw: ImageDraw.ImageDraw, cells: Mapping[tuple[int, int], Sequence[Corners]]) -> None:
    """The cells of a table by row and column, each with its digits' frames: a thin line around each, and along rows."""
    frames = {
        place: (
            min(box[0] for box in boxes) - _CELL_ROOM,
            min(box[1] for box in boxes) - _CELL_ROOM,
            max(box[2] for box in boxes) + _CELL_ROOM,
            max(box[3] for box in boxes) + _CELL_ROOM,
        )
        for place, boxes in cells.items()
    }
    for (row, _column), (_x0, y0, x1, y1) in frames.items():
        beyond = [frame for (other, _), frame in frames.items() if other == row and frame[0] > x1]
        if beyond:
            after = min(beyond)
            draw.line((x1, (y0 + y1) / 2, after[0], (after[1] + after[3]) / 2), fill=TABLE, width=1)
    for frame in frames.values():
        draw.rectangle(frame, outline=TABLE, width=1)


def enlarged(pixels: NDArray[np.uint8]) -> tuple[Image.Image, float]:
    """A page as an RGB image of a size to look at, and its pixels for each of the page's."""
    image = Image.fromarray(pixels).convert("RGB")
    longer = max(image.size)
    if longer > _LARGEST:
        factor = _LARGEST / longer
        size = (max(1, round(image.width * factor)), max(1, round(image.height * factor)))
        return image.resize(size, Image.Resampling.BOX), factor
    whole = max(1, -(-_SMALLEST // longer))
    return image.resize((image.width * whole, image.height * whole), Image.Resampling.NEAREST), float(whole)


def about_page(page: Page, turned: int) -> str:
    """A page's size in words, and what was done to it before it was read. turned: by how many degrees clockwise."""
    height, width = page.pixels.shape[:2]
    told = f"; turned clockwise by {turned}° to be read" if turned else ""
    shrunk = f"; read at 1/{page.scale:g} of its size" if page.scale > 1 else ""
    return f"{width}×{height} pixels{told}{shrunk}"


def titled(title: str, subtitle: str, images: Sequence[Image.Image]) -> Image.Image:
    """Images one below the other under a line of text and a smaller one."""
    width = max(_NARROWEST, *(image.width for image in images))
    head = 66
    canvas = Image.new("RGB", (width, head + sum(image.height for image in images)), SURFACE)
    draw = ImageDraw.Draw(canvas)
    for y, text, letters, colour in ((12, title, font(24), INK), (42, subtitle, font(14), MUTED)):
        draw.text((_MARGIN, y), _elided(draw, text, letters, width - 2 * _MARGIN), colour, letters)
    y = head
    for image in images:
        canvas.paste(image, ((width - image.width) // 2, y))
        y += image.height
    return canvas


def sheet(cells: Sequence[Cell], width: int) -> Image.Image:
    """Views side by side, as many in a row as fit into a width, with their captions; many make it wider."""
    few = len(cells) <= _FEW
    width = max(width, _NARROWEST if few else _WIDE)
    if not cells:
        return Image.new("RGB", (width, 1), SURFACE)
    side = _VIEW if few else _SMALL_VIEW
    large, small = font(17), font(12)
    captions = max(len(cell.captions) for cell in cells)
    wide, tall = side + _GAP, side + 16 * captions + 2 * _GAP
    columns = max(1, (width - 2 * _MARGIN + _GAP) // wide)
    shown = cells[:_MOST_CELLS]
    left_out = len(cells) - len(shown)
    canvas = Image.new("RGB", (width, -(-len(shown) // columns) * tall + _GAP + (20 if left_out else 0)), SURFACE)
    draw = ImageDraw.Draw(canvas)
    for number, cell in enumerate(shown):
        x, y = _MARGIN + number % columns * wide, 4 + number // columns * tall
        view = Image.fromarray(cell.view).resize((side, side), Image.Resampling.NEAREST)
        canvas.paste(view, (x, y))
        outline(draw, (x - 3, y - 3, x + side + 2, y + side + 2), cell.colour, 3, dashed=cell.dashed)
        for row, caption in enumerate(cell.captions):
            letters = large if row == 0 and len(caption) == 1 else small
            text = _elided(draw, caption, letters, wide)
            place = (x + side / 2, y + side + 18 + 16 * row)
            draw.text(place, text, cell.colour if row == 0 and cell.colour != LINE else MUTED, letters, anchor="ms")
    if left_out:
        draw.text((_MARGIN, canvas.height - 20), f"and {left_out} more", MUTED, small)
    return canvas


def share(confidence: float) -> str:
    """0.99871 → 0.999; never rounded up to a certainty that was not there."""
    return f"{min(confidence, 0.999) if confidence < 1 else 1:.3f}"


def _page_of(reading: Reading, picture: Picture | None) -> Page:
    if picture is None and not Path(reading.source).is_file():
        raise UsageError(f"{reading.source} is no file that can be opened again: give the picture that was read")
    with closing(open_pages(reading.source if picture is None else picture)) as pages:
        for page in pages:
            if page.number == reading.page:
                return page
    raise TenfoldError(f"{reading.source}: there is no page {reading.page + 1} in it")


def _title(reading: Reading) -> str:
    if reading.blank:
        return "blank"
    return " / ".join(reading.lines) if reading.digits else "nothing read"


def _subtitle(reading: Reading) -> str:
    name = Path(reading.source).name or reading.source
    parts = [f"{name}, page {reading.page + 1}" if reading.page else name]
    if reading.turned:
        parts.append(f"turned by {reading.turned}° to be read")
    if reading.digits:
        parts.append(f"confidence {share(reading.confidence)}")
    if reading.rejected:
        parts.append(f"{len(reading.rejected)} left out (orange)")
    return "  ·  ".join([*parts, reading.model])


def _cells(reading: Reading) -> list[Cell]:
    captions = [((digit.name, share(digit.confidence)), TAKEN, False) for digit in reading.digits]
    captions += [((left.reason, share(left.confidence)), LEFT, True) for left in reading.rejected]
    return [Cell(view, *caption) for view, caption in zip(reading.views, captions, strict=True)]


def _draw_boxes(draw: ImageDraw.ImageDraw, reading: Reading, page: Page, factor: float) -> None:
    """factor: pixels of the drawing for each of the picture's."""
    height, width = (round(side * page.scale) for side in page.pixels.shape[:2])

    def frame(box: Box) -> Corners:
        return corners(turned_box(box, (height, width), reading.turned), factor)

    digits = [Labelled(frame(one.box), one.name, share(one.confidence), TAKEN) for one in reading.digits]
    left = [Labelled(frame(one.box), "?", one.reason, LEFT, dashed=True) for one in reading.rejected]
    cells: dict[tuple[int, int], list[Corners]] = {}
    for digit, labelled in zip(reading.digits, digits, strict=True):
        if digit.cell is not None:
            cells.setdefault(digit.cell, []).append(labelled.box)
    draw_table(draw, cells)
    side = 2 if reading.turned % 180 else 3
    draw_labelled(draw, [*digits, *left], label_size([digit.box[side] * factor for digit in reading.digits]))


def _elided(draw: ImageDraw.ImageDraw, text: str, letters: Font, width: float) -> str:
    """A text on one line, its end replaced by dots where it is wider than width."""
    text = " ".join(text.split())[:500]
    if draw.textlength(text, letters) <= width:
        return text
    while text and draw.textlength(text + "…", letters) > width:
        text = text[:-1]
    return text + "…"
