"""Tables on a terminal, all of one look: no rules, numbers to the right, and never a number cut off."""

from rich.cells import cell_len
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table


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
            column.min_width = max(cell_len(str(cell)) for cell in (column.header, *column.cells))
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
