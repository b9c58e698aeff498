"""Every sheet that pages are made of, with its share."""

from collections.abc import Mapping

from tenfold.data.synthetic.pages.make import Sheet
from tenfold.data.synthetic.pages.sheets_printed import PRINTED
from tenfold.data.synthetic.pages.sheets_written import WRITTEN

SHEETS: Mapping[str, tuple[Sheet, float]] = {**WRITTEN, **PRINTED}
"""Sheets by name, each with the share of pages that show it."""

SMALL_SHEETS = ("single", "amounts", "number_alone", "single_letter", "signs")
"""Sheets that small pictures show: most are of one digit or one number."""
