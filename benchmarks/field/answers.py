"""What tenfold answers to a picture, and in how long; many pictures in several processes of one thread each."""

import multiprocessing
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from tenfold.errors import TenfoldError
from tenfold.reading import Reader, Reading

T = TypeVar("T")
U = TypeVar("U")

Picture = Path | NDArray[np.uint8]


@dataclass(frozen=True)
class Answer:
    """tenfold's answer to one picture.

    lines: the digits of each line; confidence: of all of them; score: the least that one of them is a digit at all, 0
    where there is none; views: uint8 [n, 28, 28]; table: rows of cells, where a table was read; error: why the picture
    could not be read, "" where it could.
    """

    lines: tuple[str, ...]
    confidence: float
    score: float
    blank: bool
    views: NDArray[np.uint8]
    seconds: float
    table: tuple[tuple[str, ...], ...] = ()
    error: str = ""

    @property
    def text(self) -> str:
        """All digits in their order."""
        return "".join(self.lines)


@dataclass(frozen=True)
class Answers:
    """free: the picture as it is read by default; forced: as exactly one digit."""

    free: Answer
    forced: Answer


@cache
def reader(model: Path | None) -> Reader:
    """The process's own reader of a model, with one thread."""
    return Reader(model, threads=1)


def answer(model: Path | None, picture: Picture) -> Answers:
    """Read one picture both ways; one that cannot be read is an answer without digits."""
    return Answers(_timed(reader(model), picture, single=False), _timed(reader(model), picture, single=True))


def _timed(own: Reader, picture: Picture, single: bool) -> Answer:
    start = time.perf_counter()
    try:
        reading = own.read(picture, single=single)
    except TenfoldError as error:
        return Answer(
            (), 0.0, 0.0, False, np.zeros((0, 28, 28), np.uint8), time.perf_counter() - start, error=str(error)
        )
    return _answer(reading, time.perf_counter() - start)


def _answer(reading: Reading, seconds: float) -> Answer:
    return Answer(
        lines=tuple(line for line in reading.lines if line),
        confidence=reading.confidence,
        score=min((digit.score for digit in reading.digits), default=0.0),
        blank=reading.blank,
        views=reading.views,
        seconds=seconds,
        table=tuple(map(tuple, getattr(reading, "table", None) or ())),
    )


class Workers:
    """So many processes, which a `with` ends again; one is this process itself."""

    def __init__(self, processes: int) -> None:
        self.processes = processes
        # Spawned, not forked: ONNX Runtime's threads would not survive a fork.
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(processes, mp_context=context) if processes > 1 else None

    def each(self, function: Callable[[T], U], items: Iterable[T]) -> list[U]:
        """function of every item, in the items' order."""
        return list(self._pool.map(function, items, chunksize=16) if self._pool else map(function, items))

    def __enter__(self) -> "Workers":
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool:
            self._pool.shutdown(cancel_futures=True)
