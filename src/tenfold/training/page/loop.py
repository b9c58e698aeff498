"""Train the networks that read pages: AdamW, a cosine, averaged weights, a checkpoint to go on from."""

import math
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import torch
from torch import Tensor, nn

from tenfold.training.page.checkpoint import Row, State, keep, take_up
from tenfold.training.page.plan import Plan
from tenfold.training.records import DivergedError

Batch = TypeVar("Batch")

_STEEPEST = 5.0
"""Gradients longer than this are cut to it."""

SHOWN = 50
"""Updates between two rows of the history."""

KEPT = 500
"""Updates between two checkpoints: two minutes."""


def train(
    network: nn.Module,
    plan: Plan,
    batch_of: Callable[[int], Batch],
    loss_of: Callable[[nn.Module, Batch], Tensor],
    checkpoint: Path,
    on_row: Callable[[Row], None] | None = None,
) -> list[Row]:
    """Train the network, or go on from the checkpoint where there is one; it is left with its averaged weights.

    batch_of: the batch of an update, counted from 0; loss_of: what an update makes smaller. on_row is told of every
    SHOWN updates. Returns the history. Raises DivergedError where the loss is no number.
    """
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch declares it not
    network.train()
    state = State(
        network,
        {name: value.clone() for name, value in network.state_dict().items()},
        torch.optim.AdamW(network.parameters(), lr=plan.lr, weight_decay=plan.weight_decay, fused=True),
    )
    start, history = take_up(checkpoint, state)
    clock, total = time.perf_counter(), 0.0
    for step, batch in _ahead(batch_of, plan.steps, start):
        total += _update(state, loss_of(network, batch), plan, step)
        if not math.isfinite(total):
            raise DivergedError(
                f"update {step + 1}: the loss is no number any more: lower the learning rate ({plan.key})"
            )
        if (step + 1) % SHOWN == 0:
            seconds = time.perf_counter() - clock
            row = Row(step + 1, seconds, plan.lr * rate(step / plan.steps), total / SHOWN)
            history.append(row)
            if on_row is not None:
                on_row(row)
            clock, total = time.perf_counter(), 0.0
        if (step + 1) % KEPT == 0 or step + 1 == plan.steps:
            keep(checkpoint, state, step + 1, history)
    network.load_state_dict(state.average)
    network.eval()
    return history


def _update(state: State, loss: Tensor, plan: Plan, step: int) -> float:
    """One update; returns the loss."""
    for group in state.optimizer.param_groups:
        group["lr"] = plan.lr * rate(step / plan.steps)
    state.optimizer.zero_grad()
    torch.autograd.backward(loss)
    torch.nn.utils.clip_grad_norm_(state.network.parameters(), _STEEPEST)
    state.optimizer.step()
    values = state.network.state_dict()
    names = [name for name, value in values.items() if value.dtype.is_floating_point]
    _follow(
        [state.average[name] for name in names],
        [values[name] for name in names],
        1 - min(plan.averaging, (1 + step) / (10 + step)),
    )
    return loss.item()


@torch.no_grad()
def _follow(averaged: list[Tensor], followed: list[Tensor], share: float) -> None:
    """Move averages a share of the way to what they follow."""
    torch._foreach_lerp_(averaged, followed, share)


def rate(done: float) -> float:
    """Share of the highest learning rate after a share of the updates: up for a twentieth, then down by a cosine."""
    return done / 0.05 if done < 0.05 else 0.5 * (1 + math.cos(math.pi * (done - 0.05) / 0.95)) + 1e-3


def _ahead(batch_of: Callable[[int], Batch], steps: int, start: int) -> Iterator[tuple[int, Batch]]:
    """The batches from a step on, each made while the one before is learned from."""
    with ThreadPoolExecutor(1) as pool:
        coming = [pool.submit(batch_of, step) for step in range(start, min(start + 2, steps))]
        for step in range(start, steps):
            batch = coming.pop(0).result()
            if step + 2 < steps:
                coming.append(pool.submit(batch_of, step + 2))
            yield step, batch
