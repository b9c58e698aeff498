"""Lines and tables on a terminal, all of one look: no rules, numbers to the right, and never a number cut off."""

from contextlib import nullcontext
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from tenfold.cli.terminal.output import onto_stdout
from tenfold.formatting import escaped


class LineConsole(Console):
    """A console on which each text, as a table's cell, is one line without anything that a terminal obeys."""

    def print(self, *objects: Any, **options: Any) -> None:
        """As rich's, and an error of the system says where it was."""
        with nullcontext() if self.stderr else onto_stdout():
            super().print(*objects, **options)

    def on_broken_pipe(self) -> None:
        """Whoever calls us knows what to do; rich would end the process."""
        raise BrokenPipeError

    def render_str(self, text: str, **options: Any) -> Text:
        """As rich calls it for every str that it prints."""
        return super().render_str(escaped(text), **options)


def new_table(*columns: str, right: tuple[int, ...] = ()) -> Table:
    """An empty table without rules; the columns at the places in `right` hold numbers."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    for place, column in enumerate(columns):
        last = place == len(columns) - 1
        table.add_column(column, justify="right" if place in right else "left", no_wrap=place in right or not last)
    return table


def print_table(table: Table, out: Console) -> None:
    """A table whose numbers are never cut off.

    Where a terminal is too narrow for it, each row is a few lines, a cell a line; in a pipe the rows' lines run on.
    """
    for column in table.columns:
        if column.no_wrap:
            column.min_width = max(cell_len(escaped(str(cell))) for cell in (column.header, *column.cells))
    narrowest = measure(table, out).minimum
    if narrowest > out.width:
        if out.is_terminal:
            return _print_upright(table, out)
        table.width = narrowest
    out.print(table, soft_wrap=narrowest > out.width)


def _print_upright(table: Table, out: Console) -> None:
    """Each row's first cell, and below it the others behind the names of their columns."""
    _, *names = (column.header for column in table.columns)
    for first, *others in zip(*(column.cells for column in table.columns), strict=True):
        out.print(first)
        row = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
        for name, cell in zip(names, others, strict=True):
            row.add_row("", name, cell)
        out.print(row)


def measure(table: Table, out: Console) -> Measurement:
    """Columns that a table takes, at least and at most, on a terminal as wide as it likes."""
    return Measurement.get(out, out.options.update(max_width=10_000), table)
