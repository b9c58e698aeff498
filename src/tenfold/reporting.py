"""Scores a run and writes its report: in this process, or in one that was started before torch was imported."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tenfold.errors import TenfoldError
from tenfold.files import write_json
from tenfold.reading.workers import Worker
from tenfold.run import Run, note_environment
from tenfold.stopwatch import Stopwatch


@dataclass(frozen=True)
class ScoringTask:
    """A trained run to be scored once, on its test set. report: with figures and report.html, where they can be had.

    seconds: where the run's seconds went so far.
    """

    folder: Path
    data_dir: str | Path | None
    report: bool
    seconds: dict[str, float]


def score_and_report(task: ScoringTask) -> dict[str, float]:
    """Leave scores.json, and the report, in a run's folder. Returns its seconds, those spent here among them.

    Raises TenfoldError where the test set cannot be had, OSError where the folder cannot be written.
    """
    from tenfold.errors import can_report
    from tenfold.evaluation import evaluate, measure_cost
    from tenfold.reports import write_report

    clock, run = Stopwatch(), Run(task.folder)
    clock.add(task.seconds)
    with clock.timing("scoring"):
        scores = evaluate(run, data_dir=task.data_dir)
        cost = measure_cost(run.onnx)
    note_environment(run.path, {"cost": cost.to_json(), "seconds": clock.seconds})
    with clock.timing("report"):
        if task.report and can_report():
            write_report(Run(run.path), scores)
        else:
            write_json(run.path / "scores.json", scores.to_json())
    note_environment(run.path, {"seconds": clock.seconds})
    return clock.seconds


class Reporter:
    """Scores and reports one run, in a process that was started when this was made.

    While this process imports torch, which keeps one core busy for seconds, the other one imports what a report needs.
    Where torch is loaded already there is nothing to gain: then all is done here. A context; only for programs whose
    main module may be imported once more, as the other process does.
    """

    def __init__(self) -> None:
        self._worker = None if "torch" in sys.modules else Worker(_prepare)

    def finish(self, task: ScoringTask) -> dict[str, float]:
        """As `score_and_report`; in this process where the other one died."""
        if self._worker is None:
            return score_and_report(task)
        try:
            self._worker.answer()  # that it is ready
            self._worker.give(0, task)
            answer = self._worker.answer()
        except (EOFError, TenfoldError):  # it did not start, or was killed
            return score_and_report(task)
        if isinstance(answer, Exception):
            raise answer
        seconds: dict[str, float] = answer
        return seconds

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        """End the other process."""
        if self._worker is not None:
            self._worker.end()


def _prepare() -> Callable[[ScoringTask], dict[str, float] | Exception]:
    """Import what scoring and a report need."""
    from tenfold import errors, reports

    if errors.can_report():
        reports.warm_up()
    return _attempt


def _attempt(task: ScoringTask) -> dict[str, float] | Exception:
    try:
        return score_and_report(task)
    except (TenfoldError, OSError, MemoryError) as error:
        return error
