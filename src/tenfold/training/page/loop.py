"""Train the page network on made-up pages."""

import math
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from tenfold.data.synthetic.pages.make import Pages
from tenfold.models.page import PageNetwork
from tenfold.reading.detector.peaks import HEATS
from tenfold.training.page.checkpoint import Row, State, keep, take_up
from tenfold.training.page.views import Batch, Plan, Views
from tenfold.training.records import DivergedError

_BOX_WEIGHT = 0.5
"""Of the boxes' loss beside the heats'."""

_STEEPEST = 5.0
"""Gradients longer than this are cut to it."""

SHOWN = 50
"""Updates between two rows of the history."""

KEPT = 500
"""Updates between two checkpoints: two minutes."""


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
    pages: Pages,
    plan: Plan,
    network: PageNetwork,
    checkpoint: Path,
    on_row: Callable[[Row], None] | None = None,
) -> list[Row]:
    """Train the network, or go on from the checkpoint where there is one; it is left with its averaged weights.

    on_row is told of every SHOWN updates. Returns the history. Raises DivergedError where the loss is no number.
    """
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch declares it not
    network.train()
    state = State(
        network,
        {name: value.clone() for name, value in network.state_dict().items()},
        torch.optim.AdamW(network.parameters(), lr=plan.lr, weight_decay=plan.weight_decay, fused=True),
    )
    start, history = take_up(checkpoint, state)
    clock, sums = time.perf_counter(), [0.0, 0.0]
    for step, batch in _ahead(Views(pages), plan, start):
        heat, box = _update(state, batch, plan, step)
        sums = [sums[0] + heat, sums[1] + box]
        if not math.isfinite(sums[0] + sums[1]):
            raise DivergedError(f"update {step + 1}: the loss is no number any more: lower the learning rate (lr)")
        if (step + 1) % SHOWN == 0:
            seconds = time.perf_counter() - clock
            row = Row(step + 1, seconds, plan.lr * rate(step / plan.steps), sums[0] / SHOWN, sums[1] / SHOWN)
            history.append(row)
            if on_row is not None:
                on_row(row)
            clock, sums = time.perf_counter(), [0.0, 0.0]
        if (step + 1) % KEPT == 0 or step + 1 == plan.steps:
            keep(checkpoint, state, step + 1, history)
    network.load_state_dict(state.average)
    network.eval()
    return history


def _update(state: State, batch: Batch, plan: Plan, step: int) -> tuple[float, float]:
    """One update; returns the losses of heats and boxes."""
    for group in state.optimizer.param_groups:
        group["lr"] = plan.lr * rate(step / plan.steps)
    with torch.autocast("cpu", torch.bfloat16):
        answers = state.network(batch.pages.contiguous(memory_format=torch.channels_last))
    heat, box = loss(answers, batch)
    state.optimizer.zero_grad()
    torch.autograd.backward(heat + _BOX_WEIGHT * box)
    torch.nn.utils.clip_grad_norm_(state.network.parameters(), _STEEPEST)
    state.optimizer.step()
    values = state.network.state_dict()
    names = [name for name, value in values.items() if value.dtype.is_floating_point]
    _follow(
        [state.average[name] for name in names],
        [values[name] for name in names],
        1 - min(plan.averaging, (1 + step) / (10 + step)),
    )
    return heat.item(), box.item()


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
