"""What was read as a .csv that a spreadsheet opens: the rows and columns of tables, the words of other lines."""

import codecs
import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from tenfold.errors import TenfoldError, UsageError, cannot_write
from tenfold.files import write_atomically
from tenfold.formatting import escaped
from tenfold.reading.outcome import Reading
from tenfold.reading.sources import STANDARD_INPUT, Failure

_FORMULAS = ("=", "+", "-", "@")
"""A cell that begins so is calculated by a spreadsheet, whatever a file may be called."""


class TableFile:
    """A .csv of all rows that were read, written at once when all is read.

    Raises UsageError where the name ends otherwise, TenfoldError where there is no such folder.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        if self.path.suffix.lower() != ".csv":
            raise UsageError(f"{path}: a table is written to a file whose name ends in .csv")
        if not self.path.parent.is_dir():
            raise TenfoldError(f"{path}: cannot be written (there is no folder {self.path.parent})")
        self._read: list[tuple[str, int, Sequence[Sequence[str]]]] = []

    def write(self, results: Iterable[Reading | Failure]) -> None:
        """Adds the rows of each page that could be read."""
        self._read += [(one.source, one.page, one.rows) for one in results if isinstance(one, Reading)]

    def save(self, names: Sequence[str]) -> int | None:
        """Write the file. Returns how many rows of cells it has; None, and no file, where no page could be read.

        names: the pictures as they were asked for. Of one picture of one page the file has the rows alone; else a row
        says its source and its page, too, and a first one what the columns are. Raises TenfoldError where it cannot be
        written.
        """
        if not self._read:
            return None
        alone = len(names) == 1 and [source for source, _page, _rows in self._read] == list(names)
        written = _as_csv(self._plain() if alone else self._named())
        # Without the mark Excel takes the letters of a name for others; with it some programs take it for a letter.
        mark = b"" if written.isascii() else codecs.BOM_UTF8
        try:
            write_atomically(self.path, mark + written.encode())
        except OSError as error:
            raise cannot_write(self.path, error) from None
        return sum(len(rows) for _source, _page, rows in self._read)

    @property
    def _width(self) -> int:
        return max((len(row) for _source, _page, rows in self._read for row in rows), default=0)

    def _plain(self) -> list[list[str]]:
        return [_padded(row, self._width) for _source, _page, rows in self._read for row in rows]

    def _named(self) -> list[list[str]]:
        width = self._width
        head = ["source", "page", *(str(column + 1) for column in range(width))]
        return [head] + [
            [_name(source), str(page), *_padded(row, width)] for source, page, rows in self._read for row in rows
        ]


def write_table(readings: Reading | Iterable[Reading | Failure], path: str | Path) -> int:
    """Write what was read as a .csv for a spreadsheet; returns how many rows of cells it has.

    Of one reading: the rows of its table, or a row a line, its words in the cells. Of several, as `read_many` gives
    them: each row after its source and page, all of one width, below a row that names the columns; what could not be
    read is left out. Raises UsageError where path does not end in .csv, TenfoldError where it cannot be written, or
    nothing could be read.
    """
    file = TableFile(path)
    file.write([readings] if isinstance(readings, Reading) else readings)
    rows = file.save([readings.source] if isinstance(readings, Reading) else ())
    if rows is None:
        raise TenfoldError(f"{path}: is not written, for no picture could be read")
    return rows


def _padded(row: Sequence[str], width: int) -> list[str]:
    return [*row, *[""] * (width - len(row))]


def _name(source: str) -> str:
    """A source as a cell: on one line, and no formula; the same file is called ./=1.png, too."""
    cell = escaped(source)
    return f"./{cell}" if cell.startswith(_FORMULAS) and cell != STANDARD_INPUT else cell


def _as_csv(rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
