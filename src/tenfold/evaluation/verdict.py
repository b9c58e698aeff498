"""A grade and what it rests on, computed by rules that anybody can check.

1. Accuracy. The grade is that of the share of right answers:
   A from 99 % (at most 1 in 100 wrong), B from 97.5 % (1 in 40), C from 95 % (1 in 20), D from 90 % (1 in 10),
   E from 80 % (1 in 5), F below.
   The images that a model was trained on say nothing of new ones: they give no grade.
2. Too little to judge. Where the 95 % interval of the accuracy (Wilson) reaches over three grades or more, there
   is no grade. An interval that reaches over two leaves the grade, and the verdict says that it is close.
3. Weakest class: one grade down where a class is proven bad, that is, where even the upper end of its own interval
   lies below the floor of the next lower grade (for an A below 97.5 %, and so on; for an E below 50 %).
4. Calibration: one grade down where confidence is off by more than 2 points on average (the expected calibration
   error, less what a perfectly calibrated model would show on as many images by chance).
5. Overfitting: one grade down where the training accuracy lies more than 3 points above the validation accuracy,
   beyond what chance explains on as many held-out images.

Each rule compares what the data proves with a fixed bound, so a small dataset is never blamed for its noise.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tenfold.evaluation.training_gap import TrainingGap
from tenfold.formatting import count, how_often_wrong, percent, plural, points
from tenfold.metrics import Reliability, wilson_interval

LETTERS = "ABCDEF"
WORDS = ("Excellent", "Good", "Fair", "Weak", "Poor", "Failing")
FLOORS = (0.99, 0.975, 0.95, 0.90, 0.80, 0.0)
"""The lowest accuracy of each grade, as an error rate that can be said: 1 wrong in 100, 40, 20, 10, 5."""

CLASS_FLOORS = (*FLOORS[1:5], 0.5, 0.0)
"""What every class must reach in a model of each grade: about twice the mistakes of the whole."""

MISCALIBRATED = 0.02
"""Mean gap of confidence and accuracy from which a stated confidence misleads."""

OVERFITTED = 0.03
"""Gap of training and validation accuracy from which a model knows its training images by heart."""


@dataclass(frozen=True)
class Verdict:
    """What the rules came to.

    grade: A to F, or None where the data cannot tell; sentence: the verdict in plain words;
    reasons: a sentence or two for each rule, in their order.
    """

    grade: str | None
    sentence: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class _Finding:
    """What one rule says; but: how the verdict's sentence puts it where it costs a grade, else None."""

    reason: str
    but: str | None = None


def judge(
    confusion: NDArray[np.int64],
    classes: Sequence[str],
    calibration: Reliability,
    gap: TrainingGap | None,
    *,
    seen: bool = False,
) -> Verdict:
    """The verdict on a model.

    confusion: counts [classes, classes], rows true, not all 0; calibration: of the calibrated probabilities;
    gap: None where it is not known; seen: whether the model was trained on these images.
    """
    n, right = int(confusion.sum()), int(np.trace(confusion))
    if len(classes) == 1:
        return Verdict(None, "No grade: there is one class only, and every answer is that.", ())
    if seen:
        return Verdict(None, *_seen(right, n))
    low, high = (_grade(bound) for bound in wilson_interval(right, n))
    grade = _grade(right / n)
    if low - high >= 2:
        return Verdict(None, *_too_little(right, n))
    findings = [_weakest_class(confusion, classes, grade), _calibration(calibration)]
    if gap is not None:
        findings.append(_overfitting(gap))
    accuracy = _accuracy_reason(right, n, grade)
    buts = [finding.but for finding in findings if finding.but]
    if low != high:
        accuracy += f" The interval reaches into grade {LETTERS[low if low != grade else high]}: it is close."
    joined = f", {'but' if 2 * right > n else 'and'} {' and '.join(buts)}" if buts else ""
    grade = min(grade + len(buts), len(LETTERS) - 1)
    sentence = f"{WORDS[grade]}: {how_often_wrong(n - right, n)}{joined}"
    return Verdict(LETTERS[grade], f"{sentence}.", (accuracy, *(_costed(finding) for finding in findings)))


def _grade(accuracy: float) -> int:
    return next(index for index, floor in enumerate(FLOORS) if accuracy >= floor)


def _costed(finding: _Finding) -> str:
    return f"{finding.reason} One grade down." if finding.but else finding.reason


def _accuracy_reason(right: int, n: int, grade: int) -> str:
    low, high = wilson_interval(right, n)
    return (
        f"{percent(right / n)} right, {count(right)} of {count(n)}: grade {LETTERS[grade]}. "
        f"With 95 % certainty the true share lies between {percent(low)} and {percent(high)}."
    )


def _seen(right: int, n: int) -> tuple[str, tuple[str, ...]]:
    return "No grade: these are the images it was trained on.", (
        f"{percent(right / n)} right, {count(right)} of {count(n)}; how it reads images it has never seen, only a "
        "test split can tell.",
    )


def _too_little(right: int, n: int) -> tuple[str, tuple[str, ...]]:
    low, high = wilson_interval(right, n)
    worst, best = LETTERS[_grade(low)], LETTERS[_grade(high)]
    return f"Too little to judge: {plural(n, 'image')} cannot tell a grade {worst} from a grade {best}.", (
        f"{percent(right / n, 1)} right, {count(right)} of {count(n)}. With 95 % certainty the true share lies "
        f"between {percent(low, 1)} and {percent(high, 1)}.",
    )


def _weakest_class(confusion: NDArray[np.int64], classes: Sequence[str], grade: int) -> _Finding:
    support, right = confusion.sum(axis=1), np.diag(confusion)
    # The class proven weakest, not the one with the lowest share: 1 of 2 right proves less than 80 of 100.
    uppers = {c: wilson_interval(int(right[c]), int(support[c]))[1] for c in range(len(classes)) if support[c]}
    weakest = min(uppers, key=uppers.__getitem__)
    if right[weakest] == support[weakest]:
        return _Finding("Weakest class: none, all are read without a mistake.")
    share = percent(right[weakest] / support[weakest])
    floor = CLASS_FLOORS[grade]
    fact = f"Weakest class: {classes[weakest]}, {share} of {plural(int(support[weakest]), 'image')} right"
    if uppers[weakest] < floor:
        return _Finding(f"{fact}, proven below {percent(floor, 1)}.", f"{classes[weakest]} is read much worse")
    if floor == 0:
        return _Finding(f"{fact}.")
    return _Finding(f"{fact}; only one proven below {percent(floor, 1)} would cost a grade.")


def _calibration(calibration: Reliability) -> _Finding:
    fact = f"Stated confidence is off by {points(calibration.error)} on average"
    if calibration.error - calibration.noise > MISCALIBRATED:
        sure = calibration.confidence @ calibration.counts > calibration.accuracy @ calibration.counts
        manner = "surer than it should be" if sure else "less sure than it could be"
        return _Finding(f"{fact}: it is {manner}.", f"it is {manner}")
    if calibration.error <= MISCALIBRATED:
        return _Finding(f"{fact}: it can be taken at its word.")
    return _Finding(f"{fact}, {points(calibration.noise)} of which may be chance: near enough.")


def _overfitting(gap: TrainingGap) -> _Finding:
    side = "above" if gap.gap > 0 else "below"
    fact = f"Training accuracy lies {points(gap.gap)} {side} validation accuracy"
    if gap.gap - gap.chance > OVERFITTED:
        return _Finding(f"{fact}: it overfits.", "it overfits its training images")
    if gap.gap > OVERFITTED:
        return _Finding(f"{fact}, no more than chance explains on {plural(gap.validation_n, 'held-out image')}.")
    return _Finding(f"{fact}: no sign of overfitting.")
