"""What may be wrong with a picture that was read as one symbol: what was refused, its size, the paper's rules."""

from collections.abc import Iterator

from tenfold.reading import symptoms
from tenfold.reading.finding import Finding, light_on_dark, no_digit, too_small
from tenfold.reading.trace import SymbolTrace

_SMALLEST = 13
"""Pixels: lower symbols lose what tells them apart; a network sees 20."""

_FULL = 0.5
"""Share of the page that ink covers, above which it may be the paper."""

_UNSURE = 0.9
"""Confidence below which the runner-up is named."""


def findings(trace: SymbolTrace) -> Iterator[Finding]:
    """Whatever is worth a word, in the order in which it matters."""
    for check in (_refused, _unsure, _small, _ruled, _polarity):
        yield from check(trace)


def _refused(trace: SymbolTrace) -> Iterator[Finding]:
    for rejected in trace.reading.rejected:
        yield no_digit(f"all ink was taken for one symbol, and refused ({rejected.reason})", 1)


def _unsure(trace: SymbolTrace) -> Iterator[Finding]:
    for digit in trace.reading.digits:
        if digit.confidence < _UNSURE:
            shares = " or ".join(f"{name} ({confidence:.2f})" for name, confidence in digit.alternatives[:2])
            yield Finding(
                "unsure", f"the symbol may be {shares}", digit.confidence, "look at it with tenfold read --show"
            )


def _small(trace: SymbolTrace) -> Iterator[Finding]:
    height = symptoms.digit_height(trace)
    if height < _SMALLEST:
        yield too_small(f"the symbol is {height:.0f} pixels high", height, _SMALLEST, trace.page.scale)


def _ruled(trace: SymbolTrace) -> Iterator[Finding]:
    share = symptoms.ruled(trace)
    if share:
        fate = "were taken away" if trace.used is trace.bare else "were left where they are"
        text = f"lines run across the page: {100 * share:.0f} % of the ink; they {fate}"
        yield Finding("ruled lines", text, share, "plain paper, or a scan that drops the lines' colour")


def _polarity(trace: SymbolTrace) -> Iterator[Finding]:
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
