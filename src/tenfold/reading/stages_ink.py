"""A picture of each stage of a reading whose digits were found by their ink: ink, rules, parts, candidates."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from tenfold.reading.classifier import NOT_A_DIGIT, Classifier
from tenfold.reading.drawing import LEFT, LINE, TAKEN, Cell, draw_reading, enlarged, share, sheet, titled
from tenfold.reading.ink import Ink
from tenfold.reading.labels import font
from tenfold.reading.trace import InkTrace
from tenfold.wording import plural

INK_STAGES = {
    "1-page.png": "the page as it was opened: upright, without transparency, large ones at a reduced size",
    "2-ink.png": "how much ink each pixel holds: white is solid, black is paper",
    "3-rules.png": "lines of the paper, orange, taken away where the page was easier to read without them",
    "4-parts.png": "connected pieces of ink, numbered along each line of writing, one colour a line",
    "5-candidates.png": "every piece, and every run of neighbours that may be one digit, as the model saw it",
    "6-reading.png": "what was read",
}
"""The drawings' names in their order, and what each shows."""

COLOURS = ((230, 159, 0), (86, 180, 233), (0, 158, 115), (240, 228, 66), (213, 94, 0), (204, 121, 167))
"""Apart for every kind of colour blindness, on black (Okabe and Ito 2008)."""

_NUMBERED = 10
"""Pixels of the drawing: smaller parts have no room for a number."""

_SPECK, _RULE = (96, 96, 96), (230, 126, 34)


def draw_ink_stages(trace: InkTrace, classifier: Classifier) -> dict[str, Image.Image]:
    """The drawings of INK_STAGES, RGB, by their names; no 3-rules.png where the page has none.

    classifier: the one that made the reading.
    """
    drawings = {
        "1-page.png": Image.fromarray(trace.page.pixels).convert("RGB"),
        "2-ink.png": _titled("ink", _about_ink(trace), trace.ink.strength),
        "4-parts.png": _parts(trace),
        "5-candidates.png": _candidates(trace, classifier),
        "6-reading.png": draw_reading(trace.reading, trace.page),
    }
    if trace.bare is not None:
        drawings["3-rules.png"] = _rules(trace, trace.bare)
    return drawings


def about_ink_stages(trace: InkTrace) -> dict[str, str]:
    """What was found at each of INK_STAGES."""
    height, width = trace.page.pixels.shape[:2]
    shrunk = f"; read at 1/{trace.page.scale:g} of its size" if trace.page.scale > 1 else ""
    return {
        "1-page.png": f"{width}×{height} pixels{shrunk}",
        "2-ink.png": _about_ink(trace),
        "3-rules.png": _about_rules(trace),
        "4-parts.png": _about_parts(trace),
        "5-candidates.png": f"{len(trace.offers)} tried, {len(trace.reading.digits)} taken for a digit",
        "6-reading.png": "blank" if trace.reading.blank else " / ".join(trace.reading.lines) or "nothing read",
    }


def _about_ink(trace: InkTrace) -> str:
    if trace.ink.blank:
        return "none: the page is blank"
    return f"{trace.ink.polarity}, strokes about {trace.ink.stroke:.1f} pixels wide"


def _about_rules(trace: InkTrace) -> str:
    if trace.bare is None:
        return "there are none, and no such drawing"
    return "taken away" if trace.used is trace.bare else "there are some, but it was read no better without them"


def _about_parts(trace: InkTrace) -> str:
    parts, lines = sum(len(line.parts) for line in trace.layout.lines), len(trace.layout.lines)
    return f"{plural(parts, 'part')} in {plural(lines, 'line')}"


def _titled(title: str, subtitle: str, pixels: NDArray[np.uint8]) -> Image.Image:
    return titled(title, subtitle, [enlarged(pixels)[0]])


def _rules(trace: InkTrace, bare: Ink) -> Image.Image:
    strength = trace.ink.strength
    shown = np.repeat(bare.strength[..., None], 3, axis=2)
    taken = strength > bare.strength
    shown[taken] = strength[taken][:, None] / 255 * np.array(_RULE)
    return _titled("rules", _about_rules(trace), shown)


def _parts(trace: InkTrace) -> Image.Image:
    """Neighbours on a line differ in brightness; ink that belongs to no line is grey."""
    labels = trace.layout.labels
    colours = np.full((int(labels.max(initial=0)) + 1, 3), _SPECK, np.uint8)
    colours[0] = 0
    for number, line in enumerate(trace.layout.lines):
        for place, part in enumerate(line.parts):
            colours[part.label] = np.array(COLOURS[number % len(COLOURS)]) * (1 if place % 2 else 0.65)
    shown, factor = enlarged(colours[labels])
    draw = ImageDraw.Draw(shown)
    letters = font(14)
    for line in trace.layout.lines:
        for place, part in enumerate(line.parts):
            x, y, width, height = (value * factor for value in part.box)
            if max(width, height) < _NUMBERED:
                continue
            where = (min(max(x + width / 2, 8), shown.width - 8), max(y - 2, 16))
            draw.text(where, str(place + 1), "white", letters, anchor="mb", stroke_width=2, stroke_fill="black")
    return titled("parts", _about_parts(trace), [shown])


def _candidates(trace: InkTrace, classifier: Classifier) -> Image.Image:
    """Digits that were read are blue, ink that was left dashed orange, what else was tried grey."""
    views = np.array([offer.view for offer in trace.offers], np.uint8).reshape(-1, 28, 28)
    probabilities = classifier.probabilities(views)
    names = list(classifier.card.classes)
    if NOT_A_DIGIT in names:
        probabilities = np.delete(probabilities, names.index(NOT_A_DIGIT), axis=1)
        names.remove(NOT_A_DIGIT)
    digits = set(trace.taken[: len(trace.reading.digits)])
    left = set(trace.taken[len(trace.reading.digits) :])
    cells = []
    for index, (view, shares) in enumerate(zip(views, probabilities, strict=True)):
        colour = TAKEN if index in digits else LEFT if index in left else LINE
        captions = (names[int(shares.argmax())], share(float(shares.max())))
        cells.append(Cell(view, captions, colour, dashed=index in left))
    legend = "blue: read; orange, dashed: left out; grey: tried"
    return titled("candidates", legend, [sheet(cells, 800)])
