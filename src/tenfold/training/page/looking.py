"""Pages looked at by a page network, in as many processes as there are cores: what the other networks learn from."""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

import cv2

from tenfold.data.pages.make import Pages
from tenfold.errors import TenfoldError
from tenfold.reading.detector.finder import Finder

Seen = TypeVar("Seen")

_TOGETHER = 250
"""Pages that one process looks at at a time."""


def looked_at(pages: Pages, processes: int, look: Callable[[Pages], Seen]) -> list[Seen]:
    """The results of look for each part of the pages, in order. Raises TenfoldError where a process dies."""
    parts = [pages.part(first, first + _TOGETHER) for first in range(0, len(pages.pixels), _TOGETHER)]
    try:
        with ProcessPoolExecutor(min(processes, len(parts)), get_context("spawn")) as pool:
            return list(pool.map(look, parts))
    except BrokenProcessPool:
        raise TenfoldError("a process that looks at pages died, perhaps for want of memory: --resume goes on") from None


@cache
def finder_of(page_network: Path) -> Finder:
    """A page network's finder, on one thread: one a process."""
    cv2.setNumThreads(1)
    return Finder(page_network, 1)
