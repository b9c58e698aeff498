"""Answers and cases of the field benchmark, made up for its tests."""

from pathlib import Path

import numpy as np

from benchmarks import field


def answer(*lines, confidence=1.0, score=1.0, blank=False, table=()):
    return field.answers.Answer(
        lines, confidence, score, blank, np.zeros((len("".join(lines)), 28, 28), np.uint8), 0.001, table
    )


def case(label, free, forced=None, looked_at=True, path=Path("1.png"), collection="a", kind="canvas", **answers):
    picture = field.lists.Labelled(path, label, kind, "dark-on-light", collection, looked_at)
    return field.summary.Case(picture, free, forced or free, **answers)
