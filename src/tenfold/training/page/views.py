"""Pages as batches to learn from: each seen at another size, in another tone, with its targets."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from tenfold.data.pages.make import FEW, PAGE_SIDE, TURNS, Pages, turned
from tenfold.reading.detector.peaks import DIGITS
from tenfold.training.page.bending import bent
from tenfold.training.page.plan import Plan
from tenfold.training.page.targets import Targets, varied

_MOSAIC = 0.12
"""Share of views that show four pages at half their size."""

_TURNED = 0.08
"""Share of upright pages with some digits that are shown turned."""

_BENT = 0.5
"""Share of views that are bent: hands differ more than those that pages are drawn with."""

_SCALES = 0.72, 1.7
"""Views show a page so many times as large, logarithms equally likely."""


@dataclass(frozen=True)
class Batch:
    """pages float32 [n, 1, side, side] in [0, 1]; the rest as `Targets`, stacked."""

    pages: Tensor
    heats: Tensor
    weights: Tensor
    boxes: Tensor
    boxed: Tensor


class Views:
    """Views of pages in batches: batch i of a seed is the same whenever it is asked for."""

    def __init__(self, pages: Pages, plan: Plan) -> None:
        self._pages, self._plan = pages, plan

    def batch(self, step: int) -> Batch:
        """The batch of a step: every page once before any twice."""
        n, plan = len(self._pages.pixels), self._plan
        rng = np.random.default_rng([plan.seed, step])
        first = step * plan.batch
        seen: list[NDArray[np.uint8]] = []
        targets = []
        for place in range(first, first + plan.batch):
            epoch, at = divmod(place, n)
            index = int(_order(plan.seed, epoch, n)[at])
            picture, target = self._view(index, rng)
            seen.append(_toned(picture, rng))
            targets.append(target)
        pages = torch.from_numpy(np.stack(seen)).unsqueeze(1).float().div_(255)
        return Batch(
            pages,
            torch.from_numpy(np.stack([target.heats for target in targets])),
            torch.from_numpy(np.stack([target.weights for target in targets])),
            torch.from_numpy(np.stack([target.boxes for target in targets])),
            torch.from_numpy(np.stack([target.boxed for target in targets])),
        )

    def _view(self, index: int, rng: np.random.Generator) -> tuple[NDArray[np.uint8], Targets]:
        target = Targets(PAGE_SIDE)
        if rng.random() < _MOSAIC:
            picture = np.empty((PAGE_SIDE, PAGE_SIDE), np.uint8)
            half = PAGE_SIDE // 2
            for x, y in ((0, 0), (half, 0), (0, half), (half, half)):
                pixels, marks, turn = self._page(index)
                shown, moved = varied(pixels, marks, rng, 0.5)
                x0, y0 = _corner(shown, rng, half)
                picture[y : y + half, x : x + half] = shown[y0 : y0 + half, x0 : x0 + half]
                moved[:, 1::2] += x - x0
                moved[:, 2::2] += y - y0
                inside = (moved[:, 3] > x) & (moved[:, 1] < x + half) & (moved[:, 4] > y) & (moved[:, 2] < y + half)
                target.add(moved[inside], turn)
                index = int(rng.integers(len(self._pages.pixels)))
            return picture, target
        low, high = _SCALES
        pixels, marks, turn = self._page(index)
        if not turn and (marks[:, 0] < DIGITS).sum() >= FEW and rng.random() < _TURNED:
            turn = int(rng.choice((1, 2, 3), p=TURNS))
            pixels, marks = turned(pixels, marks, turn)
        shown, moved = varied(pixels, marks, rng, low * (high / low) ** rng.random())
        if rng.random() < _BENT:
            shown, moved = bent(shown, moved, rng)
        target.add(moved, turn)
        return shown, target

    def _page(self, index: int) -> tuple[NDArray[np.uint8], NDArray[np.float32], int]:
        return self._pages.pixels[index], self._pages.marks_of(index), int(self._pages.turns[index])


def _corner(shown: NDArray[np.uint8], rng: np.random.Generator, half: int) -> tuple[int, int]:
    """Where to cut a piece of that size."""
    return tuple(int(rng.integers(0, side - half + 1)) for side in shown.shape[::-1])  # type: ignore[return-value]


def _toned(picture: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Now and then in another contrast, or as its negative."""
    if rng.random() < 0.3:
        contrast, brightness = rng.uniform(0.4, 1.0), rng.uniform(0, 1)
        picture = (picture * np.float32(contrast) + np.float32(255 * (1 - contrast) * brightness)).astype(np.uint8)
    return 255 - picture if rng.random() < 0.1 else picture


_ORDERS: dict[tuple[int, int, int], NDArray[np.intp]] = {}


def _order(seed: int, epoch: int, n: int) -> NDArray[np.intp]:
    key = (seed, epoch, n)
    if key not in _ORDERS:
        _ORDERS.clear()
        _ORDERS[key] = np.random.default_rng([seed, epoch, 0x6F]).permutation(n)
    return _ORDERS[key]
