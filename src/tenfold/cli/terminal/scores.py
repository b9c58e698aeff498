"""Scores on the terminal: a run's figures, each class, the confusion matrix, robustness."""

from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from tenfold.cli.terminal import console
from tenfold.cli.terminal.tables import measure, new_table, print_table
from tenfold.errors import NO_PAGE
from tenfold.formatting import interval, parameters, percent, plural
from tenfold.run import Run

_MATRIX_CLASSES = 16
"""With more classes than this, a confusion matrix is for programs."""

_HEAD, _NAME = 3, 14
"""Characters of a class's name above a column of the matrix, and before a row."""


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
    console.out.print(f"run {run.name}", soft_wrap=True)
    console.out.print(table)
    report = run.path / "report.html"
    shown = report if report.is_file() else NO_PAGE
    if not run.recipe.get("report", True):
        shown = "none, as asked: without --no-report, or with report = true, there is one"
    # On a line of its own, never wrapped or cut: people copy it.
    console.out.print(f"report         {shown}", soft_wrap=True)


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
    console.out.print(
        f"{percent(scores['accuracy'])} of {scores['n']:,} {data['name']} {data['split']} images "
        f"are right (95 % interval {interval(scores['accuracy_ci95'])}), loss {scores['loss']:.4f}"
    )
    console.out.print(_verdict(scores))
    console.out.print()
    print_table(class_table(scores), console.out)
    console.out.print()
    _print_confusion(scores)
    if scores["most_confused"]:
        pairs = (f"{pair['label']}→{pair['predicted']} {pair['count']}×" for pair in scores["most_confused"][:5])
        console.out.print(f"most confused (true→predicted): {', '.join(pairs)}")
    gap = scores["train_validation_gap"]
    if gap:
        console.out.print(
            f"accuracy while training {percent(gap['train_accuracy'])}, in validation "
            f"{percent(gap['validation_accuracy'])} at epoch {gap['epoch']} (gap {100 * gap['gap']:+.2f} points)"
        )
    console.out.print(
        f"calibration: loss {scores['loss']:.4f} before, {scores['loss_calibrated']:.4f} after; confidence is off by "
        f"{percent(scores['ece_uncalibrated'])} on average before, {percent(scores['ece'])} after"
    )


def _print_confusion(scores: dict[str, Any]) -> None:
    """The confusion matrix where it has room, or else where to find it."""
    table = confusion_table(scores)
    if len(scores["confusion"]) > _MATRIX_CLASSES or measure(table, console.out).maximum > console.out.width:
        console.out.print("confusion matrix: in --json")
    else:
        console.out.print("confusion, rows true, columns read as:")
        console.out.print(table)
        console.out.print()


def print_robustness(found: dict[str, Any], page: Path | None) -> None:
    """A model's errors on corrupted images: the mean, then each corruption at MNIST-C's severity and at all five."""
    from tenfold.evaluation.robustness import spoken

    times = found["relative_to_clean"]
    console.out.print()
    console.out.print(
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
    print_table(table, console.out)
    console.out.print("the model was shown the images as they are, without a reader's cleaning or framing;")
    console.out.print("the means at 1 to 5 are over the corruptions that have five severities")
    shown = page or NO_PAGE
    console.out.print(f"page: {shown}", soft_wrap=True)
