"""What is said: JSON and lines on stdout, one line an error on stderr, and nothing of what libraries say."""

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, TextIO

from tenfold.formatting import escaped

STANDARD_OUTPUT = "standard output"


@contextmanager
def onto_stdout() -> Iterator[None]:
    """Around writing to stdout: an error of the system says that it was that."""
    try:
        yield
    except OSError as error:
        error.filename = STANDARD_OUTPUT
        raise


def print_json(value: Any) -> None:
    """A line of JSON: escaped, so that any terminal can show it; strict, so that any parser can read it."""
    with onto_stdout():
        print(json.dumps(value, allow_nan=False), flush=True)


_LONGEST = 1000
"""Characters of an error's line: a file may be called, or hold, anything."""


def print_line(line: str = "", *, file: TextIO | None = None) -> None:
    """A line for people, on stdout unless another file is given: nothing in it that a terminal obeys."""
    with onto_stdout() if file is None else nullcontext():
        print(escaped(line), file=file)


def print_error(message: str) -> None:
    """A line on stderr that says who speaks: nothing that a terminal obeys, no middle where it is long."""
    line = escaped(" ".join(message.split()))
    if len(line) > _LONGEST:
        line = f"{line[: _LONGEST // 2]} … {line[-_LONGEST // 2 :]}"
    print(f"tenfold: {line}", file=sys.stderr)


class _Lines(logging.Handler):
    """Each line on stderr once, however often it is logged."""

    def __init__(self) -> None:
        super().__init__()
        self._said: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        line = record.getMessage()
        if line not in self._said:
            self._said.add(line)
            print_error(line)


@contextmanager
def heard(name: str) -> Iterator[None]:
    """What a logger of this name is told is said on stderr, each line once."""
    logger, handler = logging.getLogger(name), _Lines()
    level = logger.level
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
