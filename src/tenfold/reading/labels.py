"""Boxes on a drawing with labels beside them: where there is room, and none on another."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PIL import ImageDraw, ImageFont

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
Corners = tuple[float, float, float, float]
"""Left, top, right, bottom, in pixels of the drawing."""

_CROWD = 60
"""With more boxes than this, labels name them and leave the rest to a sheet."""


@dataclass(frozen=True)
class Labelled:
    """A box, its name, what more there is to say where there is room, and its colour."""

    box: Corners
    name: str
    more: str
    colour: str
    dashed: bool = False


def draw_labelled(draw: ImageDraw.ImageDraw, pieces: Sequence[Labelled], size: float) -> None:
    """Boxes first, then labels: where there is room above, below, or inside, and no other label. size: of letters."""
    for piece in pieces:
        outline(draw, piece.box, piece.colour, 2, dashed=piece.dashed)
    taken: list[Corners] = []
    for piece in pieces:
        texts = (piece.more, "") if len(pieces) <= _CROWD else ("",)
        labels = [_Label(draw, piece.name, text, size) for text in texts]
        places = [(label, place) for label in labels for place in label.places(piece.box)]
        free = (one for one in places if not any(_overlap(one[1], other) for other in taken))
        label, place = next(free, places[-1])
        taken.append(place)
        label.write(place, piece.colour)


def outline(draw: ImageDraw.ImageDraw, box: Corners, colour: str, width: int, *, dashed: bool) -> None:
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


def font(size: float) -> Font:
    """Pillow's own font: the same on every machine."""
    return ImageFont.load_default(size)


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


def _overlap(one: Corners, other: Corners) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
