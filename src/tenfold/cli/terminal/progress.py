"""Bars and lines on stderr while something takes long. Silent where nobody watches."""

import math
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from tenfold.cli.terminal import console
from tenfold.formatting import percent

if TYPE_CHECKING:
    from tenfold.comparison import MapFunction, Trainings
    from tenfold.training.records import Epoch, OnEpoch, OnStep, Step


@contextmanager
def training_progress() -> Iterator[tuple["OnStep", "OnEpoch"]]:
    """On stderr: a bar with loss, accuracy, images per second and time left; a line an epoch with loss and accuracy."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[figures]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console.err, transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("training", total=None, figures="")

        def on_step(step: "Step") -> None:
            bar.update(
                task,
                total=step.epochs * step.steps,
                completed=(step.epoch - 1) * step.steps + step.step,
                description=f"epoch {step.epoch}/{step.epochs}",
                figures=f"loss {step.loss:.4f}  accuracy {percent(step.accuracy)}  "
                f"{step.images_per_second:,.0f} images/s",
            )

        def on_epoch(row: "Epoch") -> None:
            text = (
                f"epoch {row.epoch:>3}  {row.seconds:6.1f} s  train {row.train_loss:.4f} {percent(row.train_accuracy)}"
            )
            if not math.isnan(row.val_loss):  # there is a validation split
                text += f"  validation {row.val_loss:.4f} {percent(row.val_accuracy)}"
            bar.console.print(text, soft_wrap=True)

        yield on_step, on_epoch


@contextmanager
def watching(mapped: "MapFunction | None", tensorboard: Path | None) -> Iterator["Trainings"]:
    """What `compare`, `tune` and `ensemble` are told: lines on stderr, and each training's progress.

    mapped: runs the trainings elsewhere, where nobody watches them step by step. tensorboard: a folder that gets each
    training's history.
    """
    with training_progress() as (on_step, on_epoch):
        trainings: Trainings = {
            "announce": lambda line: console.err.print(line, soft_wrap=True),
            "tensorboard": tensorboard,
        }
        if mapped is None:
            trainings |= {"on_step": on_step, "on_epoch": on_epoch}
        else:
            trainings["mapped"] = mapped
        yield trainings


@contextmanager
def measuring_progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """On stderr: a bar that is told how many steps of how many are done."""
    columns = (TextColumn(what), BarColumn(bar_width=24), TextColumn("{task.percentage:.0f} %"), TimeRemainingColumn())
    with Progress(*columns, console=console.err, transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@contextmanager
def reading_progress(total: int) -> Iterator[Callable[[int, int], None]]:
    """On stderr: a bar that is told how many pictures of the total are done, and how many of them failed."""
    columns = (
        TextColumn("reading"),
        BarColumn(bar_width=24),
        TextColumn("{task.completed:,.0f} of {task.total:,.0f}{task.fields[failed]}"),
        TimeRemainingColumn(),
    )
    # Results go to stdout untouched, even while the bar is on the same terminal.
    with Progress(*columns, console=console.err, transient=True, redirect_stdout=False) as bar:
        task = bar.add_task("", total=total, failed="")
        yield lambda done, failed: bar.update(task, completed=done, failed=f", {failed:,} failed" if failed else "")
