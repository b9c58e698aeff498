"""An explanation as one drawing, by Pillow alone."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from tenfold.explanation import maps
from tenfold.explanation.maps import Colours
from tenfold.explanation.result import Explanation
from tenfold.explanation.wording import change_line, headline, neighbours_line, which
from tenfold.reading.drawing import INK, LINE, MUTED, SURFACE, titled
from tenfold.reading.labels import font

WIDTH, MARGIN, _GAP = 780, 34, 16
_LARGE, _SMALL = 166, 104
"""Pixels a picture is wide: four in a row, or six."""

_GROUND = (255, 255, 255)


@dataclass(frozen=True)
class Tile:
    """A picture with a line of text below it, and a smaller one."""

    picture: Colours
    title: str
    note: str = ""


def main_tiles(found: Explanation) -> list[Tile]:
    """What the model saw, what of it speaks for the answer, and the smallest change."""
    view, seen = found.piece.view, found.occlusion
    tiles = [
        Tile(maps.inked(view), "what the model saw", f"answer {found.answer}"),
        Tile(maps.coloured(seen.erased, view), "its ink", f"full colour {np.abs(seen.erased).max():.1f} logits"),
        Tile(
            maps.coloured(seen.inked, view), "paper without ink", f"full colour {np.abs(seen.inked).max():.1f} logits"
        ),
    ]
    if found.change is not None:
        tiles.append(Tile(maps.difference(view, found.change.view), "smallest change", f"answer {found.new_answer}"))
    return tiles


def gradient_tiles(found: Explanation) -> list[Tile]:
    """The maps by gradients; none where they were not asked for."""
    if found.gradients is None:
        return []
    view, integrated, grad_cam = found.piece.view, found.gradients.integrated, found.gradients.grad_cam
    tiles = [Tile(maps.coloured(integrated, view), "integrated gradients", f"sum {integrated.sum():+.1f} logits")]
    if grad_cam is not None:
        tiles.append(Tile(maps.coloured(grad_cam, view), "Grad-CAM", "last convolution"))
    return tiles


def neighbour_tiles(found: Explanation) -> list[Tile]:
    """The nearest training images with their labels."""
    nearest = found.neighbours.nearest if found.neighbours else ()
    return [Tile(maps.inked(one.view), f"{one.label}", f"cosine {one.similarity:.3f}") for one in nearest]


def draw_explanation(found: Explanation) -> Image.Image:
    """The whole explanation, RGB."""
    parts = [_legend(found), row([*main_tiles(found)], _LARGE)]
    if gradients := gradient_tiles(found):
        parts += [heading("By gradients"), row(gradients, _LARGE)]
    parts += [heading(change_line(found))]
    if neighbours := neighbour_tiles(found):
        parts += [heading(f"Alike to the model: {neighbours_line(found)}"), row(neighbours, _SMALL)]
    subtitle = "  ·  ".join(filter(None, [found.piece.source, which(found), found.model]))
    return titled(spelled(headline(found)), subtitle, parts)


def spelled(text: str) -> str:
    """A text in the characters that Pillow's own font has."""
    return text.replace("×", "x")


def _legend(found: Explanation) -> Image.Image:
    canvas = Image.new("RGB", (WIDTH, 34), SURFACE)
    draw, letters = ImageDraw.Draw(canvas), font(14)
    x = float(MARGIN)
    for colour, text in ((maps.FOR, f"speaks for {found.answer}"), (maps.RIVAL, f"speaks for {found.rival}")):
        draw.rectangle((x, 9, x + 14, 23), fill=colour)
        draw.text((x + 22, 16), text, INK, letters, anchor="lm")
        x += 22 + draw.textlength(text, letters) + 28
    return canvas


def heading(text: str) -> Image.Image:
    """A paragraph, broken into lines where it is too long for one."""
    letters, text = font(15), spelled(text)
    probe = ImageDraw.Draw(Image.new("RGB", (1, 1)))
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if probe.textlength(longer, letters) > WIDTH - 2 * MARGIN and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = longer
    canvas = Image.new("RGB", (WIDTH, 22 + 20 * len(lines)), SURFACE)
    draw = ImageDraw.Draw(canvas)
    for number, line in enumerate(lines):
        draw.text((MARGIN, 16 + 20 * number), line, INK, letters)
    return canvas


def row(tiles: Sequence[Tile], side: int) -> Image.Image:
    """Pictures side by side, each with its words below it."""
    canvas = Image.new("RGB", (WIDTH, side + 54), SURFACE)
    draw = ImageDraw.Draw(canvas)
    for number, tile in enumerate(tiles):
        x = MARGIN + number * (side + _GAP)
        picture = Image.fromarray(maps.on(_GROUND, tile.picture)).resize((side, side), Image.Resampling.NEAREST)
        canvas.paste(picture, (x, 6))
        draw.rectangle((x - 1, 5, x + side, side + 6), outline=LINE)
        draw.text((x, side + 23), tile.title, INK, font(14), anchor="ls")
        draw.text((x, side + 41), tile.note, MUTED, font(12), anchor="ls")
    return canvas
