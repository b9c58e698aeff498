"""What may be wrong with a picture whose digits the detector found: what it saw, and what the classifier thought."""

from collections.abc import Iterator
from math import floor

import numpy as np

from tenfold.formatting import plural
from tenfold.reading import symptoms
from tenfold.reading.finding import Finding, light_on_dark, no_digit, one_of_several, too_small
from tenfold.reading.page_reader import ACCEPTED
from tenfold.reading.trace import DetectorTrace

_SMALLEST = 10
"""Pixels: of lower digits the detector tells hardly which they are."""

_UNRESOLVED = 5
"""Pixels of a digit that is too small for the detector even where it looks at the page in twice its size."""

_UNSURE = 0.9
"""Confidence below which the runner-up is named."""

_NAMED = 5
"""A page has many digits: so many of them are named, those that are least sure."""

_NONE = 0.5
"""Chance of being a digit below which the classifier takes a view for none."""


def findings(trace: DetectorTrace) -> Iterator[Finding]:
    """Whatever is worth a word, in the order in which it matters."""
    for check in (_nothing, _left_out, _several, _doubtful, _small, _turned, _light):
        yield from check(trace)


def _nothing(trace: DetectorTrace) -> Iterator[Finding]:
    if trace.rows:
        return
    found = len(trace.seen.found)
    if not found:
        spread = float(np.ptp(np.percentile(trace.page.grey, (1, 99))))
        yield no_digit(f"no digit was found: nothing on the page is like one; it spans {spread:.0f} of 255 levels", 0)
        return
    likeliest = int(trace.seen.shares.sum(axis=1).argmax())
    yield no_digit(f"no digit was found; what is likest to one {_doubted(trace, likeliest)}", found)


def _left_out(trace: DetectorTrace) -> Iterator[Finding]:
    rejected = trace.ordered.rejected
    if trace.rows and rejected:
        likeliest = max(rejected, key=lambda row: float(trace.seen.shares[row].sum()))
        marks = plural(len(rejected), "mark was", "marks were")
        chief = "it" if len(rejected) == 1 else "the likeliest of them"
        text = f"{marks} left out as no digit: {chief} {_doubted(trace, likeliest)}"
        yield Finding("ink left out", text, len(rejected), "look at it with tenfold read --show", problem=False)


def _several(trace: DetectorTrace) -> Iterator[Finding]:
    lines = trace.reading.lines
    if len(lines) == 1 and len(trace.rows) > 1:  # several lines are no picture of one digit
        yield one_of_several(lines[0], len(trace.rows))


def _doubtful(trace: DetectorTrace) -> Iterator[Finding]:
    """Digits that are unsure, and those of which the detector and the classifier think differently."""
    confidence = trace.seen.shares.max(axis=1)
    doubtful = [row for row in trace.rows if confidence[row] < _UNSURE or _disagree(trace, row)]
    doubtful.sort(key=lambda row: float(confidence[row]))
    names = _names(trace)
    for row in doubtful[:_NAMED]:
        text, name, figure = f"{names[row]} may be {_likely(trace, row)}", "unsure", float(confidence[row])
        if _disagree(trace, row):
            text, name = f"{text}: {_opinions(trace, row)}", "two opinions"
        yield Finding(name, text, figure, "look at it with tenfold read --show", problem=figure < _UNSURE)
    more = len(doubtful) - _NAMED
    if more > 0:
        text = f"{plural(more, 'more digit is', 'more digits are')} unsure, or the two differ on them"
        yield Finding("unsure", text, more, "tenfold read --stages shows what either says of each")


def _small(trace: DetectorTrace) -> Iterator[Finding]:
    height = symptoms.digit_height(trace)
    if height < _SMALLEST:
        yield too_small(f"the digits are {height:.0f} pixels high", height, _SMALLEST, trace.page.scale)
    elif trace.seen.detection.unresolved is not None:
        left, top, right, bottom = (max(0, edge) * trace.page.scale for edge in trace.seen.detection.unresolved)
        where = f"from x {left:.0f}, y {top:.0f} to x {right:.0f}, y {bottom:.0f}"
        text = f"{where} there seem to be digits too small to be told apart, of less than {_UNRESOLVED} pixels"
        yield too_small(text, _UNRESOLVED, _SMALLEST, trace.page.scale)


def _turned(trace: DetectorTrace) -> Iterator[Finding]:
    turned = trace.reading.turned
    if turned:
        text = f"the picture lies on its side, and was turned clockwise by {turned}° to be read"
        text = text.replace("lies on its side", "is upside down") if turned == 180 else text
        yield Finding("turned", text, turned, "fine, if it lies so; else save it upright", problem=False)


def _light(trace: DetectorTrace) -> Iterator[Finding]:
    if trace.rows and trace.reading.polarity == "light-on-dark":
        yield light_on_dark(symptoms.coverage(trace))


def _disagree(trace: DetectorTrace, row: int) -> bool:
    classified = trace.seen.classified[row]
    return bool(classified.sum() < _NONE or classified.argmax() != trace.seen.found[row].label)


def _likely(trace: DetectorTrace, row: int) -> str:
    """What a digit was read as, and the likeliest of what else it may be: another digit, or none."""
    shares = {str(digit): float(share) for digit, share in enumerate(trace.seen.shares[row])}
    read = max(shares, key=lambda name: shares[name])
    others = {name: share for name, share in shares.items() if name != read} | {"no digit": 1 - sum(shares.values())}
    other = max(others, key=lambda name: others[name])
    return f"{read} ({shares[read]:.2f}) or {other} ({others[other]:.2f})"


def _opinions(trace: DetectorTrace, row: int) -> str:
    """What the detector and the classifier each say of a digit."""
    found, classified = trace.seen.found[row], trace.seen.classified[row]
    if (digit := float(classified.sum())) < _NONE:
        second = f"no digit ({1 - digit:.2f})"
    else:
        second = f"{int(classified.argmax())} ({float(classified.max()):.2f})"
    return (
        f"the detector, which sees the page, says {found.label} ({found.score:.2f}), the classifier, which sees the "
        f"digit's own ink, {second}"
    )


def _doubted(trace: DetectorTrace, row: int) -> str:
    """Where a mark lies that is no digit, and why it is none."""
    x, y = (max(0, round(float(edge) * trace.page.scale)) for edge in trace.seen.boxes[row][:2])
    chance = floor(100 * float(trace.seen.shares[row].sum())) / 100  # never rounded up to what is asked for
    return f"lies at x {x}, y {y} and has a chance of {chance:.2f}, not {ACCEPTED:.2f}: {_opinions(trace, row)}"


def _names(trace: DetectorTrace) -> dict[int, str]:
    """How each digit of the reading is called in a sentence."""
    lines = trace.ordered.lines
    if len(trace.rows) == 1:
        return {trace.rows[0]: "the digit"}
    names: dict[int, str] = {}
    for number, line in enumerate(lines, start=1):
        within = f"line {number}" if len(lines) > 1 else str(len(line))
        names |= {row: f"digit {place} of {within}" for place, row in enumerate(line, start=1)}
    return names
