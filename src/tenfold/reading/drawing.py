"""Pictures of what a reader saw: the page with boxes, digits and confidences, and the 28×28 views below it."""

import statistics
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from tenfold.errors import TenfoldError, UsageError
from tenfold.reading.layout import Box
from tenfold.reading.page import Page, Picture, open_pages

if TYPE_CHECKING:
    from tenfold.reading.outcome import Reading

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
Corners = tuple[float, float, float, float]
"""Left, top, right, bottom, in pixels of the drawing."""

INK, MUTED, LINE, SURFACE = "#1b1f24", "#626a73", "#c9cdd2", "#f6f6f4"
TAKEN, LEFT = "#1f62b5", "#c4540a"
"""Blue for digits, orange for what was left: apart for every kind of colour blindness; left ink is dashed as well."""

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

_CROWD = 60
"""With more digits than this on a page, labels name them and leave the confidence to the sheet."""

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


def draw_reading(reading: "Reading", picture: Picture | Page | None = None) -> Image.Image:
    """What was read, on the page it was read from, above what the model saw of each piece of ink: an RGB image.

    Digits have a solid blue box, ink that was left a dashed orange one with the reason. picture: what was read, or the
    page of it; None opens the reading's source again. Raises UsageError where the source was no file, TenfoldError
    where it cannot be opened, or does not have the reading's page.
    """
    page = picture if isinstance(picture, Page) else _page_of(reading, picture)
    shown, factor = enlarged(page.pixels)
    canvas = Image.new("RGB", (shown.width + 2 * _MARGIN, shown.height + 2 * _MARGIN), SURFACE)
    canvas.paste(shown, (_MARGIN, _MARGIN))
    draw = ImageDraw.Draw(canvas)
    draw.rectangle((_MARGIN - 1, _MARGIN - 1, _MARGIN + shown.width, _MARGIN + shown.height), outline=LINE)
    _draw_boxes(draw, reading, factor / page.scale)
    return titled(_title(reading), _subtitle(reading), [canvas, sheet(_cells(reading), canvas.width)])


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
        _outline(draw, (x - 3, y - 3, x + side + 2, y + side + 2), cell.colour, 3, dashed=cell.dashed)
        for row, caption in enumerate(cell.captions):
            letters = large if row == 0 and len(caption) == 1 else small
            text = _elided(draw, caption, letters, wide)
            place = (x + side / 2, y + side + 18 + 16 * row)
            draw.text(place, text, cell.colour if row == 0 and cell.colour != LINE else MUTED, letters, anchor="ms")
    if left_out:
        draw.text((_MARGIN, canvas.height - 20), f"and {left_out} more", MUTED, small)
    return canvas


def font(size: float) -> Font:
    """Pillow's own font: the same on every machine."""
    return ImageFont.load_default(size)


def share(confidence: float) -> str:
    """0.99871 → 0.999; never rounded up to a certainty that was not there."""
    return f"{min(confidence, 0.999) if confidence < 1 else 1:.3f}"


def _page_of(reading: "Reading", picture: Picture | None) -> Page:
    if picture is None and not Path(reading.source).is_file():
        raise UsageError(f"{reading.source} is no file that can be opened again: give the picture that was read")
    with closing(open_pages(reading.source if picture is None else picture)) as pages:
        for page in pages:
            if page.number == reading.page:
                return page
    raise TenfoldError(f"{reading.source}: there is no page {reading.page + 1} in it")


def _title(reading: "Reading") -> str:
    if reading.blank:
        return "blank"
    return " / ".join(reading.lines) if reading.digits else "nothing read"


def _subtitle(reading: "Reading") -> str:
    name = Path(reading.source).name or reading.source
    parts = [f"{name}, page {reading.page + 1}" if reading.page else name]
    if reading.digits:
        parts.append(f"confidence {share(reading.confidence)}")
    if reading.rejected:
        parts.append(f"{len(reading.rejected)} left out (orange)")
    return "  ·  ".join([*parts, reading.model])


def _cells(reading: "Reading") -> list[Cell]:
    captions = [((digit.name, share(digit.confidence)), TAKEN, False) for digit in reading.digits]
    captions += [((left.reason, share(left.confidence)), LEFT, True) for left in reading.rejected]
    return [Cell(view, *caption) for view, caption in zip(reading.views, captions, strict=True)]


def _draw_boxes(draw: ImageDraw.ImageDraw, reading: "Reading", factor: float) -> None:
    """Boxes first, then labels: where there is room above, below, or inside, and no other label."""
    heights = [digit.box[3] * factor for digit in reading.digits] or [60.0]
    size = min(26.0, max(12.0, 0.3 * statistics.median(heights)))
    pieces = [
        (_corners(digit.box, factor), (digit.name, share(digit.confidence)), TAKEN) for digit in reading.digits
    ] + [(_corners(left.box, factor), ("?", left.reason), LEFT) for left in reading.rejected]
    for box, _words, colour in pieces:
        _outline(draw, box, colour, 2, dashed=colour == LEFT)
    taken: list[Corners] = []
    for box, (name, more), colour in pieces:
        labels = [_Label(draw, name, text, size) for text in ((more, "") if len(pieces) <= _CROWD else ("",))]
        places = [(label, place) for label in labels for place in label.places(box)]
        free = (one for one in places if not any(_overlap(one[1], other) for other in taken))
        label, place = next(free, places[-1])
        taken.append(place)
        label.write(place, colour)


class _Label:
    """A name, and in smaller letters what more there is to say, on a ground of its colour."""

    def __init__(self, draw: ImageDraw.ImageDraw, name: str, more: str, size: float) -> None:
        self.draw, self.name, self.more = draw, name, more
        self.large, self.small = font(size), font(max(10.0, 0.62 * size))
        self.split = draw.textlength(name, self.large) + 4
        self.width = self.split + (draw.textlength(more, self.small) + 4 if more else 0) + 4
        _left, top, _right, bottom = draw.textbbox((0, 0), "0", self.large)
        self.height = bottom - top + 8

    def places(self, box: Corners) -> Iterator[Corners]:
        """Where it may stand: above a box, below it, inside."""
        wide, tall = self.draw.im.size
        x = min(max(1.0, (box[0] + box[2] - self.width) / 2), max(1.0, wide - self.width - 1))
        for y in (box[1] - self.height - 1, box[3] + 2, box[1]):
            if 0 <= y <= tall - self.height or y == box[1]:
                yield x, y, x + self.width, y + self.height

    def write(self, place: Corners, colour: str) -> None:
        self.draw.rectangle(place, fill=colour)
        base = place[3] - 4
        self.draw.text((place[0] + 4, base), self.name, "white", self.large, anchor="ls")
        self.draw.text((place[0] + self.split + 4, base), self.more, "white", self.small, anchor="ls")


def _corners(box: Box, factor: float) -> Corners:
    x, y, width, height = (value * factor for value in box)
    # Around the ink, not on it.
    return _MARGIN + x - 3, _MARGIN + y - 3, _MARGIN + x + width + 2, _MARGIN + y + height + 2


def _overlap(one: Corners, other: Corners) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _outline(draw: ImageDraw.ImageDraw, box: Corners, colour: str, width: int, *, dashed: bool) -> None:
    """A rectangle, its lines drawn inside box."""
    if not dashed:
        draw.rectangle(box, outline=colour, width=width)
        return
    x0, y0, x1, y1 = (round(value) for value in box)
    for x in range(x0, x1, 9):
        for y in (y0, y1 - width + 1):
            draw.rectangle((x, y, min(x + 5, x1), y + width - 1), fill=colour)
    for y in range(y0, y1, 9):
        for x in (x0, x1 - width + 1):
            draw.rectangle((x, y, x + width - 1, min(y + 5, y1)), fill=colour)


def _elided(draw: ImageDraw.ImageDraw, text: str, letters: Font, width: float) -> str:
    """A text on one line, its end replaced by dots where it is wider than width."""
    text = " ".join(text.split())[:500]
    if draw.textlength(text, letters) <= width:
        return text
    while text and draw.textlength(text + "…", letters) > width:
        text = text[:-1]
    return text + "…"
