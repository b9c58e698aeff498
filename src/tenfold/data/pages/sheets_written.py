"""Sheets with handwriting on them, and how often each is made."""

from collections.abc import Callable, Mapping

from tenfold.data.pages.canvas import Canvas
from tenfold.data.pages.sheets_cheques import amounts, cheque, strip
from tenfold.data.pages.sheets_forms import check_boxes, combs, form
from tenfold.data.pages.sheets_notes import crossed_out, items, marked, notes, sentences, signs, sums, words
from tenfold.data.pages.sheets_single import (
    board,
    few,
    plain_texture,
    single,
    single_character,
    single_letter,
    spaced,
)
from tenfold.data.pages.sheets_tables import table
from tenfold.data.pages.tools import Tools

Sheet = Callable[[Canvas, Tools], None]
"""Draws a sheet on a canvas of bare paper and marks what stands on it."""

WRITTEN: Mapping[str, tuple[Sheet, float]] = {
    "combs": (combs, 0.15),
    "form": (form, 0.07),
    "check_boxes": (check_boxes, 0.03),
    "table": (table, 0.15),
    "cheque": (cheque, 0.06),
    "strip": (strip, 0.06),
    "amounts": (amounts, 0.06),
    "notes": (notes, 0.08),
    "items": (items, 0.04),
    "sentences": (sentences, 0.03),
    "sums": (sums, 0.03),
    "marked": (marked, 0.04),
    "crossed_out": (crossed_out, 0.03),
    "single": (single, 0.05),
    "few": (few, 0.03),
    "spaced": (spaced, 0.03),
    "board": (board, 0.02),
    "words": (words, 0.02),
    "signs": (signs, 0.02),
    "single_letter": (single_letter, 0.01),
    "single_character": (single_character, 0.01),
    "plain_texture": (plain_texture, 0.03),
}
"""Each sheet with its share; the shares sum to about 1, and `EMPTY` says which sheets have no digit."""

EMPTY = frozenset({"words", "signs", "single_letter", "single_character", "plain_texture"})
"""Sheets on which no digit stands."""
