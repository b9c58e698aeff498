"""Contact sheets: every mistake of the half that may be looked at. Those of the other half are never drawn."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from benchmarks.field.answers import Answer
from benchmarks.field.peers import upright_on_white
from benchmarks.field.summary import Case

_SIDE = 112
"""Pixels of a picture, and of a 28×28 view four times as large."""

_TEXT = 26
_PER_SHEET = 48


def draw_sheets(folder: Path, name: str, cases: Sequence[Case], mistaken: Callable[[Case], bool], forced: bool) -> int:
    """Write folder/<name>-1.png and so on: picture, views, truth, answer, confidence. Returns how many mistakes.

    forced: show the answer as one digit rather than the default one.
    """
    for old in folder.glob(f"{name}-*.png"):
        old.unlink()
    wrong = [case for case in cases if case.picture.looked_at and mistaken(case)]
    for number, part in enumerate(_parts(wrong), 1):
        _sheet([_cell(case, case.forced if forced else case.free) for case in part]).save(
            folder / f"{name}-{number}.png"
        )
    return len(wrong)


def _parts(cases: Sequence[Case]) -> Iterator[Sequence[Case]]:
    return (cases[start : start + _PER_SHEET] for start in range(0, len(cases), _PER_SHEET))


def _sheet(cells: Sequence[Image.Image]) -> Image.Image:
    """The cells in columns of the widest."""
    width, height = max(cell.width for cell in cells) + 8, cells[0].height + 6
    columns = max(1, min(len(cells), 1600 // width))
    sheet = Image.new("RGB", (columns * width, -(-len(cells) // columns) * height), "white")
    for place, cell in enumerate(cells):
        sheet.paste(cell, (place % columns * width, place // columns * height))
    return sheet


def _cell(case: Case, answer: Answer) -> Image.Image:
    picture, strip = _picture(case.picture.path), _strip(answer)
    cell = Image.new("RGB", (max(picture.width + 4 + strip.width, 2 * _SIDE), _SIDE + _TEXT), "white")
    cell.paste(picture, (0, 0))
    cell.paste(strip, (picture.width + 4, 0))
    draw = ImageDraw.Draw(cell)
    read = "/".join(answer.lines) or ("blank" if answer.blank else answer.error[:30] or "nothing")
    caption = f"{case.picture.label} read as {read}  {answer.confidence:.2f}, digit {answer.score:.2f}"
    draw.text((0, _SIDE), caption.encode("ascii", "replace").decode(), fill="black")
    draw.text((0, _SIDE + 12), case.picture.path.name[:34], fill="grey")
    return cell


def _picture(path: Path) -> Image.Image:
    try:
        shown = upright_on_white(path)
    except OSError:
        return Image.new("RGB", (_SIDE, _SIDE), "pink")
    # A line of digits keeps its height; an upscaled 28×28 keeps its pixels.
    method = Image.Resampling.NEAREST if shown.height < _SIDE else Image.Resampling.BOX
    scale = min(_SIDE / shown.height, 3 * _SIDE / shown.width)
    return shown.resize((max(1, round(shown.width * scale)), max(1, round(shown.height * scale))), method)


def _strip(answer: Answer) -> Image.Image:
    """The views beside each other; half as large where there are several."""
    views = answer.views[:12]
    if not len(views):
        return Image.new("RGB", (1, _SIDE), "white")
    scale = 4 if len(views) == 1 else 2
    pixels = np.concatenate([np.pad(view, ((0, 0), (0, 1)), constant_values=255) for view in views], axis=1)
    return Image.fromarray(pixels.repeat(scale, axis=0).repeat(scale, axis=1)).convert("RGB")
