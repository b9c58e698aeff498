"""A file of readings that grows a picture at a time: whole lines only, so that it is good wherever reading stops."""

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

from tenfold import system
from tenfold.errors import TenfoldError, UsageError, cannot_write
from tenfold.files import read_json, write_json
from tenfold.formatting import escaped
from tenfold.inference.classifier import model_file
from tenfold.reading.batch import Results
from tenfold.reading.detector import DetectorName, detector_sha256
from tenfold.reading.outcome import Reading, prediction_sets
from tenfold.reading.sources import Failure
from tenfold.version import __version__

COLUMNS = ("source", "page", "text", "confidence", "blank", "digits", "rejected", "prediction_sets", "error")
"""Of a .csv: the lines of a text are joined by ' / '; digits and rejected are how many there are; prediction_sets as
`outcome.prediction_sets` gives them. Control characters are escaped as in Python, and so a backslash is doubled."""


def asked(model: str | Path | None, options: Mapping[str, Any], detector: DetectorName = None) -> dict[str, Any]:
    """What decides a reading besides its picture, as it is kept beside results: they go on with the same or not at all.

    options: as `Reader.read_pages` takes them. Raises TenfoldError where there is no such model, or no such detector.
    """
    return {
        "model_sha256": hashlib.sha256(model_file(model).read_bytes()).hexdigest(),
        "detector_sha256": detector_sha256(detector),
        "options": {key: value for key, value in options.items() if value},
        "tenfold": __version__,
    }


def note_asked(note: Path, question: Mapping[str, Any], results: Path, *, begun: bool) -> None:
    """Keep what was asked, or where reading has begun check that it is the same; nothing where nothing was kept.

    Raises UsageError, which names the results, where it is not.
    """
    if not begun:
        write_json(note, question)
    elif note.exists() and read_json(note) != question:
        raise UsageError(
            f"{results}: was begun with another model or detector, other options or another tenfold, or with other "
            "pictures: name another --out"
        )


class ResultsFile:
    """A .jsonl or .csv of readings.

    resume: go on with what the file holds, after cutting off a last line that was not written to its end. question: of
    `asked`; it is kept in a hidden file beside this one. Raises UsageError where the name ends otherwise, the file
    holds something and is not to be resumed, or was begun with another question; TenfoldError where what it holds is
    not results, or another process is writing to it.
    """

    def __init__(self, path: str | Path, *, question: Mapping[str, Any], resume: bool = False) -> None:
        self.path = Path(path)
        forms: dict[str, _Form] = {".jsonl": _JsonLines(), ".csv": _Csv()}
        suffix = self.path.suffix.lower()
        if suffix not in forms:
            raise UsageError(
                f"{path}: results are written to a file whose name ends in .jsonl or .csv; a folder of parts is --ray's"
            )
        if not resume and self.path.exists() and self.path.stat().st_size > 0:
            raise UsageError(f"{path} holds something already: --resume goes on with it, or else remove it")
        self._form = forms[suffix]
        self._sources: set[str] = set()
        self._asked = self.path.with_name(f".{self.path.name}.asked.json")
        self._new = False
        was_there = self.path.exists()
        self._file = self.path.open("ab")
        try:
            self._lock()
            self._new = not was_there
            whole = self._whole_lines()
            with self._writable():
                note_asked(self._asked, question, self.path, begun=whole > 0)
            self._file.truncate(whole)
            if whole == 0:
                self._append(self._form.head)
        except BaseException as error:
            self.__exit__(type(error))
            raise

    def __contains__(self, source: str) -> bool:
        """Whether the file held this picture when it was opened."""
        return source in self._sources

    def write(self, results: Results) -> None:
        """Adds what came of one picture, all at once: a file of many pages is there whole or not at all.

        Raises TenfoldError where there is no room.
        """
        self._append("".join(self._form.line(result) for result in results))

    def __enter__(self) -> "ResultsFile":
        return self

    def __exit__(self, failure: type[BaseException] | None = None, *_: object) -> None:
        with suppress(OSError):  # what could not be written was told then
            self._file.close()
        with suppress(OSError):
            if failure is not None and self._new and self.path.stat().st_size == 0:
                for made in (self.path, self._asked):
                    made.unlink(missing_ok=True)

    def _lock(self) -> None:
        """Keep other processes from writing here too."""
        with self._writable():
            held = system.locked(self._file.fileno())
        if not held:
            raise TenfoldError(f"{self.path}: another process is writing results there: name another file")

    def _append(self, lines: str) -> None:
        with self._writable():
            self._file.write(lines.encode("utf-8", "surrogateescape"))
            self._file.flush()

    @contextmanager
    def _writable(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise cannot_write(self.path, error, then="--resume goes on with it") from None

    def _whole_lines(self) -> int:
        """Bytes up to the end of the last whole line, once every line's source is taken down."""
        whole = 0
        head = self._form.head
        with self.path.open("rb") as file:
            for number, raw in enumerate(file, start=1):
                line = raw.decode("utf-8", "surrogateescape")
                expected = head if number == 1 and head else self._form.start
                # A half-written line is cut off only if it begins as ours do: it may be another program's file.
                if not line.startswith(expected[: len(line)]):
                    raise self._foreign(number)
                if not line.endswith("\n"):
                    break
                whole += len(raw)
                if expected != head:
                    self._note(line, number)
        return whole

    def _note(self, line: str, number: int) -> None:
        try:
            self._sources.add(self._form.source(line))
        except (ValueError, LookupError, TypeError, RecursionError, csv.Error):
            raise self._foreign(number) from None

    def _foreign(self, number: int) -> TenfoldError:
        return TenfoldError(f"{self.path}: line {number} is no result of tenfold read: name another file")


class _Form(Protocol):
    """How results are written. head: the first line, where there is one; start: what every other line begins with."""

    head: str
    start: str

    def line(self, result: Reading | Failure) -> str: ...

    def source(self, line: str) -> str: ...


class _JsonLines:
    head = ""
    start = '{"source": '

    def line(self, result: Reading | Failure) -> str:
        return json.dumps(result.to_json(), allow_nan=False) + "\n"

    def source(self, line: str) -> str:
        return str(json.loads(line)["source"])


class _Csv:
    head = ",".join(COLUMNS) + "\n"
    start = ""

    def line(self, result: Reading | Failure) -> str:
        if isinstance(result, Failure):
            cells = {"source": result.source, "error": result.error}
        else:
            read = result.to_json()
            cells = {column: read[column] for column in ("source", "page", "confidence")} | {
                "text": " / ".join(read["lines"]),
                "blank": str(read["blank"]).lower(),
                "digits": len(read["digits"]),
                "rejected": len(read["rejected"]),
                "prediction_sets": prediction_sets(result),
            }
        written = io.StringIO()
        csv.writer(written, lineterminator="\n").writerow([_as_cell(str(cells.get(name, ""))) for name in COLUMNS])
        return written.getvalue()

    def source(self, line: str) -> str:
        row = next(csv.reader([line]))
        if len(row) != len(COLUMNS):
            raise ValueError("another number of columns")
        return _from_cell(row[0])


def _as_cell(text: str) -> str:
    """A text in a .csv: a row is a line, and shows nothing that a terminal obeys, whatever files are called."""
    return escaped(text.replace("\\", r"\\"))


_ESCAPED = re.compile(r"\\(?:[\\nrt]|x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})")


def _from_cell(cell: str) -> str:
    """The text of a cell. A backslash that begins no escape stands for itself: older files doubled none."""
    return _ESCAPED.sub(lambda found: found[0].encode().decode("unicode_escape"), cell)
