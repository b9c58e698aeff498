"""What the terminal shows: progress on stderr, tables on stdout. Silent where nobody watches."""

import math
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from tenfold.formatting import interval, parameters, percent, plural
from tenfold.run import Run
from tenfold.tables import LineConsole, measure, new_table, print_table

if TYPE_CHECKING:
    from tenfold.comparison import Mapped
    from tenfold.data import FileStatus, Presence
    from tenfold.demo import Demo
    from tenfold.training.records import Epoch, OnEpoch, OnStep, Step

_PAPER = 120
"""Characters a line where nobody watches: in a file or a pipe a sentence need not break at a terminal's usual 80."""

_watched = (sys.stdout is not None and sys.stdout.isatty()) or "COLUMNS" in os.environ

out = LineConsole(highlight=False, markup=False, width=None if _watched else _PAPER)
err = LineConsole(stderr=True, highlight=False, markup=False)

_MATRIX_CLASSES = 16
"""With more classes than this, a confusion matrix is for programs."""

_HEAD, _NAME = 3, 14
"""Characters of a class's name above a column of the matrix, and before a row."""


@contextmanager
def training_progress() -> Iterator[tuple["OnStep", "OnEpoch"]]:
    """On stderr: a bar with loss, accuracy, images per second and time left; a line an epoch with loss and accuracy."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[figures]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err, transient=True, disable=not sys.stderr.isatty()) as bar:
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
def watching(mapped: "Mapped | None", tensorboard: Path | None) -> Iterator[dict[str, Any]]:
    """What `compare`, `tune` and `ensemble` are told: lines on stderr, and each training's progress.

    mapped: runs the trainings elsewhere, where nobody watches them step by step. tensorboard: a folder that gets each
    training's history.
    """
    with training_progress() as (on_step, on_epoch):
        here = {"on_step": on_step, "on_epoch": on_epoch}
        there = {"mapped": mapped}
        yield {
            "announce": lambda line: err.print(line, soft_wrap=True),
            "tensorboard": tensorboard,
            **(here if mapped is None else there),
        }


@contextmanager
def measuring_progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """On stderr: a bar that is told how many steps of how many are done."""
    columns = (TextColumn(what), BarColumn(bar_width=24), TextColumn("{task.percentage:.0f} %"), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True, disable=not sys.stderr.isatty()) as bar:
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
    with Progress(*columns, console=err, transient=True, redirect_stdout=False) as bar:
        task = bar.add_task("", total=total, failed="")
        yield lambda done, failed: bar.update(task, completed=done, failed=f", {failed:,} failed" if failed else "")


def print_run(run: Run) -> None:
    """A finished run's figures: what was trained, how long it took, how good it is, and where its report lies."""
    scores: dict[str, Any] = run.scores or {}
    training, data = run.environment["training"], run.environment["data"]
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    rows = [
        ("model", f"{run.recipe['model']}, {parameters(training)}"),
        ("data", f"{data['name']}: {data['train']['n']:,} to train, {data['validation']['n']:,} to validate"),
        ("training", f"{training['train_seconds']:.1f} s, {plural(training['epochs'], 'epoch')} "
                     f"({run.environment['device']}, {run.environment['precision']})"),
    ]  # fmt: skip
    if scores:
        rows += [
            ("test accuracy", f"{percent(scores['accuracy'])}  (95 % interval "
                              f"{interval(scores['accuracy_ci95'])}; {scores['errors']} wrong of {scores['n']:,})"),
            ("test loss", f"{scores['loss']:.4f}"),
            ("calibration", f"confidence is off by {percent(scores['ece'])} on average"),
            ("verdict", _verdict(scores)),
        ]  # fmt: skip
    for name, value in rows:
        table.add_row(Text(name, style="dim"), value)
    out.print(f"run {run.name}", soft_wrap=True)
    out.print(table)
    report = run.path / "report.html"
    shown = report if report.is_file() else "none: pip install 'tenfold[report]' draws one"
    if not run.recipe.get("report", True):
        shown = "none, as asked: without --no-report, or with report = true, there is one"
    # On a line of its own, never wrapped or cut: people copy it.
    out.print(f"report         {shown}", soft_wrap=True)


def _verdict(scores: dict[str, Any]) -> str:
    """The grade, where there is data enough for one, and the verdict in words."""
    grade, sentence = scores["verdict"]["grade"], scores["verdict"]["sentence"]
    return f"{grade}: {sentence}" if grade else sentence


def class_table(scores: dict[str, Any]) -> Table:
    """One row a class: accuracy, precision, recall, F1, support; dashes for a class without images."""
    table = new_table("class", "accuracy", "precision", "recall", "F1", "images", right=(1, 2, 3, 4, 5))
    for row in scores["per_class"]:
        figures = (row[key] for key in ("accuracy", "precision", "recall", "f1"))
        table.add_row(row["class"], *("–" if x is None else percent(x) for x in figures), f"{row['support']:,}")
    return table


def confusion_table(scores: dict[str, Any]) -> Table:
    """The confusion matrix: rows true, columns read as; long names stand before their row only, with its number."""
    names = [row["class"] for row in scores["per_class"]]
    heads = names
    if max(map(len, names)) > _HEAD:
        heads = [str(index) for index in range(len(names))]
        names = [
            f"{index} {name if len(name) <= _NAME else name[: _NAME - 1] + '…'}" for index, name in enumerate(names)
        ]
    table = Table(box=None, padding=(0, 1, 0, 0))
    table.add_column("")
    for head in heads:
        table.add_column(head, justify="right", no_wrap=True)
    for true, (name, row) in enumerate(zip(names, scores["confusion"], strict=True)):
        cells = (Text(str(n or "·"), style="dim" if n == 0 or read == true else "") for read, n in enumerate(row))
        table.add_row(name, *cells)
    return table


def print_scores(scores: dict[str, Any]) -> None:
    """A model's scores on a dataset: the headline, each class, the mistakes, training and calibration."""
    data = scores["dataset"]
    out.print(
        f"{percent(scores['accuracy'])} of {scores['n']:,} {data['name']} {data['split']} images "
        f"are right (95 % interval {interval(scores['accuracy_ci95'])}), loss {scores['loss']:.4f}"
    )
    out.print(_verdict(scores))
    out.print()
    print_table(class_table(scores), out)
    out.print()
    _print_confusion(scores)
    if scores["most_confused"]:
        pairs = (f"{pair['label']}→{pair['predicted']} {pair['count']}×" for pair in scores["most_confused"][:5])
        out.print(f"most confused (true→predicted): {', '.join(pairs)}")
    gap = scores["train_validation_gap"]
    if gap:
        out.print(
            f"accuracy while training {percent(gap['train_accuracy'])}, in validation "
            f"{percent(gap['validation_accuracy'])} at epoch {gap['epoch']} (gap {100 * gap['gap']:+.2f} points)"
        )
    out.print(
        f"calibration: loss {scores['loss']:.4f} before, {scores['loss_calibrated']:.4f} after; confidence is off by "
        f"{percent(scores['ece_uncalibrated'])} on average before, {percent(scores['ece'])} after"
    )


def _print_confusion(scores: dict[str, Any]) -> None:
    """The confusion matrix where it has room, or else where to find it."""
    table = confusion_table(scores)
    if len(scores["confusion"]) > _MATRIX_CLASSES or measure(table, out).maximum > out.width:
        out.print("confusion matrix: in --json")
    else:
        out.print("confusion, rows true, columns read as:")
        out.print(table)
        out.print()


def print_robustness(found: dict[str, Any], page: Path | None) -> None:
    """A model's errors on corrupted images: the mean, then each corruption at MNIST-C's severity and at all five."""
    from tenfold.evaluation.robustness import spoken

    times = found["relative_to_clean"]
    out.print()
    out.print(
        f"corrupted as MNIST-C is, {percent(found['mean_error'])} are wrong on average; clean, "
        f"{percent(found['clean_error'])}" + (f" ({times:.1f} times as many)" if times is not None else "")
    )
    table = new_table("corruption", "severity", "wrong", "at 1", "2", "3", "4", "5 (%)", right=(1, 2, 3, 4, 5, 6, 7))
    for row in found["corruptions"]:
        severity = str(row["severity"]) if row["error_by_severity"] else "–"
        errors = (f"{100 * error:.2f}" for error in row["error_by_severity"] or ())
        table.add_row(spoken(row["corruption"]), severity, percent(row["error"]), *errors)
    means = (f"{100 * error:.2f}" for error in found["mean_error_by_severity"])
    table.add_row("mean", "", percent(found["mean_error"]), *means)
    print_table(table, out)
    out.print("the model was shown the images as they are, without a reader's cleaning or framing;")
    out.print("the means at 1 to 5 are over the corruptions that have five severities")
    shown = page or "none: pip install 'tenfold[report]' draws one"
    out.print(f"page: {shown}", soft_wrap=True)


def print_recipes(rows: list[dict[str, str]]) -> None:
    """One row a shipped recipe."""
    table = new_table("recipe", "model", "what it is")
    for row in rows:
        table.add_row(row["name"], row["model"], row["summary"])
    print_table(table, out)


def print_demo(shown: "Demo") -> None:
    """What the demo did, and where to look next."""
    if shown.reused:
        out.print(f"{shown.run.path} was trained with this very recipe before; remove it to train again")
    print_run(shown.run)
    out.print()
    out.print("read with the model just trained:")
    table = new_table("picture", "read", "confidence", "truth")
    for reading, label in zip(shown.readings, shown.labels, strict=True):
        mark = "" if reading.text == label else "  wrong"
        table.add_row(reading.source, reading.text or "blank", f"{reading.confidence:.4f}", f"{label}{mark}")
    print_table(table, out)
    out.print()
    out.print(f"Open {shown.run.path / 'report.html'} to see the curves, the confusions and every mistake.")
    out.print("Read your own picture: tenfold read PICTURE, by the shipped model or by --model " + str(shown.run.path))


def print_datasets(found: "list[Presence]") -> None:
    """The catalogue: what each dataset is, how large, whose, and whether it is here."""
    table = new_table("dataset", "train", "test", "here", "what it is, and its licence", right=(1, 2))
    for presence in found:
        entry = presence.entry
        counts = (f"{n:,}" if n else "-" for n in (entry.train, entry.test))
        table.add_row(entry.name, *counts, presence.state, f"{entry.summary}; {entry.licence}")
    print_table(table, out)
    folders = dict.fromkeys(str(presence.folder.parent) for presence in found if presence.folder)
    if folders:
        out.print()
        out.print(f"found in {', '.join(folders)}", soft_wrap=True)
    out.print("a dataset of your own: the path of a folder (digits/7/*.png), a .csv or a .npz")


def print_fetched(fetched: dict[str, list[str]]) -> None:
    """What was downloaded for each dataset."""
    for name, paths in fetched.items():
        for line in paths or [f"{name}: everything is here already"]:
            out.print(line, soft_wrap=True)


def print_statuses(statuses: "dict[str, list[FileStatus]]") -> None:
    """What verification found, a line a file."""
    for name, files in statuses.items():
        for file in files:
            out.print(f"{name}: {file.name}: {file.state} {file.problem}".rstrip(), soft_wrap=True)
        if not files:
            out.print(f"{name}: built in, nothing to verify")
