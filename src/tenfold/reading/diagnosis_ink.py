"""What may be wrong with a picture whose digits were found by their ink: its parts, rules and cuts."""

from collections.abc import Iterator

from tenfold.reading import symptoms
from tenfold.reading.finding import Finding, light_on_dark, no_digit, one_of_several, too_small
from tenfold.reading.trace import InkTrace
from tenfold.wording import plural

_SMALLEST = 13
"""Pixels: lower digits lose what tells them apart; a network sees 20."""

_FULL = 0.5
"""Share of the page that ink covers, above which it may be the paper."""

_PRINTED = 0.97
"""Correlation of equal digits' views: people's reach about 0.9."""

_UNSURE = 0.9
"""Confidence below which the runner-up is named."""


def findings(trace: InkTrace) -> Iterator[Finding]:
    """Whatever is worth a word, in the order in which it matters."""
    for check in (_digits, _unsure, _small, _touching, _ruled, _printed, _polarity):
        yield from check(trace)


def _digits(trace: InkTrace) -> Iterator[Finding]:
    digits, left = trace.reading.digits, trace.reading.rejected
    if not digits:
        yield no_digit(f"no digit was found; {plural(len(left), 'piece')} of ink of a digit's size", len(left))
    elif left:
        why = ", ".join(sorted({rejected.reason for rejected in left}))
        pieces = plural(len(left), "piece of ink was", "pieces of ink were")
        text = f"{pieces} left out ({why})"
        doubtful = any(rejected.reason == "unsure" for rejected in left)
        yield Finding("ink left out", text, len(left), "crop to the digits, if it is something else", problem=doubtful)
    if len(digits) > 1:
        yield one_of_several(" / ".join(trace.reading.lines), len(digits))


def _unsure(trace: InkTrace) -> Iterator[Finding]:
    for place, digit in enumerate(trace.reading.digits, start=1):
        if digit.confidence < _UNSURE:
            shares = " or ".join(f"{name} ({confidence:.2f})" for name, confidence in digit.alternatives[:2])
            which = f"digit {place} of {len(trace.reading.digits)}" if len(trace.reading.digits) > 1 else "the digit"
            yield Finding("unsure", f"{which} may be {shares}", digit.confidence, "look at it with tenfold read --show")


def _small(trace: InkTrace) -> Iterator[Finding]:
    height = symptoms.digit_height(trace)
    if height < _SMALLEST:
        shrunk = f" once the picture was shrunk to 1/{trace.page.scale:g}" if trace.page.scale > 1 else ""
        yield too_small(f"the digits are {height:.0f} pixels high{shrunk}", height, _SMALLEST)


def _touching(trace: InkTrace) -> Iterator[Finding]:
    count = symptoms.touching(trace)
    if count:
        text = f"{count} digits touch a neighbour and had to be cut apart"
        yield Finding("touching digits", text, count, "leave gaps between digits; tenfold read --show draws the cuts")


def _ruled(trace: InkTrace) -> Iterator[Finding]:
    share = symptoms.ruled(trace)
    if share:
        fate = "were taken away" if trace.used is trace.bare else "were left where they are"
        text = f"lines run across the page: {100 * share:.0f} % of the ink; they {fate}"
        yield Finding("ruled lines", text, share, "plain paper, or a scan that drops the lines' colour")


def _printed(trace: InkTrace) -> Iterator[Finding]:
    alike = symptoms.alikeness(trace)
    if alike > _PRINTED:
        text = f"equal digits are alike to {100 * alike:.0f} %: this looks printed, and was read as handwriting"
        yield Finding("printed type", text, alike, "for printed numbers, a program for printed text reads better")


def _polarity(trace: InkTrace) -> Iterator[Finding]:
    covered = symptoms.coverage(trace)
    if covered > _FULL:
        yield Finding(
            "much ink",
            f"ink covers {100 * covered:.0f} % of the picture (read as {trace.reading.polarity}): it may be the paper",
            covered,
            "leave some paper around the writing",
        )
    elif trace.reading.polarity == "light-on-dark":
        yield light_on_dark(covered)
