"""docs/trust.md: what was tried to break tenfold, how often, and what was lost."""

from typing import Any

from benchmarks.speed_page import measured, table
from benchmarks.trust.suite import suite
from tenfold.formatting import plural

QUESTIONS = {"fuzz", "faults"}
"""Whose results the page cannot be drawn without."""

HEAD = """# Trust

What was tried to break tenfold, how often, and what was lost. What it promises about files and requests of strangers,
and which test holds each promise, is in `SECURITY.md`.

    python -m benchmarks faults --kills 100    # processes killed at random moments, then run again
    python -m benchmarks fuzz                  # a million inputs that a coverage-guided fuzzer makes
    make test-all                              # every test, the long ones too: kills, fuzzing, broken files
    pytest tests/broken tests/trust            # small, seeded versions of both, and the broken files
    python -m tests.broken.corpus FOLDER       # the broken files themselves
    make coverage                              # the tests, and which lines and branches they run
    python -m benchmarks coverage              # the table of that
    python -m benchmarks mutants               # whether the tests notice small changes to the code
    python -m benchmarks compatibility         # the tests with other Pythons, and old and new libraries
    make audit                                 # known holes and licences of what tenfold is installed with
"""

SURROUNDINGS = """
## Surroundings that fail

Each is a test of `make test-all`, on disks of its own where mounting one is allowed.
"""

FAILING = (
    (
        "the disk is full while a run is trained",
        "one line; with room `--resume` ends in the same bytes",
        "`trust/test_surroundings.py`",
    ),
    (
        "... while pictures are read",
        "one line; `--resume` goes on to the same file",
        "`trust/test_faults.py`",
    ),
    (
        "... while the server keeps a correction",
        "507; the correction that was there stays",
        "`trust/test_surroundings.py`",
    ),
    (
        "a folder or a disk cannot be written",
        "one line that says so, from every command that writes; reading goes on",
        "`trust/test_surroundings.py`",
    ),
    (
        "there is no home folder",
        "pictures are read; a download is one line",
        "`trust/test_faults.py`",
    ),
    (
        "there is no network",
        "a download is one line soon; training and reading need none",
        "`trust/test_surroundings.py`",
    ),
    (
        "the clock jumps by years",
        "the same weights; searches and the server go on",
        "`trust/test_faults.py`, `trust/test_surroundings.py`",
    ),
    (
        "two processes want one run, one file of results, one download",
        "the later is told in one line, or both get it whole",
        "`training/test_folder.py`, `trust/test_faults.py`, `data/test_download.py`",
    ),
    (
        "a process dies with its lock",
        "the lock dies with it",
        "`trust/test_faults.py`",
    ),
    (
        "an extra is not installed",
        "one line that names it",
        "`trust/test_faults.py`, `trust/test_surroundings.py`",
    ),
    (
        "memory runs out, or a GPU is lost (both simulated)",
        "one line; `--resume` goes on to the same weights; a GPU that does not answer is passed over",
        "`training/test_device.py`",
    ),
)
"""What fails, what is promised, and where in tests/ that is tested."""

NUMBERS = """
## Data at the edges

Pixels of one value or two, no image, one image, one class, classes without images, a thousand classes, labels that are
wrong or mean nothing, learning rates beyond all measure: a model whose figures are numbers, or one line and no run
(`trust/test_numbers.py`).
"""

SAME = """
## The same again

The same recipe and seed give, on one machine with the same libraries and as many threads, the same bytes of weights,
models and scores, in whatever process (`trust/test_determinism.py`), broken off or not; the report differs where it
tells measured seconds, and nowhere else. Reading gives the same bytes with any number of processes,
on one machine or several.

Not promised: training with another number of threads (`OMP_NUM_THREADS`), on another processor or another device, or
with another version of torch adds in another order, so that the last bits differ, and after some steps the weights.
`environment.json` notes all of these.
"""

COMPATIBILITY = """
## Other Pythons, other versions

The tests of reading, data and the terminal in an environment made for each; with this Python those of training and the
commands too. *Oldest* are the lowest versions that `pyproject.toml` allows, *newest* the highest there are, *pinned*
those of `constraints.txt`. Of torch it is asked only whether there is a wheel for the other Pythons: it was not tried
there.
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
    text += table(head, map(_killed, faults["rows"])) + f"\n{measured('faults', faults)}\n"
    total = sum(row["inputs"] for row in fuzz["rows"])
    text += FUZZ.format(seed=fuzz["seed"], total=total, limit=fuzz["limit_seconds"]) + "\n"
    head = ("inputs to", "how many", "finds", "longest, ms", "grown, MiB")
    text += table(head, map(_fuzzed, fuzz["rows"])) + f"\n{measured('fuzz', fuzz)}\n"
    return (
        text
        + SURROUNDINGS
        + "\n"
        + table(("what fails", "what is promised", "test in `tests/`"), FAILING)
        + NUMBERS
        + SAME
        + _compatibility(found.get("compatibility"))
        + suite(found)
    )


def _compatibility(found: dict[str, Any] | None) -> str:
    """The section, where it was tried."""
    if found is None:
        return ""
    head = ("Python", "versions", "a torch for it", "passed", "failed", "skipped")
    return (
        COMPATIBILITY + "\n" + table(head, map(_compatible, found["rows"])) + f"\n{measured('compatibility', found)}\n"
    )


def _compatible(row: dict[str, Any]) -> tuple[str, ...]:
    if "problem" in row:
        counts = ("–", f"not tried: {row['problem']}", "–")
    else:
        counts = (f"{row['passed']:,}", ", ".join(f"`{name}`" for name in row["failed"]) or "0", str(row["skipped"]))
    return (row["python"] or "?", row["versions"], "yes" if row["torch"] else "no", *counts)


def _verdict(faults: dict[str, Any], fuzz: dict[str, Any]) -> str:
    kills = sum(row["kills"] for row in faults["rows"])
    lost = sum(row["corrupt"] + row["different"] for row in faults["rows"])
    told = plural(lost, "thing")
    inputs, finds = sum(row["inputs"] for row in fuzz["rows"]), sum(bool(row["find"]) for row in fuzz["rows"])
    return (
        f"{kills:,} kills: {f'**{told}**' if lost else 'nothing'} lost or doubled. "
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
