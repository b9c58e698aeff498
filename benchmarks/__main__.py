"""`python -m benchmarks [QUESTION...]`: the questions named, or all that are about speed.

`--help` lists them; `--help` after `field`, `serve` or one about trust lists what that question may be told.
"""

import sys
from collections.abc import Callable

from benchmarks import (
    classics,
    cluster,
    cold_start,
    committee,
    cross,
    datasets,
    efforts,
    epoch,
    field,
    first_hour,
    graph,
    inference,
    robustness,
    roofline,
    scaling,
    serve,
    small,
    time_to_accuracy,
    transfer,
    wall_clock,
)
from benchmarks.trust import compatibility, covered, faults, fuzz, mutation

QUESTIONS: dict[str, Callable[[], None]] = {
    "time-to-accuracy": time_to_accuracy.main,
    "epoch": epoch.main,
    "inference": inference.main,
    "cold-start": cold_start.main,
    "wall-clock": wall_clock.main,
    "roofline": roofline.main,
    "scaling": scaling.main,
    "cluster": cluster.main,
    "serve": serve.main,
}
ACCURACY: dict[str, Callable[[], None]] = {
    "field": field.main,
    "reader-graph": graph.main,
    "classics": classics.main,
    "efforts": efforts.main,
    "committee": committee.main,
    "robustness": robustness.main,
    "small": small.main,
    "datasets": datasets.main,
    "cross": cross.main,
    "transfer": transfer.main,
}
"""How often it is right: only where they are named, for most take long, and none needs a quiet machine."""

TRUST: dict[str, Callable[[], None]] = {
    "fuzz": fuzz.main,
    "faults": faults.main,
    "compatibility": compatibility.main,
    "coverage": covered.main,
    "mutants": mutation.main,
}
"""What was tried to break it: an hour each, but for `coverage`, which only counts."""

NEWCOMERS: dict[str, Callable[[], None]] = {"first-hour": first_hour.main}
"""What somebody meets who has nothing yet."""

ALL = QUESTIONS | ACCURACY | TRUST | NEWCOMERS

_TOLD = {
    "field": field,
    "serve": serve,
    "fuzz": fuzz,
    "faults": faults,
    "compatibility": compatibility,
    "mutants": mutation,
}
"""Questions that may be told something."""


def main(arguments: list[str]) -> int:
    """Answer the questions named, all where none is. Returns the exit code."""
    if arguments and arguments[0] in _TOLD:
        _TOLD[arguments[0]].main(arguments[1:])
        return 0
    if {"-h", "--help"} & set(arguments):
        print(__doc__)
        kinds = {"speed": QUESTIONS, "accuracy": ACCURACY, "trust": TRUST, "newcomers": NEWCOMERS}
        for about, questions in kinds.items():
            print(f"About {about}:", *map(_line, questions), "", sep="\n")
        return 0
    unknown = [name for name in arguments if name not in ALL]
    if unknown:
        print(f"unknown question {unknown[0]}: there are {', '.join(ALL)}", file=sys.stderr)
        return 2
    for name in arguments or QUESTIONS:
        print(f"\n{name}: {_asked(name)}")
        ALL[name]()
    return 0


def _asked(name: str) -> str:
    """The question itself: the first line of its module."""
    return (sys.modules[ALL[name].__module__].__doc__ or "").splitlines()[0]


def _line(name: str) -> str:
    return f"  {name:<17}{_asked(name)}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
