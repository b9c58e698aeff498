"""Pages made once and kept on disk, by as many processes as there are cores."""

import os
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Literal

import cv2
import numpy as np

from tenfold.data.pages.fonts import Fonts
from tenfold.data.pages.glyphs import DRAWN, Glyphs, glyphs_file
from tenfold.data.pages.make import PAGE_SIDE, PageMaker, Pages
from tenfold.data.pages.sheets import SHEETS, SMALL_SHEETS
from tenfold.data.pages.sheets_written import WRITTEN
from tenfold.data.pages.tools import Tools
from tenfold.errors import TenfoldError
from tenfold.system import cores

CHUNK = 500
"""Pages a file: so many are made by one process at a time."""


Kind = Literal["train", "validation", "written"]
"""Pages to train on; pages of glyphs held out from these; pages of such glyphs without printed sheets, mostly plain."""

_PLAIN = 0.7
"""Share of unspoiled pictures among the pages on which opinions are weighed: most that people send are sharp."""


def cached_pages(n: int, seed: int, folder: Path, data_dir: str | Path | None = None, kind: Kind = "train") -> Pages:
    """n pages of a seed, made where the folder does not hold them yet.

    Chunks that an interrupted call has finished are not made again.
    """
    name = f"{kind}-{DRAWN}-{seed}"
    wanted = [(folder, name, seed, first, kind) for first in range(0, n, CHUNK)]
    missing = [chunk for chunk in wanted if not _path(folder, name, chunk[3]).is_file()]
    if missing:
        glyphs_file(folder, data_dir)
        with ProcessPoolExecutor(min(cores(), len(missing)), get_context("spawn")) as pool:
            try:
                list(pool.map(_make, missing))
            except BrokenProcessPool:
                raise TenfoldError("a process that draws pages died, perhaps for want of memory: try again") from None
    pixels = np.empty((n, PAGE_SIDE, PAGE_SIDE), np.uint8)
    turns = np.empty(n, np.uint8)
    marks = []
    for _folder, _name, _seed, first, _kind in wanted:
        with np.load(_path(folder, name, first), allow_pickle=False) as arrays:
            last = min(first + CHUNK, n)
            pixels[first:last], turns[first:last] = arrays["pixels"][: last - first], arrays["turns"][: last - first]
            own = arrays["marks"]
            own[:, 0] += first
            marks.append(own[own[:, 0] < last])
    return Pages(pixels, np.concatenate(marks), turns)


def _path(folder: Path, name: str, first: int) -> Path:
    return folder / f"{name}-{first:06d}.npz"


@cache
def _maker(folder: Path, kind: Kind) -> PageMaker:
    glyphs = Glyphs.load(glyphs_file(folder)).only(held_out=kind != "train")
    sheets = {name: SHEETS[name] for name in WRITTEN} if kind == "written" else SHEETS
    small = [name for name in SMALL_SHEETS if name in sheets]
    return PageMaker(Tools(glyphs, Fonts()), sheets, small, _PLAIN if kind == "written" else 0.0)


def _make(chunk: tuple[Path, str, int, int, Kind]) -> None:
    folder, name, seed, first, kind = chunk
    cv2.setNumThreads(1)
    pages = _maker(folder, kind).pages(CHUNK, seed, first, held_out=kind != "train")
    unfinished = folder / f"{name}-{first:06d}.{os.getpid()}.unfinished"
    with unfinished.open("wb") as file:
        np.savez(file, pixels=pages.pixels, marks=pages.marks, turns=pages.turns)
    unfinished.replace(_path(folder, name, first))
