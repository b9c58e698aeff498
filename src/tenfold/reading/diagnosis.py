"""Says in words what may be wrong with a picture: what was measured, why it matters, and what to do about it."""

from collections.abc import Callable, Iterator

import numpy as np

from tenfold.formatting import plural
from tenfold.reading import diagnosis_detector, diagnosis_symbol, symptoms
from tenfold.reading.finding import Finding
from tenfold.reading.outcome import Reading
from tenfold.reading.page import Page, Picture, open_page
from tenfold.reading.reader import Reader
from tenfold.reading.trace import DetectorTrace, Trace, retrace

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

_SIDES = ("top", "right", "bottom", "left")
"""Of a picture, clockwise."""

_TINY, _LONG = 14, 20
"""Pixels of the shorter side below which, and times the shorter side above which a picture's shape is extreme."""


def diagnose(picture: Picture, reader: Reader) -> tuple[Finding, ...]:
    """What may be wrong with the first page of a picture, as the reader reads it; empty where nothing was found.

    Raises TenfoldError where the picture cannot be opened.
    """
    return diagnose_reading(open_page(picture), reader.read(picture))


def diagnose_reading(page: Page, reading: Reading) -> tuple[Finding, ...]:
    """What may be wrong with a page that was read."""
    trace = retrace(page, reading)
    found = [finding for check in _ALWAYS for finding in check(trace)]
    if not reading.blank:
        # Each way of reading a page has faults of its own.
        if isinstance(trace, DetectorTrace):
            found += diagnosis_detector.findings(trace)
        else:
            found += diagnosis_symbol.findings(trace)
        found += [finding for check in _WITH_INK for finding in check(trace)]
    return tuple(found)


def _blank(trace: Trace) -> Iterator[Finding]:
    if trace.reading.blank:
        spread = float(np.ptp(np.percentile(trace.page.grey, (1, 99))))
        remedy = "write darker, or with a broader pen; crop to the writing; light the page more evenly"
        if spread < _FAINT:
            why = f"nearly all of the picture lies within {spread:.0f} grey levels of 255"
        elif count := symptoms.patches(trace.page.grey):
            why = f"{plural(count, 'patch', 'patches')} with a sharp edge, wider than strokes, stood out instead"
            remedy = f"crop to the writing on {'it' if count == 1 else 'one of them'}"
        else:
            why = f"the picture spans {spread:.0f} grey levels of 255, but as noise or a smooth change, not as strokes"
        yield Finding("blank", f"no ink was found: {why}", spread, remedy)


def _shape(trace: Trace) -> Iterator[Finding]:
    height, width = (round(side * trace.page.scale) for side in trace.page.grey.shape)
    if trace.reading.turned % 180:
        height, width = width, height
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
    if trace.reading.digits and trace.reading.polarity == "light-on-dark":
        return  # what is dark is the plate that they stand on
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


def _blurred(trace: Trace) -> Iterator[Finding]:
    edge, height = symptoms.edge_width(trace), symptoms.digit_height(trace)
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
    if 0 < contrast < _FAINT:
        text = f"ink and paper are only {contrast:.0f} grey levels of 255 apart"
        yield Finding("little contrast", text, contrast, "a darker pen, more light, or a scan with more contrast")


def _cut_off(trace: Trace) -> Iterator[Finding]:
    sides = symptoms.at_border(trace)
    if sides:
        # The page was turned clockwise: what is its top now was the picture's left.
        quarters = trace.reading.turned // 90
        given = [(_SIDES[(_SIDES.index(side) - quarters) % 4], run) for side, run in sides]
        named = ", ".join(f"{side} ({run} pixels)" for side, run in given)
        text = f"ink runs into the picture's edge: {named}; a digit may be cut off"
        yield Finding("cut off", text, max(run for _side, run in sides), "leave paper on all sides of the writing")


def _slope(trace: Trace) -> Iterator[Finding]:
    slope = symptoms.slope(trace)
    if abs(slope) > _SLOPING:
        text = f"the writing {'rises' if slope > 0 else 'falls'} to the right by {abs(slope):.0f}°"
        yield Finding("rotated", text, slope, "turn the picture until the lines are level")


_ALWAYS: tuple[Callable[[Trace], Iterator[Finding]], ...] = (_blank, _shape, _uneven_light, _noise, _blocks)
_WITH_INK: tuple[Callable[[Trace], Iterator[Finding]], ...] = (_blurred, _faint, _cut_off, _slope)
