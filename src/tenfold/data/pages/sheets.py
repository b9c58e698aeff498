"""Every sheet that pages are made of, with its share."""

from collections.abc import Mapping

from tenfold.data.pages.make import Sheet
from tenfold.data.pages.sheets_printed import PRINTED
from tenfold.data.pages.sheets_written import WRITTEN

_PRINTED = 0.27
"""Share of printed sheets among all pages: the others are written by hand."""

_SHARES = {
    "strip": 0.18,
    "amounts": 0.12,
    "cheque": 0.1,
    "few": 0.08,
    "spaced": 0.05,
    "single": 0.08,
    "combs": 0.1,
    "table": 0.12,
    "words": 0.04,
    "signs": 0.04,
    "single_letter": 0.07,
    "single_character": 0.06,
    "plain_texture": 0.04,
}
"""Numbers cut close to their digits, and sheets without any, are shown more often than their authors gave them:
there the network errs most."""


def _mixed() -> dict[str, tuple[Sheet, float]]:
    written = {name: (sheet, _SHARES.get(name, share)) for name, (sheet, share) in WRITTEN.items()}
    total = sum(share for _sheet, share in written.values())
    mixed = {name: (sheet, share / total * (1 - _PRINTED)) for name, (sheet, share) in written.items()}
    total = sum(share for _sheet, share in PRINTED.values())
    return mixed | {name: (sheet, share / total * _PRINTED) for name, (sheet, share) in PRINTED.items()}


SHEETS: Mapping[str, tuple[Sheet, float]] = _mixed()
"""Sheets by name, each with the share of pages that show it."""

SMALL_SHEETS = (
    "single",
    "single",
    "single",
    "amounts",
    "few",
    "number_alone",
    "single_letter",
    "single_character",
    "signs",
)
"""Sheets that small pictures show: most are of one digit or one number."""
