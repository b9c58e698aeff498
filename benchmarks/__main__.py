"""`python -m benchmarks [QUESTION...]`: the questions named, or all but those that take an hour and more."""

import sys

from benchmarks import classics, cold_start, efforts, epoch, inference, roofline, scaling, time_to_accuracy

QUESTIONS = {
    "time-to-accuracy": time_to_accuracy.main,
    "epoch": epoch.main,
    "inference": inference.main,
    "cold-start": cold_start.main,
    "roofline": roofline.main,
    "scaling": scaling.main,
}
LONG = {"classics": classics.main, "efforts": efforts.main}
"""Many seeds of many recipes: only where they are named."""


def main(names: list[str]) -> int:
    """Answer the questions named, all where none is. Returns the exit code."""
    known = QUESTIONS | LONG
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"unknown question {unknown[0]}: there are {', '.join(known)}", file=sys.stderr)
        return 2
    for name in names or QUESTIONS:
        print(f"\n{name}: {(sys.modules[known[name].__module__].__doc__ or '').splitlines()[0]}")
        known[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
