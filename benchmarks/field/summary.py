"""From answers to figures: one function a list, each of them of any part of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from benchmarks.field.answers import Answer
from benchmarks.field.lists import CHEQUES, Labelled, digits_in
from benchmarks.field.metrics import accepted_at, answer_reliability, auroc, character_error_rate, common_length
from tenfold.metrics import wilson_interval

KEEP = {"accepted_at_99": 0.99, "accepted_at_98": 0.98, "accepted_at_95": 0.95}
"""Shares of the digits that a threshold keeps, at which the accepted share of everything else is stated."""

SURE = 0.9
"""A confidence above which an answer is meant to be relied on."""


@dataclass(frozen=True)
class Case:
    """A picture of a list and the answers to it.

    free: as it is read by default; forced: as exactly one digit; peers: what each peer read, where it was asked.
    """

    picture: Labelled
    free: Answer
    forced: Answer
    peers: Mapping[str, str] = field(default_factory=dict)

    @property
    def right(self) -> bool:
        """Whether the one digit is right."""
        return self.forced.text == self.picture.label

    @property
    def one_found(self) -> bool:
        """Whether exactly one digit was found."""
        return len(self.free.text) == 1

    @property
    def read_exactly(self) -> bool:
        """Whether all digits are right, each in its line; gaps do not count."""
        return "/".join(self.free.lines) == self.picture.label.replace(" ", "")

    @property
    def digits_exact(self) -> bool:
        """Whether all digits are right, whatever their lines."""
        return self.free.text == digits_in(self.picture.label)


Cases = Sequence[Case]


def share(part: int, n: int) -> dict[str, Any]:
    """A share with its 95 % interval, and what it was counted from."""
    return {"n": n, "count": part, "share": part / n if n else None, "ci95": list(wilson_interval(part, n))}


def singles(cases: Cases) -> dict[str, Any]:
    """Pictures of one digit: forced to one answer, then as they are read by default, then beside the peers."""
    right = sum(case.right for case in cases)
    collections = _by(cases, lambda case: case.picture.collection)
    return {
        "right": share(right, len(cases)),
        "mistakes": len(cases) - right,
        "mean_over_collections": _mean([_share_right(part) for part in collections.values()]),
        "collections": len(collections),
        "by_kind": _shares_right(cases, lambda case: case.picture.kind),
        "by_polarity": _shares_right(cases, lambda case: case.picture.polarity),
        "photo_and_scan": _shares_right(cases, lambda case: case.picture.kind in ("photo", "scan")).get("True"),
        "called_blank": sum(case.forced.blank for case in cases),
        "unreadable": sum(bool(case.forced.error) for case in cases),
        "calibration_forced": _calibration([(c.forced, c.right) for c in cases if not c.forced.blank]),
        **_free(cases),
        "peers": _peers(cases, lambda case: case.right, lambda case: case.picture.label),
    }


def _free(cases: Cases) -> dict[str, Any]:
    """What is read where nobody says that there is one digit."""
    answered = [(case.free, case.free.text == case.picture.label) for case in cases if case.one_found]
    return {
        "some_found": share(sum(bool(case.free.text) for case in cases), len(cases)),
        "one_found": share(len(answered), len(cases)),
        "none_found": sum(not case.free.text for case in cases),
        "several_found": sum(len(case.free.text) > 1 for case in cases),
        "one_and_right": share(sum(right for _, right in answered), len(cases)),
        "right_of_answered": share(sum(right for _, right in answered), len(answered)),
        "calibration": _calibration(answered),
    }


def strings(cases: Cases) -> dict[str, Any]:
    """Pictures of numbers, the cheque amounts apart from the others."""
    groups = _by(cases, lambda case: "cheques" if case.picture.collection == CHEQUES else "others")
    return {name: _strings(part) for name, part in groups.items()}


def _strings(cases: Cases) -> dict[str, Any]:
    labels = [digits_in(case.picture.label) for case in cases]
    read = [case.free.text for case in cases]
    return {
        "exact": share(sum(case.read_exactly for case in cases), len(cases)),
        "exact_without_lines": share(sum(case.digits_exact for case in cases), len(cases)),
        "character_error_rate": character_error_rate(read, labels),
        "nothing_found": read.count(""),
        "peers": _peers(cases, lambda case: case.read_exactly, lambda case: case.picture.label.replace(" ", "")),
    }


def surely_wrong(cases: Cases) -> dict[str, Any]:
    """Of the numbers whose digits are wrong, the share of those whose confidence is above SURE."""
    wrong = [case.free for case in cases if not case.digits_exact]
    return share(sum(one.confidence > SURE for one in wrong), len(wrong))


def pages(cases: Cases) -> dict[str, Any]:
    """Whole pages, by collection."""
    return {name: _pages(part) for name, part in _by(cases, lambda case: case.picture.collection).items()}


def _pages(cases: Cases) -> dict[str, Any]:
    """cells: the share of a table's cells that are read exactly, in the row and the order where they stand."""
    rows = [[row.split() for row in case.picture.label.split("/")] for case in cases]
    tables = [[[cell for cell in row if cell] for row in case.free.table] for case in cases]
    found = sum(sum(map(common_length, *both)) for both in zip(rows, tables, strict=True))
    return {
        "n": len(cases),
        **in_order([case.free.text for case in cases], [digits_in(case.picture.label) for case in cases]),
        "cells": share(found, sum(len(row) for page in rows for row in page)),
    }


def in_order(read: Sequence[str], labels: Sequence[str]) -> dict[str, float]:
    """Recall, precision and F1 of digits in reading order: those in the longest common subsequence are found."""
    common = sum(map(common_length, read, labels))
    have, want = sum(map(len, read)), sum(map(len, labels))
    return {
        "recall": common / max(1, want),
        "precision": common / max(1, have),
        "f1": 2 * common / max(1, have + want),
    }


def cases(cases: Cases) -> dict[str, Any]:
    """Pictures of one difficulty each: exact if exactly their digits are read, in order."""
    kinds = {
        name.removeprefix("case-"): share(sum(case.digits_exact for case in part), len(part))
        for name, part in _by(cases, lambda case: case.picture.collection).items()
    }
    return {
        "exact": share(sum(case.digits_exact for case in cases), len(cases)),
        "by_kind": kinds,
        "worst_kind": min((kind["share"] for kind in kinds.values()), default=None),
    }


def rejection(digits: Cases, others: Sequence[Any]) -> dict[str, Any] | None:
    """How well the score tells digits from others, which have .free and .forced too. None where either is missing.

    accepted: the share of the others in which at least one digit is read by default.
    """
    if not digits or not others:
        return None
    positive = np.array([case.forced.score for case in digits])
    negative = np.array([case.forced.score for case in others])
    return {
        "n": len(others),
        "auroc": auroc(positive, negative),
        **{name: accepted_at(positive, negative, keep) for name, keep in KEEP.items()},
        "accepted": share(sum(bool(case.free.text) for case in others), len(others)),
    }


def _calibration(answered: Sequence[tuple[Answer, bool]]) -> dict[str, Any] | None:
    """The calibration error of answers that are right or not, and the table behind it; None without answers."""
    if not answered:
        return None
    found = answer_reliability(
        np.array([a.confidence for a, _ in answered]), np.array([right for _, right in answered])
    )
    bins = zip(found.counts, found.confidence, found.accuracy, strict=True)
    table = [{"n": int(n), "confidence": float(c), "accuracy": float(a)} for n, c, a in bins if n]
    return {"n": len(answered), "ece": found.error, "ece_by_chance": found.noise, "bins": table}


def _peers(cases: Cases, right: Callable[[Case], bool], label: Callable[[Case], str]) -> dict[str, Any]:
    """Each peer's mistakes, tenfold's on the same pictures, and how many times as many the peer's are.

    Where tenfold makes none, the peer's are compared with one.
    """
    found = {}
    for name in dict.fromkeys(name for case in cases for name in case.peers):
        asked = [case for case in cases if name in case.peers]
        theirs = sum(case.peers[name] != label(case) for case in asked)
        ours = sum(not right(case) for case in asked)
        found[name] = {
            "right": share(len(asked) - theirs, len(asked)),
            "mistakes": theirs,
            "mistakes_of_tenfold": ours,
            "times_as_many": theirs / max(ours, 1),
        }
    return found


def times(cases: Cases) -> dict[str, Any]:
    """Milliseconds a picture by kind, opening it included: the median and the 95th percentile."""
    found = {}
    for kind, part in _by(cases, lambda case: case.picture.kind).items():
        milliseconds = [1000 * case.free.seconds for case in part]
        median, p95 = np.percentile(milliseconds, [50, 95])
        found[kind] = {"n": len(part), "median_ms": float(median), "p95_ms": float(p95)}
    return found


def _by(cases: Cases, key: Callable[[Case], object]) -> dict[str, list[Case]]:
    """The cases of each value, in the values' order; those of an unknown value, "", are left out."""
    values = sorted({str(key(case)) for case in cases} - {""})
    return {value: [case for case in cases if str(key(case)) == value] for value in values}


def _shares_right(cases: Cases, key: Callable[[Case], object]) -> dict[str, Any]:
    return {name: share(sum(c.right for c in part), len(part)) for name, part in _by(cases, key).items()}


def _share_right(cases: Cases) -> float:
    return sum(case.right for case in cases) / len(cases)


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if values else None
