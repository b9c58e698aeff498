"""docs/trust.md: what was tried to break tenfold, how often, and what was lost."""

from typing import Any

from benchmarks.speed_page import measured, table
from benchmarks.trust.suite import suite

QUESTIONS = {"fuzz", "faults"}
"""Whose results the page cannot be drawn without."""

HEAD = """# Trust

What was tried to break tenfold, how often, and what was lost. What it promises about files and requests of strangers,
and which test holds each promise, is in `SECURITY.md`.

    python -m benchmarks faults --kills 100    # processes killed at random moments, then run again
    python -m benchmarks fuzz                  # a million inputs that a coverage-guided fuzzer makes
    pytest tests/broken tests/trust            # small, seeded versions of both, and the broken files
    python -m tests.broken.corpus FOLDER       # the broken files themselves
    make coverage                              # the tests, and which lines and branches they run
    python -m benchmarks coverage              # the table of that
    python -m benchmarks mutants               # whether the tests notice small changes to the code
    make audit                                 # known holes and licences of what tenfold is installed with
"""

FAULTS = """
## Killed at random moments

SIGKILL, to the process and its children, at a moment drawn evenly from the time that the work takes, often twice before
it may end. Then the same command again, as a person would give it. *Corrupt* counts what lay there by half after a
kill and called itself whole; *not as undisturbed* counts work that in the end differed from work that nobody killed: in
its bytes (weights, models, scores, readings, downloads), or in how often each run, trial or correction is there.
"""

FUZZ = """
## Inputs that a fuzzer made

atheris (libFuzzer) with coverage of tenfold's own modules, from a few sound inputs, seed {seed}; {total:,} inputs in
all. Anything but a clean error is a find, and so is an input that takes longer than {limit} s or memory that grows
beyond 3 GiB. *Grown* is by how much the process grew from its 2,000th input to its last.
"""

WHAT = {
    "download": "a dataset's file from a slow mirror",
    "training": "`train --resume`, 12 epochs",
    "compare": "`compare`, two recipes over two seeds",
    "tune": "`tune`, until four trials are complete",
    "read": "`read FOLDER --out --resume`, two processes",
    "server": "`serve --collect`, killed while corrections come",
    "idx": "idx files, gzipped or not",
    "csv": "tables of pixels",
    "npz": "archives of arrays",
    "recipe": "recipes",
    "metadata": "a model's metadata",
    "graph": "a model's file, by our own reader",
    "results": "files of readings to be gone on with",
    "picture": "pictures of eight formats",
    "array": "arrays of any type and shape, read",
}


def page(found: dict[str, dict[str, Any]]) -> str:
    """The text of docs/trust.md."""
    faults, fuzz = found["faults"], found["fuzz"]
    text = HEAD + "\n" + _verdict(faults, fuzz) + "\n" + FAULTS + "\n"
    head = ("work", "kills", "corrupt", "not as undisturbed", "seconds undisturbed")
    text += table(head, map(_killed, faults["rows"])) + f"\n{measured('faults', faults['machine'])}\n"
    total = sum(row["inputs"] for row in fuzz["rows"])
    text += FUZZ.format(seed=fuzz["seed"], total=total, limit=fuzz["limit_seconds"]) + "\n"
    head = ("inputs to", "how many", "finds", "longest, ms", "grown, MiB")
    text += table(head, map(_fuzzed, fuzz["rows"])) + f"\n{measured('fuzz', fuzz['machine'])}\n"
    return text + suite(found)


def _verdict(faults: dict[str, Any], fuzz: dict[str, Any]) -> str:
    kills = sum(row["kills"] for row in faults["rows"])
    lost = sum(row["corrupt"] + row["different"] for row in faults["rows"])
    inputs, finds = sum(row["inputs"] for row in fuzz["rows"]), sum(bool(row["find"]) for row in fuzz["rows"])
    return (
        f"{kills:,} kills: {'nothing' if lost == 0 else f'**{lost} things**'} lost or doubled. "
        f"{inputs:,} inputs: {'nothing but clean errors' if finds == 0 else f'**{finds} not borne**'}.\n"
    )


def _killed(row: dict[str, Any]) -> tuple[str, ...]:
    took = row["seconds_undisturbed"]
    return (
        WHAT[row["work"]],
        str(row["kills"]),
        str(row["corrupt"]),
        str(row["different"]),
        f"{took:.1f}" if took else "–",
    )


def _fuzzed(row: dict[str, Any]) -> tuple[str, ...]:
    return (
        WHAT[row["target"]],
        f"{row['inputs']:,}",
        "1" if row["find"] else "0",
        f"{1000 * row['worst_seconds']:.0f}",
        f"{row['grown_mebibytes']:.0f}",
    )
