"""`python -m benchmarks [QUESTION...]`: all questions, or those named."""

import sys

from benchmarks import classics, epoch

QUESTIONS = {"classics": classics.main, "epoch": epoch.main}


def main(names: list[str]) -> int:
    """Answer the questions named, all where none is. Returns the exit code."""
    unknown = [name for name in names if name not in QUESTIONS]
    if unknown:
        print(f"unknown question {unknown[0]}: there are {', '.join(QUESTIONS)}", file=sys.stderr)
        return 2
    for name in names or QUESTIONS:
        print(f"\n{name}: {(sys.modules[QUESTIONS[name].__module__].__doc__ or '').splitlines()[0]}")
        QUESTIONS[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
