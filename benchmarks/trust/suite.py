"""The sections of docs/trust.md on the tests themselves: what they run, and what they notice."""

from typing import Any

from benchmarks.speed_page import Results, measured, table
from tenfold.metrics import wilson_interval

COVERAGE = """
## What the tests run

Lines and branches of `src/tenfold`, counted by coverage.py while all tests run; what they start (the command line,
servers, worker processes) is counted too. They run in random order, over two processes, and a warning is an error.
"""

MUTANTS = """
## Changes that the tests should notice

Places in the code drawn at random, and at each one of the changes that cosmic-ray knows: another operator
or number, a condition turned round, a loop that is left out. *Killed* are those with which a test fails that passes
without; each meets at most {most} of the test functions of its part that run it; *by `make test`* of those that are not
long. Some changes cannot be noticed, since they make no difference; they are counted as missed. What was missed is
listed in `benchmarks/results/mutants.json`.
"""


def suite(found: Results) -> str:
    """A section for each of the two that has a result."""
    return "".join(
        section(found[question]) + f"\n{measured(question, found[question])}\n"
        for question, section in (("coverage", _coverage), ("mutants", _mutants))
        if question in found
    )


def _coverage(found: dict[str, Any]) -> str:
    keys = ("lines", "ran", "branches", "taken")
    whole = {"room": "all"} | {key: sum(row[key] for row in found["rows"]) for key in keys}
    return COVERAGE + "\n" + table(("room", "lines", "run", "branches", "run"), map(_covered, [*found["rows"], whole]))


def _covered(row: dict[str, Any]) -> tuple[str, ...]:
    lines, branches = _share(row["ran"], row["lines"]), _share(row["taken"], row["branches"])
    return row["room"], f"{row['lines']:,}", lines, f"{row['branches']:,}", branches


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "–"


def _mutants(found: dict[str, Any]) -> str:
    text = MUTANTS.format(most=found["most_tests"]) + "\n"
    return text + table(
        ("part", "places", "seed", "tried", "killed", "of them by time", "share", "95 % interval"),
        map(_tried, found["rows"]),
    )


def _tried(row: dict[str, Any]) -> tuple[str, ...]:
    low, high = (100 * bound for bound in wilson_interval(row["killed"], row["tried"]))
    counts = (f"{row[key]:,}" for key in ("places", "seed", "tried", "killed", "late"))
    return row["part"], *counts, f"{100 * row['killed'] / row['tried']:.0f} %", f"{low:.0f} to {high:.0f} %"
