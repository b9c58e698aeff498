"""A picture of each stage of a reading whose digits the detector found: heat, boxes, views, lines and cells."""

import cv2
import numpy as np
from PIL import Image, ImageColor, ImageDraw

from tenfold.formatting import plural
from tenfold.reading.detector import SEPARATORS, Detector, Found
from tenfold.reading.drawing import (
    LEFT,
    LINE,
    MUTED,
    TAKEN,
    Cell,
    about_page,
    corners,
    draw_reading,
    draw_table,
    label_size,
    on_canvas,
    share,
    sheet,
    titled,
)
from tenfold.reading.labels import Corners, Labelled, draw_labelled
from tenfold.reading.trace import DetectorTrace
from tenfold.reading.turning import Edges, turned_edges

DETECTOR_STAGES = {
    "1-page.png": "the page as it was read: upright, without transparency, large ones at a reduced size",
    "2-heat.png": "where the detector sees the middle of a digit, at whatever size it sees it best: orange",
    "3-found.png": "what it found there, with its share: digits that were read, left out, or too weak; separators",
    "4-views.png": "each digit's own ink as the classifier saw it, and what the detector and the classifier say of it",
    "5-lines.png": "the digits that were read, numbered along each line, one colour a line; a table's cells",
    "6-reading.png": "what was read",
}
"""The drawings' names in their order, and what each shows."""

LINES = ("#0072b2", "#d55e00", "#009e73", "#b0548a", "#7a6a00", "#3b8fc4")
"""Of lines of writing: apart for every kind of colour blindness, on white (after Okabe and Ito 2008)."""

MARK = "#00795a"
"""Of separators."""

_HEAT = (235, 97, 0)


def draw_detector_stages(trace: DetectorTrace, detector: Detector | None) -> dict[str, Image.Image]:
    """The drawings of DETECTOR_STAGES, RGB, by their names; no 2-heat.png without the detector."""
    about = about_detector_stages(trace)
    drawings = {
        "1-page.png": Image.fromarray(trace.page.pixels).convert("RGB"),
        "3-found.png": titled("found", about["3-found.png"], [_found(trace)]),
        "4-views.png": titled("views", _VIEWS_LEGEND, [sheet(_views(trace), 800)]),
        "5-lines.png": titled("lines", about["5-lines.png"], [_lines(trace)]),
        "6-reading.png": draw_reading(trace.reading, trace.given),
    }
    if detector is not None:
        drawings["2-heat.png"] = titled("heat", about["2-heat.png"], [_heat(trace, detector)])
    return drawings


def about_detector_stages(trace: DetectorTrace) -> dict[str, str]:
    """What was found at each of DETECTOR_STAGES."""
    read, left = len(trace.rows), len(trace.ordered.rejected)
    weak, marks = len(trace.seen.found) - read - left, len(trace.seen.marks)
    cells = "".join(
        f"; a table of {plural(table.rows, 'row')} and {plural(table.columns, 'column')}"
        for table in trace.ordered.tables
    )
    small = "; digits that are too small somewhere" if trace.seen.detection.unresolved else ""
    return {
        "1-page.png": about_page(trace.page, trace.reading.turned),
        "2-heat.png": f"{plural(len(trace.seen.found), 'digit')} may stand there{small}"
        if trace.seen.found
        else f"hardly any{small}",
        "3-found.png": f"blue: {read} read; orange, dashed: {left} left out; grey: {weak} too weak; green: "
        f"{plural(marks, 'separator')}",
        "4-views.png": f"{plural(len(trace.seen.views), 'view')}; the two differ on {_differing(trace)}",
        "5-lines.png": f"{plural(len(trace.ordered.lines), 'line')}{cells}",
        "6-reading.png": "blank" if trace.reading.blank else " / ".join(trace.reading.lines) or "nothing read",
    }


_VIEWS_LEGEND = (
    "what was made of both; then the detector, which sees the page; then the classifier, which sees the view"
)


def _differing(trace: DetectorTrace) -> int:
    pairs = zip(trace.seen.found, trace.seen.classified, strict=True)
    return sum(found.label != classified.argmax() for found, classified in pairs)


def _heat(trace: DetectorTrace, detector: Detector) -> Image.Image:
    grey = trace.page.grey
    heat = detector.heat(grey)[..., None]
    # Half as strong as it was: what is orange shows on white and on black.
    paler = 128 + (grey.astype(np.float32)[..., None] - 128) * 0.6
    return on_canvas(np.rint(paler * (1 - heat) + np.array(_HEAT, np.float32) * heat).astype(np.uint8))[0]


def _found(trace: DetectorTrace) -> Image.Image:
    canvas, factor = on_canvas(trace.page.pixels)
    colours = _colours(trace)
    pieces = [
        Labelled(_frame(edges, factor), str(found.label), share(found.score), colours[row], dashed=colours[row] == LEFT)
        for row, (found, edges) in enumerate(zip(trace.seen.found, trace.edges, strict=True))
    ]
    pieces.sort(
        key=lambda piece: (TAKEN, LEFT, MUTED).index(piece.colour)
    )  # where there is no room the weak go without
    pieces += [
        Labelled(_frame(edges, factor), SEPARATORS[mark.label - 10], share(mark.score), MARK)
        for mark, edges in zip(trace.seen.marks, _edges(trace, trace.seen.marks), strict=True)
    ]
    draw_labelled(ImageDraw.Draw(canvas), pieces, _size(trace, factor))
    return canvas


def _views(trace: DetectorTrace) -> list[Cell]:
    """Digits that were read in their order, then what was left out, then what was weak."""
    seen, colours = trace.seen, _colours(trace)
    first = [*trace.rows, *trace.ordered.rejected]
    rest = [row for row in range(len(seen.found)) if row not in set(first)]
    cells = []
    for row in (*first, *rest):
        captions = (
            str(int(seen.shares[row].argmax())),
            f"{seen.found[row].label}  {share(seen.found[row].score)}",
            f"{int(seen.classified[row].argmax())}  {share(float(seen.classified[row].max()))}",
        )
        colour = LINE if colours[row] == MUTED else colours[row]
        cells.append(Cell(seen.views[row], captions, colour, dashed=colours[row] == LEFT))
    return cells


def _lines(trace: DetectorTrace) -> Image.Image:
    paler = cv2.addWeighted(trace.page.pixels, 0.5, np.full_like(trace.page.pixels, 255), 0.5, 0)
    canvas, factor = on_canvas(np.asarray(paler, np.uint8))
    draw = ImageDraw.Draw(canvas)
    frames = {row: _frame(trace.edges[row], factor) for row in trace.rows}
    cell_of = trace.ordered.cells
    cells: dict[tuple[int, int], list[Corners]] = {}
    for row, cell in cell_of.items():
        cells.setdefault(cell, []).append(frames[row])
    draw_table(draw, cells)
    pieces = []
    for number, line in enumerate(trace.ordered.lines):
        colour = LINES[number % len(LINES)]
        middles = [((box[0] + box[2]) / 2, (box[1] + box[3]) / 2) for box in (frames[row] for row in line)]
        if line[0] not in cell_of:  # a table's rows are joined already
            draw.line(middles, fill=ImageColor.getrgb(colour), width=2)
        pieces += [Labelled(frames[row], str(place), "", colour) for place, row in enumerate(line, start=1)]
    draw_labelled(draw, pieces, 0.7 * _size(trace, factor))
    return canvas


def _colours(trace: DetectorTrace) -> list[str]:
    """Of each digit that was found: whether it was read, left out, or is too weak to be spoken of."""
    read, left = set(trace.rows), set(trace.ordered.rejected)
    return [TAKEN if row in read else LEFT if row in left else MUTED for row in range(len(trace.seen.found))]


def _edges(trace: DetectorTrace, marks: tuple[Found, ...]) -> Edges:
    given = trace.given.pixels.shape
    boxes = np.array([mark.box for mark in marks]).reshape(-1, 4)
    return turned_edges(boxes, (given[0], given[1]), trace.reading.turned)


def _frame(edges: Edges, factor: float) -> Corners:
    left, top, right, bottom = (float(edge) for edge in edges)
    return corners((left, top, right - left, bottom - top), factor)


def _size(trace: DetectorTrace, factor: float) -> float:
    """Pixels of the labels' letters."""
    return label_size([float(bottom - top) * factor for _left, top, _right, bottom in trace.edges[trace.rows]])
