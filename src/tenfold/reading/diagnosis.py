"""Says in words what may be wrong with a picture: what was measured, why it matters, and what to do about it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from tenfold.reading import symptoms
from tenfold.reading.outcome import Reading
from tenfold.reading.page import Page, Picture, open_page
from tenfold.reading.reader import Reader
from tenfold.reading.trace import Trace, retrace
from tenfold.wording import plural

_SMALLEST = 13
"""Pixels: lower digits lose what tells them apart; a network sees 20."""

_BLURRED = 0.12
"""An edge this wide, as a share of a digit's height, begins to close its loops: 2.4 of the 20 pixels that are seen."""

_SOFT = 2.5
"""Pixels: a narrower edge is as sharp as pixels allow."""

_FAINT = 40
"""Grey levels of 255 between ink and paper: below it noise and shadows are as strong."""

_SHADED = 0.4
"""Share of the light that the darkest part of the paper may lack, and at least so many grey levels:"""
_SHADE = 50

_NOISY = 0.12
"""Noise of the paper as a share of the ink's contrast, and at least so many grey levels:"""
_NOISE = 6

_BLOCKY = 2.5
"""Grey levels by which JPEG's blocks may step."""

_SLOPING = 10
"""Degrees that a line of writing may slope."""

_FULL = 0.5
"""Share of the page that ink covers, above which it may be the paper."""

_PRINTED = 0.97
"""Correlation of equal digits' views: people's reach about 0.9."""

_TINY, _LONG = 14, 20
"""Pixels of the shorter side below which, and times the shorter side above which a picture's shape is extreme."""

_UNSURE = 0.9
"""Confidence below which the runner-up is named."""


@dataclass(frozen=True)
class Finding:
    """Something about a picture that may make it hard to read.

    name: what, in two or three words; text: a sentence with the figure that was measured; remedy: what to do.
    problem: whether it is one, or only what one should know, as that a number has several digits.
    """

    name: str
    text: str
    figure: float
    remedy: str
    problem: bool = True

    def to_json(self) -> dict[str, Any]:
        """As in the output of `tenfold doctor --json`."""
        return {
            "finding": self.name,
            "problem": self.problem,
            "text": self.text,
            "figure": round(self.figure, 4),
            "remedy": self.remedy,
        }


def diagnose(picture: Picture, reader: Reader) -> tuple[Finding, ...]:
    """What may be wrong with the first page of a picture, as the reader reads it; empty where nothing was found.

    Raises TenfoldError where the picture cannot be opened.
    """
    return diagnose_reading(open_page(picture), reader.read(picture))


def diagnose_reading(page: Page, reading: Reading) -> tuple[Finding, ...]:
    """What may be wrong with a page that was read."""
    trace = retrace(page, reading)
    checks = _ALWAYS if trace.reading.blank else (*_ALWAYS, *_WITH_INK)
    return tuple(finding for check in checks for finding in check(trace))


def _blank(trace: Trace) -> Iterator[Finding]:
    if trace.reading.blank:
        spread = float(np.ptp(np.percentile(trace.page.grey, (1, 99))))
        if spread < _FAINT:
            why = f"nearly all of the picture lies within {spread:.0f} grey levels of 255"
        else:
            why = f"the picture spans {spread:.0f} grey levels of 255, but as noise or a smooth change, not as strokes"
        yield Finding(
            "blank",
            f"no ink was found: {why}",
            spread,
            "write darker, or with a broader pen; crop to the writing; light the page more evenly",
        )


def _shape(trace: Trace) -> Iterator[Finding]:
    height, width = (round(side * trace.page.scale) for side in trace.page.grey.shape)
    if min(height, width) < _TINY:
        text = f"the picture is only {width}×{height} pixels"
        yield Finding("extreme size", text, min(height, width), "give a picture of at least 28 pixels a side")
    elif max(height, width) > _LONG * min(height, width):
        text = f"the picture is {width}×{height} pixels, {max(height, width) / min(height, width):.0f} times as long"
        yield Finding("extreme size", f"{text} as broad", max(height, width), "crop it to the writing")
    elif trace.page.scale >= 4:
        text = (
            f"the picture has {width * height / 1e6:.0f} megapixels and was read at 1/{trace.page.scale:g} of its size"
        )
        yield Finding("extreme size", text, width * height, "crop it to the writing", problem=False)


def _uneven_light(trace: Trace) -> Iterator[Finding]:
    darkest, lightest = symptoms.unevenness(trace)
    if lightest - darkest > max(_SHADE, _SHADED * lightest):
        lacking = 1 - darkest / lightest
        yield Finding(
            "uneven light",
            f"the paper is {100 * lacking:.0f} % darker in one part of the page than in another ({darkest:.0f} against "
            f"{lightest:.0f} of 255 grey levels): a shadow, or a dark edge",
            lacking,
            "turn away from your own shadow, light from the side, or crop the edge",
        )


def _noise(trace: Trace) -> Iterator[Finding]:
    noise, contrast = symptoms.grain(trace), symptoms.contrast(trace)
    if noise > max(_NOISE, _NOISY * contrast):
        yield Finding(
            "noise",
            f"the paper is grainy: pixels differ from their neighbours by {noise:.0f} grey levels of 255",
            noise,
            "more light, or a scanner's lower resolution; not the camera's zoom",
        )


def _blocks(trace: Trace) -> Iterator[Finding]:
    blocks = symptoms.blockiness(trace)
    if blocks > _BLOCKY:
        yield Finding(
            "JPEG blocks",
            f"JPEG has left blocks of 8×8 pixels, with steps of {blocks:.1f} grey levels between them",
            blocks,
            "save with a higher quality, or as PNG; a messenger's copy is worse than the original",
        )


def _polarity(trace: Trace) -> Iterator[Finding]:
    covered = symptoms.coverage(trace)
    if covered > _FULL:
        yield Finding(
            "much ink",
            f"ink covers {100 * covered:.0f} % of the picture (read as {trace.reading.polarity}): it may be the paper",
            covered,
            "leave some paper around the writing",
        )
    elif trace.reading.polarity == "light-on-dark":
        text = "the writing is lighter than its ground, and was read so"
        yield Finding("light on dark", text, covered, "fine, if it is", problem=False)


def _digits(trace: Trace) -> Iterator[Finding]:
    digits, left = trace.reading.digits, trace.reading.rejected
    if not digits:
        text = f"no digit was found; {plural(len(left), 'piece')} of ink of a digit's size"
        remedy = "if one is there, crop to it; tenfold read --single takes a picture for exactly one digit"
        yield Finding("no digit", text, len(left), remedy)
    elif left:
        why = ", ".join(sorted({rejected.reason for rejected in left}))
        pieces = plural(len(left), "piece of ink was", "pieces of ink were")
        text = f"{pieces} left out ({why})"
        doubtful = any(rejected.reason == "unsure" for rejected in left)
        yield Finding("ink left out", text, len(left), "crop to the digits, if it is something else", problem=doubtful)
    if len(digits) > 1:
        number = "two digits" if len(digits) == 2 else "several digits"
        text = f"{number} were found where you may have wanted one: {' / '.join(trace.reading.lines)}"
        remedy = "fine for a number; for one digit crop to it, or use tenfold read --single"
        yield Finding(number, text, len(digits), remedy, problem=False)


def _unsure(trace: Trace) -> Iterator[Finding]:
    for place, digit in enumerate(trace.reading.digits, start=1):
        if digit.confidence < _UNSURE:
            shares = " or ".join(f"{name} ({confidence:.2f})" for name, confidence in digit.alternatives[:2])
            which = f"digit {place} of {len(trace.reading.digits)}" if len(trace.reading.digits) > 1 else "the digit"
            yield Finding("unsure", f"{which} may be {shares}", digit.confidence, "look at it with tenfold read --show")


def _small(trace: Trace) -> Iterator[Finding]:
    height = _height(trace)
    if height < _SMALLEST:
        shrunk = f" once the picture was shrunk to 1/{trace.page.scale:g}" if trace.page.scale > 1 else ""
        yield Finding(
            "too small",
            f"the digits are {height:.0f} pixels high{shrunk}",
            height,
            f"scan at 300 dpi, go closer, or crop to the writing: {_SMALLEST} pixels are needed, 30 are good",
        )


def _blurred(trace: Trace) -> Iterator[Finding]:
    edge, height = symptoms.edge_width(trace), _height(trace)
    if edge > max(_SOFT, _BLURRED * height):
        yield Finding(
            "blurred",
            f"paper turns to ink over {edge:.1f} pixels, where digits are {height:.0f} high and their strokes "
            f"{trace.used.stroke:.0f} wide",
            edge,
            "hold the camera still, let it focus, and wipe its lens; 3 pixels are sharp",
        )


def _faint(trace: Trace) -> Iterator[Finding]:
    contrast = symptoms.contrast(trace)
    if contrast < _FAINT:
        text = f"ink and paper are only {contrast:.0f} grey levels of 255 apart"
        yield Finding("little contrast", text, contrast, "a darker pen, more light, or a scan with more contrast")


def _cut_off(trace: Trace) -> Iterator[Finding]:
    sides = symptoms.at_border(trace)
    if sides:
        named = ", ".join(f"{side} ({run} pixels)" for side, run in sides)
        text = f"ink runs into the picture's edge: {named}; a digit may be cut off"
        yield Finding("cut off", text, max(run for _side, run in sides), "leave paper on all sides of the writing")


def _touching(trace: Trace) -> Iterator[Finding]:
    count = symptoms.touching(trace)
    if count:
        text = f"{count} digits touch a neighbour and had to be cut apart"
        yield Finding("touching digits", text, count, "leave gaps between digits; tenfold read --show draws the cuts")


def _ruled(trace: Trace) -> Iterator[Finding]:
    share = symptoms.ruled(trace)
    if share:
        fate = "were taken away" if trace.used is trace.bare else "were left where they are"
        text = f"lines run across the page: {100 * share:.0f} % of the ink; they {fate}"
        yield Finding("ruled lines", text, share, "plain paper, or a scan that drops the lines' colour")


def _slope(trace: Trace) -> Iterator[Finding]:
    slope = symptoms.slope(trace)
    if abs(slope) > _SLOPING:
        text = f"the writing {'rises' if slope > 0 else 'falls'} to the right by {abs(slope):.0f}°"
        yield Finding("rotated", text, slope, "turn the picture until the lines are level")


def _printed(trace: Trace) -> Iterator[Finding]:
    alike = symptoms.alikeness(trace)
    if alike > _PRINTED:
        text = f"equal digits are alike to {100 * alike:.0f} %: this looks printed, and was read as handwriting"
        yield Finding("printed type", text, alike, "for printed numbers, a program for printed text reads better")


def _height(trace: Trace) -> float:
    """Pixels of the page that most digits are high, or what else there is."""
    digits = trace.boxes[: len(trace.reading.digits)] or trace.boxes
    return float(np.median([max(box[3], box[2] / 3) for box in digits])) if digits else float("inf")


_ALWAYS: tuple[Callable[[Trace], Iterator[Finding]], ...] = (_blank, _shape, _uneven_light, _noise, _blocks)
_WITH_INK: tuple[Callable[[Trace], Iterator[Finding]], ...] = (
    _digits,
    _unsure,
    _small,
    _blurred,
    _faint,
    _cut_off,
    _touching,
    _ruled,
    _slope,
    _printed,
    _polarity,
)
