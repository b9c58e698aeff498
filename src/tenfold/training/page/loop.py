"""Train the page network on made-up pages."""

import json
import math
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import functional

from tenfold.data.synthetic.pages.make import PAGE_SIDE, Pages
from tenfold.models.page import HEATS, PageNetwork
from tenfold.training.page.targets import Targets, varied


@dataclass(frozen=True)
class Plan:
    """What decides a training. steps: updates; batch: pages each; lr: at its highest; averaging: of the weights kept;
    seed: of order and views."""

    steps: int = 4000
    batch: int = 24
    lr: float = 3e-3
    weight_decay: float = 1e-2
    averaging: float = 0.999
    seed: int = 0


_MOSAIC = 0.12
"""Share of views that show four pages at half their size."""

_SCALES = 0.72, 1.7
"""Views show a page so many times as large, logarithms equally likely."""

_BOX_WEIGHT = 0.5
"""Of the boxes' loss beside the heats'."""


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

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        ends = np.searchsorted(pages.marks[:, 0], np.arange(len(pages.pixels) + 1))
        self._rows = list(zip(ends[:-1], ends[1:], strict=True))

    def batch(self, plan: Plan, step: int) -> Batch:
        """The batch of a step: every page once before any twice."""
        n = len(self._pages.pixels)
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
                index = int(rng.integers(len(self._rows)))
            return picture, target
        low, high = _SCALES
        pixels, marks, turn = self._page(index)
        shown, moved = varied(pixels, marks, rng, low * (high / low) ** rng.random())
        target.add(moved, turn)
        return shown, target

    def _page(self, index: int) -> tuple[NDArray[np.uint8], NDArray[np.float32], int]:
        start, end = self._rows[index]
        return self._pages.pixels[index], self._pages.marks[start:end, 1:], int(self._pages.turns[index])


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


def loss(answers: Tensor, batch: Batch) -> tuple[Tensor, Tensor]:
    """The heats' focal loss (Lin et al. 2017, as Zhou et al. 2019 weigh what is near a middle) and the boxes' error."""
    logits, boxes = answers[:, :HEATS].float(), answers[:, HEATS:].float()
    probability = logits.sigmoid()
    middle = batch.heats.eq(1)
    found = -((1 - probability) ** 2) * functional.logsigmoid(logits)
    missed = -((1 - batch.heats) ** 4) * probability**2 * functional.logsigmoid(-logits)
    heat = (torch.where(middle, found, missed) * batch.weights).sum() / middle.sum().clamp(min=1)
    error = functional.smooth_l1_loss(boxes, batch.boxes, reduction="none", beta=0.1).sum(dim=1)
    return heat, (error * batch.boxed).sum() / batch.boxed.sum().clamp(min=1)


def train_pages(
    pages: Pages, plan: Plan, folder: Path, network: PageNetwork | None = None, threads: int = 2
) -> PageNetwork:
    """Train, or go on with what a checkpoint in the folder holds; returns the network with averaged weights."""
    torch.set_num_threads(threads)
    torch.manual_seed(plan.seed)
    network = (network or PageNetwork()).to(memory_format=torch.channels_last)
    average = {name: value.clone() for name, value in network.state_dict().items()}
    optimizer = torch.optim.AdamW(network.parameters(), lr=plan.lr, weight_decay=plan.weight_decay, fused=True)
    start = _resume(folder, network, average, optimizer, plan)
    values = network.state_dict()
    names = [name for name, value in values.items() if value.dtype.is_floating_point]
    averaged, followed = [average[name] for name in names], [values[name] for name in names]
    views = Views(pages)
    clock, shown = time.perf_counter(), start
    sums = np.zeros(2)
    network.train()
    for step, batch in _ahead(views, plan, start):
        for group in optimizer.param_groups:
            group["lr"] = plan.lr * rate(step / plan.steps)
        with torch.autocast("cpu", torch.bfloat16):
            answers = network(batch.pages.contiguous(memory_format=torch.channels_last))
        heat, box = loss(answers, batch)
        optimizer.zero_grad()
        (heat + _BOX_WEIGHT * box).backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimizer.step()
        _follow(averaged, followed, 1 - min(plan.averaging, (1 + step) / (10 + step)))
        sums += heat.item(), box.item()
        if (step + 1) % 50 == 0:
            rate_now = (step + 1 - shown) * plan.batch / (time.perf_counter() - clock)
            line = {"step": step + 1, "heat": sums[0] / 50, "box": sums[1] / 50, "pages_per_second": rate_now}
            with (folder / "log.jsonl").open("a") as log:
                log.write(json.dumps({key: round(float(value), 4) for key, value in line.items()}) + "\n")
            clock, shown, sums = time.perf_counter(), step + 1, np.zeros(2)
        if (step + 1) % 500 == 0 or step + 1 == plan.steps:
            _keep(folder, network, average, optimizer, plan, step + 1)
    network.load_state_dict(average)
    return network.eval()


@torch.no_grad()
def _follow(averaged: list[Tensor], followed: list[Tensor], share: float) -> None:
    """Move averages a share of the way to what they follow."""
    torch._foreach_lerp_(averaged, followed, share)


def rate(done: float) -> float:
    """Share of the highest learning rate after a share of the updates: up for a twentieth, then down by a cosine."""
    return done / 0.05 if done < 0.05 else 0.5 * (1 + math.cos(math.pi * (done - 0.05) / 0.95)) + 1e-3


def _ahead(views: Views, plan: Plan, start: int) -> Iterator[tuple[int, Batch]]:
    """The batches from a step on, each made while the one before is learned from."""
    with ThreadPoolExecutor(1) as pool:
        coming = [pool.submit(views.batch, plan, step) for step in range(start, min(start + 2, plan.steps))]
        for step in range(start, plan.steps):
            batch = coming.pop(0).result()
            if step + 2 < plan.steps:
                coming.append(pool.submit(views.batch, plan, step + 2))
            yield step, batch


_CHECKPOINT = "checkpoint.safetensors"


def _keep(
    folder: Path,
    network: PageNetwork,
    average: dict[str, Tensor],
    optimizer: torch.optim.Optimizer,
    plan: Plan,
    step: int,
) -> None:
    """Write all that going on needs, in one rename."""
    tensors = {f"network.{name}": value.contiguous() for name, value in network.state_dict().items()}
    tensors |= {f"average.{name}": value.contiguous() for name, value in average.items()}
    for index, state in optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{index}.{key}": value.contiguous() for key, value in state.items()}
    unfinished = folder / f"{_CHECKPOINT}.unfinished"
    save_file(tensors, unfinished, {"step": str(step), "plan": json.dumps(asdict(plan))})
    unfinished.replace(folder / _CHECKPOINT)


def _resume(
    folder: Path, network: PageNetwork, average: dict[str, Tensor], optimizer: torch.optim.Optimizer, plan: Plan
) -> int:
    path = folder / _CHECKPOINT
    folder.mkdir(parents=True, exist_ok=True)
    if not path.is_file():
        return 0
    with safe_open(path, "pt") as file:
        step = int(file.metadata()["step"])
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  it is no mapping
    network.load_state_dict({name[8:]: value for name, value in tensors.items() if name.startswith("network.")})
    for name, value in tensors.items():
        if name.startswith("average."):
            average[name[8:]].copy_(value)
    state = optimizer.state_dict()
    state["state"] = {}
    for name, value in tensors.items():
        if name.startswith("optimizer."):
            _optimizer, index, key = name.split(".", 2)
            state["state"].setdefault(int(index), {})[key] = value
    optimizer.load_state_dict(state)
    return step
