"""The printed sheets by name, and how often each is drawn."""

from collections.abc import Callable, Mapping

from tenfold.data.pages.canvas import Canvas
from tenfold.data.pages.printed_grids import number_grid
from tenfold.data.pages.printed_plates import calculator, display, meter, plates, scoreboard
from tenfold.data.pages.printed_tables import calendar, invoice, receipt, screen, timetable
from tenfold.data.pages.printed_text import labels, newspaper, number_alone, poster, text_page
from tenfold.data.pages.tools import Tools

Sheet = Callable[[Canvas, Tools], None]
"""Draws one page of a kind on a canvas that is bare paper, and marks it."""

PRINTED: Mapping[str, tuple[Sheet, float]] = {
    "newspaper": (newspaper, 0.12),
    "text_page": (text_page, 0.11),
    "poster": (poster, 0.06),
    "labels": (labels, 0.06),
    "number_alone": (number_alone, 0.07),
    "number_grid": (number_grid, 0.18),
    "meter": (meter, 0.06),
    "display": (display, 0.05),
    "plates": (plates, 0.05),
    "scoreboard": (scoreboard, 0.03),
    "calculator": (calculator, 0.02),
    "invoice": (invoice, 0.07),
    "receipt": (receipt, 0.04),
    "timetable": (timetable, 0.02),
    "calendar": (calendar, 0.03),
    "screen": (screen, 0.03),
}
"""Name to sheet and share; the shares sum to 1."""
