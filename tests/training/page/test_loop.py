from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from tenfold.data.pages.make import PAGE_SIDE, Pages
from tenfold.models.page import PageNetwork
from tenfold.training.page import loop
from tenfold.training.page.checkpoint import Row
from tenfold.training.page.loss import page_loss
from tenfold.training.page.plan import Plan
from tenfold.training.page.views import Views
from tenfold.training.records import DivergedError

PLAN = Plan(steps=4, batch=2, lr=1e-3)


@pytest.fixture
def pages() -> Pages:
    rng = np.random.default_rng(0)
    rows = [
        (page, rng.integers(10), x, y, x + 14, y + 22) for page in range(3) for x, y in rng.integers(0, 220, (9, 2))
    ]
    pixels = rng.integers(0, 255, (3, PAGE_SIDE, PAGE_SIDE), dtype=np.uint8)
    return Pages(pixels, np.array(rows, np.float32), np.array([0, 0, 1], np.uint8))


def small_network() -> PageNetwork:
    torch.manual_seed(1)
    return PageNetwork((4, 4, 4, 4, 4), (0, 0, 1, 0), 4)


def test_a_resumed_training_is_the_unbroken_one_bit_for_bit(
    pages: Pages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "KEPT", 2)
    monkeypatch.setattr(loop, "SHOWN", 1)
    unbroken = small_network()
    history = loop.train(unbroken, PLAN, Views(pages, PLAN).batch, page_loss, tmp_path / "a" / "last.safetensors")

    def stop(row: Row) -> None:
        if row.step == 3:
            raise KeyboardInterrupt

    broken = small_network()
    with pytest.raises(KeyboardInterrupt):
        loop.train(broken, PLAN, Views(pages, PLAN).batch, page_loss, tmp_path / "b" / "last.safetensors", stop)
    resumed = small_network()
    again = loop.train(resumed, PLAN, Views(pages, PLAN).batch, page_loss, tmp_path / "b" / "last.safetensors")
    for name, value in unbroken.state_dict().items():
        assert torch.equal(value, resumed.state_dict()[name]), name
    assert [replace(row, seconds=0) for row in again] == [replace(row, seconds=0) for row in history]


def test_every_page_is_seen_once_before_any_twice(pages: Pages) -> None:
    seen = []
    views = Views(pages, PLAN)
    monkey = views._view
    views._view = lambda index, rng: (seen.append(index), monkey(index, rng))[1]  # type: ignore[method-assign]
    for step in range(3):
        views.batch(step)
    assert sorted(seen[:3]) == sorted(seen[3:]) == [0, 1, 2]


def test_a_loss_that_is_no_number_ends_the_training(pages: Pages, tmp_path: Path) -> None:
    network = small_network()
    with torch.no_grad():
        next(iter(network.parameters())).fill_(float("nan"))
    with pytest.raises(DivergedError, match="lower the learning rate"):
        loop.train(network, PLAN, Views(pages, PLAN).batch, page_loss, tmp_path / "last.safetensors")


class Answering(torch.nn.Module):
    """Gives the same answers to all pages."""

    def __init__(self, answers: torch.Tensor) -> None:
        super().__init__()
        self.answers = answers

    def forward(self, _pages: torch.Tensor) -> torch.Tensor:
        return self.answers


def test_the_loss_falls_where_the_answer_is_right(pages: Pages) -> None:
    batch = Views(pages, PLAN).batch(0)
    nothing = torch.zeros(2, 23, PAGE_SIDE // 4, PAGE_SIDE // 4)
    heats, boxes, right = nothing.clone(), nothing.clone(), nothing.clone()
    heats[:, :19] = right[:, :19] = torch.where(batch.heats.eq(1), 6.0, -6.0)
    boxes[:, 19:] = right[:, 19:] = batch.boxes
    losses = [float(page_loss(Answering(answers), batch)) for answers in (right, heats, boxes, nothing)]
    assert losses[0] < losses[1] / 2 < losses[2] / 4
    assert losses[2] < losses[3]
